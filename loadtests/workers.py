"""Processes that compute beside this one, and what becomes of a question when one of them dies."""

import asyncio
import pickle
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from loadtests.processes import child, how_it_ended, tethered
from loadtests.worker import LENGTH, packed

Item = TypeVar("Item")


class WorkerDied(Exception):
    """A worker ended in the midst of a question; the text says how, with its last words."""


class Worker:
    """One process; it answers one question at a time."""

    def __init__(self, process: Process, complaints: Path) -> None:
        self._process, self._complaints = process, complaints

    async def ask(self, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - whatever it is
        """Return what `function` returns over there, or raise what it raises.

        Args:
            function: of a module, known by its name there.
            arguments: that can be pickled.

        Raises:
            WorkerDied: no answer came, since the process ended.
        """
        assert self._process.stdin is not None, "started with a pipe"
        assert self._process.stdout is not None, "likewise"
        try:
            self._process.stdin.write(packed((function, arguments)))
            await self._process.stdin.drain()
            head = await self._process.stdout.readexactly(LENGTH.size)
            body = await self._process.stdout.readexactly(LENGTH.unpack(head)[0])
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerDied(await self._last_words()) from None
        value, error = pickle.loads(body)  # noqa: S301 - from our child
        if error is not None:
            raise error
        return value

    async def _last_words(self) -> str:
        await self._process.wait()
        end = how_it_ended(self._process.returncode, was_killed=False, complaints=self._complaints)
        how = end.signal or f"exit status {end.status}"
        return f"a worker process ended by {how}: {end.complaints or 'it did not say why'}"


@asynccontextmanager
async def open_worker() -> AsyncIterator[Worker]:
    """Start a worker; on the way out, whatever the reason, it is gone."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="deckstorm-worker-"))
        complaints = Path(folder, "stderr")
        command = tethered("loadtests.worker")
        process = await stack.enter_async_context(child(command, complaints, stdin=PIPE, stdout=PIPE))
        yield Worker(process, complaints)


async def compute_all(
    function: Callable[[Item], Any], items: Iterable[Item], count: int
) -> AsyncIterator[tuple[Item, Any]]:
    """Compute `function` of each item on `count` workers; yield items with results as they come.

    A worker that dies is replaced, and what it was asked has the `WorkerDied` for its result.  Whoever stops
    taking results ends the workers.
    """
    queue: asyncio.Queue[tuple[Item, Any] | None] = asyncio.Queue(maxsize=count)
    waiting = iter(items)
    async with asyncio.TaskGroup() as group:
        crew = [group.create_task(_work(function, waiting, queue)) for _ in range(count)]
        try:
            for _ in crew:
                while (result := await queue.get()) is not None:
                    yield result
        finally:
            for worker in crew:
                worker.cancel()


async def _work(
    function: Callable[[Item], Any],
    waiting: Iterable[Item],
    queue: "asyncio.Queue[tuple[Item, Any] | None]",
) -> None:
    is_empty = False
    while not is_empty:
        async with open_worker() as worker:
            is_empty = await _work_until_death(worker, function, waiting, queue)
    await queue.put(None)


async def _work_until_death(
    worker: Worker,
    function: Callable[[Item], Any],
    waiting: Iterable[Item],
    queue: "asyncio.Queue[tuple[Item, Any] | None]",
) -> bool:
    """Work until the items are used up, and return True, or until the worker is dead, and return False."""
    for item in waiting:
        try:
            await queue.put((item, await worker.ask(function, item)))
        except WorkerDied as death:
            await queue.put((item, death))
            return False
    return True
