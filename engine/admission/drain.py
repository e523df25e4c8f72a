"""Emptying the engine: nobody new is let in, and who is inside is waited for."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType

from engine.errors import EngineClosed


class Drain:
    """Knows the calls under way, and ends the waits that no longer lead anywhere.

    Attributes:
        waits: what is to end when draining begins.
    """

    def __init__(self) -> None:
        self._has_begun = False
        self.waits: dict[asyncio.Timeout, None] = {}  # in order, unlike a set
        self._calls_count = 0
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    def begin(self) -> None:
        """Let nobody in any more, and end every wait for a first try."""
        if self._has_begun:  # a wait that is ending already cannot be told to end
            return
        self._has_begun = True
        for wait in self.waits:
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

    def until_begun(self) -> AbstractAsyncContextManager[None]:
        """Return what lets its block wait, but only until draining begins.

        Raises:
            EngineClosed: draining has begun.
        """
        return _UntilBegun(self)


class _UntilBegun(AbstractAsyncContextManager[None]):
    """No generator, whose frame would be kept for each of many that wait."""

    __slots__ = ("_drain", "_wait")

    def __init__(self, drain: Drain) -> None:
        self._drain, self._wait = drain, asyncio.timeout(None)

    async def __aenter__(self) -> None:
        self._drain.refuse()
        self._drain.waits[self._wait] = None
        await self._wait.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del self._drain.waits[self._wait]
        try:
            await self._wait.__aexit__(kind, error, trace)
        except TimeoutError:  # in place of the cancellation with which it ended the block
            raise EngineClosed from None
        if isinstance(error, TimeoutError) and self._wait.expired():
            raise EngineClosed from None
