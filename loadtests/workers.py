"""Processes that compute beside this one, and what becomes of a question when one of them dies."""

import asyncio
import pickle
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from loadtests.processes import PATIENCE_SECONDS, child, how_it_ended, kill_group, tethered
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

        Whoever is cancelled while waiting ends the worker: its late answer would be taken for that to the
        next question.

        Args:
            function: of a module, known by its name there.
            arguments: that can be pickled.

        Raises:
            WorkerDied: no answer came, since the process ended.
        """
        question = packed((function, arguments))
        try:
            value, error = await self._exchange(question)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerDied(await self._last_words()) from None
        except asyncio.CancelledError:
            kill_group(self._process)
            raise
        if error is not None:
            raise error
        return value

    async def _exchange(self, question: bytes) -> Any:  # noqa: ANN401 - an answer, if it is to be trusted
        assert self._process.stdin is not None, "started with a pipe"
        assert self._process.stdout is not None, "likewise"
        self._process.stdin.write(question)
        await self._process.stdin.drain()
        head = await self._process.stdout.readexactly(LENGTH.size)
        body = await self._process.stdout.readexactly(LENGTH.unpack(head)[0])
        return pickle.loads(body)  # noqa: S301 - from our child

    async def _last_words(self) -> str:
        was_killed = await self._see_it_end()
        end = how_it_ended(self._process.returncode, was_killed=was_killed, complaints=self._complaints)
        how = "closing its pipe" if was_killed else end.signal or f"exit status {end.status}"
        return f"a worker process ended by {how}: {end.complaints or 'it did not say why'}"

    async def _see_it_end(self) -> bool:
        """Wait for the end; say whether it had to be brought about, since only the pipe was closed."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            kill_group(self._process)
            await self._process.wait()
            return True
        return False


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
) -> AsyncGenerator[tuple[Item, Any], None]:
    """Compute `function` of each item on `count` workers; yield items with results as they come.

    A worker that dies is replaced, and what it was asked has the `WorkerDied` for its result.  Whoever stops
    taking results ends the workers: at once with `contextlib.aclosing`, else once the generator is let go.

    Raises:
        Exception: whatever `function` raises over there, or `items` here; it ends the workers.
    """
    told: asyncio.Queue[tuple[Item, Any] | Exception | None] = asyncio.Queue(maxsize=count)
    waiting = iter(items)
    crew = [asyncio.create_task(_tell_all(function, waiting, told)) for _ in range(count)]
    try:
        for _ in crew:
            while (result := await told.get()) is not None:
                if isinstance(result, Exception):
                    raise result
                yield result
    finally:
        # No task group: it would cancel whoever began to take results, who need not be who takes them now.
        for one in crew:
            one.cancel()
        await asyncio.gather(*crew, return_exceptions=True)


async def _tell_all(
    function: Callable[[Item], Any],
    waiting: Iterator[Item],
    told: "asyncio.Queue[tuple[Item, Any] | Exception | None]",
) -> None:
    """Tell results until the items are used up, and then None; or what went wrong."""
    try:
        # The first item of each worker is in hand before it is started, so that none is started for nothing.
        for item in waiting:
            async with open_worker() as worker:
                await _tell_until_death(worker, function, chain([item], waiting), told)
    except Exception as error:  # noqa: BLE001 - whoever takes the results is to have it
        await told.put(error)
    else:
        await told.put(None)


async def _tell_until_death(
    worker: Worker,
    function: Callable[[Item], Any],
    items: Iterable[Item],
    told: "asyncio.Queue[tuple[Item, Any] | Exception | None]",
) -> None:
    for item in items:
        try:
            await told.put((item, await worker.ask(function, item)))
        except WorkerDied as death:
            await told.put((item, death))
            return
