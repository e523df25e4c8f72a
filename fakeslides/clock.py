"""The only reader of time in the fake.  It may run fast, so that a minute of quota passes in seconds."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the fake asks of time.  All arguments and results are seconds of this clock."""

    def now(self) -> float:
        """Return monotonic seconds; only differences mean anything."""

    def wall(self) -> float:
        """Return seconds since the Unix epoch."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a negative or zero span only yields to other tasks."""


class ServerClock:
    """The machine's clock; a `time_scale` of 0.1 makes it run ten times as fast."""

    def __init__(self, time_scale: float = 1.0) -> None:
        if time_scale <= 0:
            raise ValueError(f"time_scale must be above 0, got {time_scale:g}")
        self._time_scale = time_scale
        self._lead_seconds = 0.0

    def now(self) -> float:
        """Return monotonic seconds of this clock."""
        return time.monotonic() / self._time_scale + self._lead_seconds

    def rescale(self, time_scale: float) -> None:
        """Run at another pace from now on, without a jump; who sleeps already wakes up when it would have."""
        before = self.now()
        self._time_scale = time_scale
        self._lead_seconds = before - time.monotonic() / time_scale

    def wall(self) -> float:
        """Return Unix time, which is never scaled: tokens and certificates live by it."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock."""
        await asyncio.sleep(max(0.0, seconds * self._time_scale))
