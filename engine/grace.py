"""A caller who goes away does not take the answer along: what was sent gets a while to be answered."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from engine.clock import Clock

Reply = TypeVar("Reply")


class Grace:
    """Sees attempts through though their caller was cancelled.

    Args:
        clock: for the length of the wait.
        seconds: from the cancellation on; 0 waits for nothing.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds

    async def see_through(
        self,
        attempt: Coroutine[Any, Any, Reply],
        *,
        was_sent: Callable[[], bool],
        on_cancelled: Callable[[asyncio.CancelledError], None],
    ) -> Reply:
        """Return what `attempt` returns, and raise what it raises.

        Args:
            attempt: runs in a task of its own.
            was_sent: asked when the caller is cancelled; if nothing was sent there is nothing to learn.
            on_cancelled: given the cancellation if the attempt came to its end all the same.  It is for
                whoever called this to raise it, once what was learned is noted.

        Raises:
            CancelledError: the caller was cancelled, and nothing was sent; or no answer came in time, or a
                second cancellation came first.  The attempt has ended by then, however many came.
        """
        task = asyncio.create_task(attempt)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as cancellation:
            if was_sent():
                await self._wait_for(task)
            task.cancel()
            await _ended(task)
            if task.cancelled():
                raise
            on_cancelled(cancellation)
        return task.result()

    async def _wait_for(self, task: "asyncio.Task[Any]") -> None:
        try:
            async with self._clock.timeout(self._seconds):
                await asyncio.wait([task])
        except (TimeoutError, asyncio.CancelledError):
            return  # the first cancellation is raised for both


async def _ended(task: "asyncio.Task[Any]") -> None:
    """Wait for a task that was told to end: what it holds must be free before others are let in."""
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
