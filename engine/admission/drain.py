"""Emptying the engine: nobody new is let in, and who is inside is waited for."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from engine.errors import EngineClosed


class Drain:
    """Knows the calls under way, and ends the waits that no longer lead anywhere."""

    def __init__(self) -> None:
        self._has_begun = False
        self._waits: dict[asyncio.Timeout, None] = {}  # in order, unlike a set
        self._calls_count = 0
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    def begin(self) -> None:
        """Let nobody in any more, and end every wait for a first try."""
        if self._has_begun:  # a wait that is ending already cannot be told to end
            return
        self._has_begun = True
        for wait in self._waits:
            wait.reschedule(asyncio.get_running_loop().time())

    def refuse(self) -> None:
        """Raise `EngineClosed` once draining has begun."""
        if self._has_begun:
            raise EngineClosed

    async def emptied(self) -> None:
        """Wait until no call is under way."""
        while self._calls_count > 0:  # between two parts of a call it may seem so for an instant
            await self._is_empty.wait()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call, or a part of one, as under way while the block runs."""
        self._calls_count += 1
        self._is_empty.clear()
        try:
            yield
        finally:
            self._calls_count -= 1
            if self._calls_count == 0:
                self._is_empty.set()

    @asynccontextmanager
    async def until_begun(self) -> AsyncIterator[None]:
        """Let the block wait, but only until draining begins.

        Raises:
            EngineClosed: draining has begun.
        """
        self.refuse()
        wait = asyncio.timeout(None)
        self._waits[wait] = None
        try:
            async with wait:
                yield
        except TimeoutError:
            if wait.expired():
                raise EngineClosed from None
            raise
        finally:
            self._waits.pop(wait, None)
