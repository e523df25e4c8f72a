"""What callers wait for, added up by reason."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.clock import Clock

Waits = dict[str, float]
"""Seconds by reason: lock, quota, slot, breaker, backoff."""


class WaitMeter:
    """Seconds that passed under each reason.

    A line of waiters shares one meter; each reads it on joining and on leaving.
    """

    def __init__(self) -> None:
        self._totals: Waits = {}
        self._since = 0.0
        self.reason: str | None = None

    def switch(self, reason: str | None, now: float) -> None:
        """Note that from `now` on the line waits for `reason`; None is for nothing."""
        if self.reason is not None:
            self._totals[self.reason] = self._totals.get(self.reason, 0.0) + now - self._since
        self.reason, self._since = reason, now

    def read(self, now: float) -> Waits:
        """Return the totals up to `now`."""
        self.switch(self.reason, now)
        return dict(self._totals)


def add_difference(waits: Waits, before: Waits, after: Waits) -> None:
    """Add to `waits` what `after` has more than `before`."""
    for reason, seconds in after.items():
        grown = seconds - before.get(reason, 0.0)
        if grown > 0:
            waits[reason] = waits.get(reason, 0.0) + grown


@contextmanager
def stopwatch(clock: Clock, waits: Waits, reason: str) -> Iterator[None]:
    """Add the time the block takes to `waits`, also when it ends badly."""
    started = clock.now()
    try:
        yield
    finally:
        waits[reason] = waits.get(reason, 0.0) + clock.now() - started
