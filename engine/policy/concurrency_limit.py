"""How many attempts may be in flight: additive increase, multiplicative decrease.

Limits that follow latency stand still at numbers this small, so only the ends of attempts count here.  With
60 writes a minute more than one in flight buys little; what this limit is for is to step back in trouble.
"""

from engine.policy.verdicts import LimitSignal

SUCCESSES_PER_STEP_COUNT = 4  # times the limit
SECONDS_BETWEEN_STEPS = 10.0


class AIMDLimit:
    """An integer limit between 1 and a ceiling.

    Up by 1 after `4 * limit` successes in a row at full limit, and 10 seconds after the last change at the
    earliest.  Down to half when an attempt fails that was started after the last change, so that one bad
    moment counts once.

    Args:
        ceiling: the limit never rises above it.
        start: the limit to begin with.

    Raises:
        ValueError: `start` is not between 1 and `ceiling`.
    """

    def __init__(self, ceiling: int, *, start: int = 1) -> None:
        if not 1 <= start <= ceiling:
            raise ValueError(f"a limit must start between 1 and its ceiling {ceiling}, got {start}")
        self._ceiling = ceiling
        self._limit = start
        self._epoch = 0
        self._successes_count = 0
        self._changed_at = float("-inf")

    @property
    def limit(self) -> int:
        """Most attempts in flight now."""
        return self._limit

    @property
    def epoch(self) -> int:
        """Counts the changes; note it when an attempt starts, and hand it back with its sample."""
        return self._epoch

    def on_sample(self, signal: LimitSignal, *, epoch: int, in_flight: int, now: float) -> int:
        """Learn from the end of one attempt and return the new limit.

        Args:
            signal: what `verdicts.judge` made of its end.
            epoch: `epoch` when the attempt started.
            in_flight: attempts in flight when it ended, itself included.
            now: monotonic seconds.
        """
        if epoch != self._epoch:
            return self._limit
        if signal is LimitSignal.DECREASE:
            self._change_to(max(1, self._limit // 2), now)
        elif signal is LimitSignal.SUCCESS and in_flight >= self._limit:
            self._on_full_success(now)
        return self._limit

    def fall_to_one(self, now: float) -> int:
        """Go sequential at once, as when the breaker opened, and return the new limit, 1."""
        self._change_to(1, now)
        return self._limit

    def _on_full_success(self, now: float) -> None:
        self._successes_count += 1
        is_time = now - self._changed_at >= SECONDS_BETWEEN_STEPS
        if is_time and self._successes_count >= SUCCESSES_PER_STEP_COUNT * self._limit:
            self._change_to(min(self._ceiling, self._limit + 1), now)

    def _change_to(self, limit: int, now: float) -> None:
        self._successes_count = 0
        if limit != self._limit:
            self._limit = limit
            self._changed_at = now
            self._epoch += 1
