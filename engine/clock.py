"""The only reader of time in the engine.

Everything else is handed a `Clock`.  `now` is monotonic and for spans and deadlines; `wall` is Unix time
and only for what leaves the process.  A clock may run fast, so that a minute-long quota window can be lived
through in seconds; whoever holds the clock cannot tell.
"""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the engine asks of time.  All arguments and results are seconds of this clock."""

    def now(self) -> float:
        """Return monotonic seconds; only differences mean anything."""

    def wall(self) -> float:
        """Return seconds since the Unix epoch."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a negative or zero span only yields to other tasks."""

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """Return a context that raises `TimeoutError` once `seconds` have passed; None never does."""


class MonotonicClock:
    """The machine's clock, run `speed` times as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"a clock's speed must be above 0, got {speed:g}")
        self._speed = speed

    def now(self) -> float:
        """Return monotonic seconds of this clock."""
        return time.monotonic() * self._speed

    def wall(self) -> float:
        """Return Unix time, which runs at its own pace whatever the speed."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock."""
        await asyncio.sleep(max(0.0, seconds / self._speed))

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """Return a context that raises `TimeoutError` after `seconds` of this clock."""
        return asyncio.timeout(None if seconds is None else seconds / self._speed)
