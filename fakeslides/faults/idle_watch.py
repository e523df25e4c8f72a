"""Notices that a connection lies idle."""

import asyncio
from collections.abc import Callable

from fakeslides.clock import Clock


class IdleWatch:
    """Calls somebody when an answer was sent and nothing has come for a while.

    Args:
        clock: tells how long.
        after_seconds: of silence, on this clock.
        strike: what is called, once for each silence.
    """

    def __init__(self, clock: Clock, after_seconds: float, strike: Callable[[], None]) -> None:
        self._clock, self._after_seconds, self._strike = clock, after_seconds, strike
        self._waiting: asyncio.Task[None] | None = None

    def silence_began(self) -> None:
        """Something was sent: count anew."""
        self.silence_ended()
        self._waiting = asyncio.get_running_loop().create_task(self._wait())

    def silence_ended(self) -> None:
        """Something came, or the connection is gone: stop counting."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    async def _wait(self) -> None:
        await self._clock.sleep(self._after_seconds)
        self._waiting = None  # the strike ends the connection, which would cancel this very task
        self._strike()
