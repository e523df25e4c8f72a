"""How many of the recent calls failed."""

import math
from collections import deque
from dataclasses import dataclass

WINDOW_SECONDS = 60


@dataclass(slots=True)
class _Second:
    number: int
    calls_count: int = 0
    failures_count: int = 0


class CallWindow:
    """Counts of the calls that ended in the last 60 seconds.

    A ring of one-second buckets with running totals: constant cost per call, at most 60 buckets.
    """

    def __init__(self) -> None:
        self._seconds: deque[_Second] = deque()
        self.calls_count = 0
        self.failures_count = 0

    def add(self, now: float, *, failed: bool) -> None:
        """Count a call that ended at `now` (monotonic seconds), and forget those older than the window."""
        number = math.floor(now)
        self._forget_until(number - WINDOW_SECONDS)
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(_Second(number))
        self._seconds[-1].calls_count += 1
        self._seconds[-1].failures_count += failed
        self.calls_count += 1
        self.failures_count += failed

    @property
    def failure_share(self) -> float:
        """Failures among the calls of the window, 0 to 1; 0 without calls."""
        return self.failures_count / self.calls_count if self.calls_count else 0.0

    def _forget_until(self, number: int) -> None:
        while self._seconds and self._seconds[0].number <= number:
            old = self._seconds.popleft()
            self.calls_count -= old.calls_count
            self.failures_count -= old.failures_count
