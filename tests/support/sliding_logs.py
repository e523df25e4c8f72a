"""Calls that leave under a sliding log."""

from engine.policy.sliding_log import SlidingLog

SPAN_SECONDS = 61.0


def send(log: SlidingLog, *, times: int, at: float) -> list[int]:
    """Send some calls at once and return their numbers."""
    numbers = []
    for _ in range(times):
        number = log.reserve(at)
        log.sent(number, at)
        numbers.append(number)
    return numbers


def drain(log: SlidingLog, count: int, *, start: float = 0.0) -> list[float]:
    """Send `count` calls, each as soon as it may, and return when."""
    now, sent_at = start, []
    for _ in range(count):
        now = log.ready_at(now)
        send(log, times=1, at=now)
        sent_at.append(now)
    return sent_at
