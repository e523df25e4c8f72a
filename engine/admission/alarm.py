"""A timer that is set again and again, and rings once."""

import asyncio
import math
from collections.abc import Callable

from engine.clock import Clock


class Alarm:
    """Rings at the time that it was set to last; at first it is not set.

    Args:
        clock: for the wait.
        ring: called when the time has come.
    """

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock, self._ring = clock, ring
        self._at_seconds = math.inf
        self._wait: asyncio.Task[None] | None = None

    @property
    def is_set(self) -> bool:
        """Whether it will ring."""
        return self._wait is not None

    def set(self, at_seconds: float, now: float) -> None:
        """Ring at a time on the clock, which says `now`, and at no other; infinity for never."""
        if self._wait is not None and at_seconds != self._at_seconds:
            self._wait.cancel()
            self._wait = None
        self._at_seconds = at_seconds
        if self._wait is None and at_seconds < math.inf:
            self._wait = asyncio.create_task(self._ring_after(at_seconds - now))

    async def _ring_after(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._wait = None
        self._ring()
