"""A clock that stands still until a test moves it, so that waiting takes no time and is exact."""

import asyncio
import heapq
from itertools import count

_MOST_TURNS = 100_000  # more than any chain of wake-ups in one instant takes


class ManualClock:
    """Time for the engine or the fake, moved by `advance` alone."""

    def __init__(self, now: float = 1_000.0) -> None:
        self._now = now
        self._numbers = count()
        self._due: list[tuple[float, int, asyncio.Future[None] | asyncio.Timeout]] = []

    def now(self) -> float:
        """Return the time it was moved to."""
        return self._now

    def wall(self) -> float:
        """Return a Unix time that moves along."""
        return 1_700_000_000.0 + self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved that far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._due, (self._now + seconds, next(self._numbers), done))
        await done

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """Return a timeout that ends when the clock was moved that far."""
        if seconds is not None and seconds <= 0:
            return asyncio.timeout(0)
        timeout = asyncio.timeout(None)
        if seconds is not None:
            heapq.heappush(self._due, (self._now + seconds, next(self._numbers), timeout))
        return timeout

    async def advance(self, seconds: float) -> None:
        """Move on, stopping at each instant at which somebody wakes up."""
        end = self._now + seconds
        await quiet()
        while self._due and self._due[0][0] <= end:
            at, _, waiting = heapq.heappop(self._due)
            self._now = max(self._now, at)
            _wake(waiting)
            await quiet()
        self._now = end


class RunningClock(ManualClock):
    """A manual clock that moves itself whenever nothing else can happen."""

    async def run(self, work: asyncio.Task[object]) -> None:
        """Move on until `work` is done."""
        while not work.done():
            await quiet()
            if not work.done() and self._due:
                await self.advance(max(0.0, self._due[0][0] - self._now))


async def quiet() -> None:
    """Let every task run until all of them wait."""
    ready = asyncio.get_running_loop()._ready
    for _ in range(_MOST_TURNS):
        await asyncio.sleep(0)
        if not ready:
            return
    raise AssertionError("something never waits")


def _wake(waiting: "asyncio.Future[None] | asyncio.Timeout") -> None:
    if isinstance(waiting, asyncio.Future):
        if not waiting.done():
            waiting.set_result(None)
        return
    try:
        waiting.reschedule(asyncio.get_running_loop().time())
    except RuntimeError:
        return  # its block was left long ago
