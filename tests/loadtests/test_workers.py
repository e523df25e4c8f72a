import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from loadtests.workers import WorkerDied, compute_all, open_worker
from tests.support.deeds import (
    complain_and_exit,
    die_by,
    die_if_odd,
    double,
    fail_at_three,
    process_id,
    process_id_or_wait,
    stop_answering,
    wait_forever,
)
from tests.support.living import is_alive


async def test_computes_over_there() -> None:
    """A long simulation here would keep the progress display from moving."""
    async with open_worker() as worker:
        there = await worker.ask(process_id)
        again = await worker.ask(process_id)

    assert there == again != os.getpid()
    assert not is_alive(there)


async def test_raises_here_what_was_raised_there() -> None:
    """A wrong plan is a wrong plan, wherever it is found out."""
    async with open_worker() as worker:
        with pytest.raises(ValueError, match="three is one too many"):
            await worker.ask(fail_at_three, 3)

        assert await worker.ask(double, 4) == 8


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
async def test_a_death_is_told_by_its_signal(number: signal.Signals) -> None:
    """A crash in a C library is what this project is about; it must have its name."""
    async with open_worker() as worker:
        with pytest.raises(WorkerDied, match=f"a worker process ended by {number.name}: it did not say why"):
            await worker.ask(die_by, number)


async def test_a_death_is_told_with_its_last_words() -> None:
    """An error at the start, as a missing module, says what is missing."""
    async with open_worker() as worker:
        with pytest.raises(WorkerDied, match="a worker process ended by exit status 7: oh no"):
            await worker.ask(complain_and_exit, "oh no", 7)

        with pytest.raises(WorkerDied, match="exit status 7"):
            await worker.ask(double, 1)


async def test_a_worker_that_closes_its_pipe_and_lives_on_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end would be waited for for ever."""
    monkeypatch.setattr("loadtests.workers.PATIENCE_SECONDS", 0.01)
    async with open_worker() as worker:
        with pytest.raises(WorkerDied, match="a worker process ended by closing its pipe"):
            await worker.ask(stop_answering)


async def test_who_is_cancelled_leaves_no_late_answer_for_the_next() -> None:
    """The answer to one question would be taken for that to another."""
    async with open_worker() as worker:
        there = await worker.ask(process_id)
        asking = asyncio.create_task(worker.ask(wait_forever))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])

        with pytest.raises(WorkerDied):
            await worker.ask(double, 1)

    assert asking.cancelled()
    assert not is_alive(there)


class TestComputeAll:
    async def test_yields_every_item_with_its_result(self) -> None:
        """In whatever order they come, none may be missing."""
        results = [result async for result in compute_all(double, range(7), 2)]

        assert sorted(results) == [(n, 2 * n) for n in range(7)]

    async def test_replaces_a_worker_that_dies(self) -> None:
        """A seed that crashes the interpreter is a finding, and no reason to leave out all seeds after it."""
        results = {item: result async for item, result in compute_all(die_if_odd, range(5), 2)}

        assert {n: results[n] for n in (0, 2, 4)} == {0: 0, 2: 4, 4: 8}
        assert all(isinstance(results[n], WorkerDied) and "SIGKILL" in str(results[n]) for n in (1, 3))

    async def test_takes_any_item(self) -> None:
        """None is one as any other."""
        results = [result async for result in compute_all(repr, [None, None, False], 1)]

        assert results == [(None, "None"), (None, "None"), (False, "False")]

    async def test_starts_no_worker_that_has_nothing_to_do(self) -> None:
        """A process costs as much as many a simulation."""
        results = [result async for result in compute_all(process_id, range(1), 8)]

        assert len(results) == 1
        assert [result async for result in compute_all(double, (), 8)] == []

    async def test_raises_what_a_function_raises_and_ends(self) -> None:
        """It is the caller's error, not the item's."""
        async with aclosing(compute_all(fail_at_three, range(100), 2)) as computing:
            with pytest.raises(ValueError, match="three is one too many"):
                [result async for result in computing]

        assert _tasks_left() == 0

    async def test_raises_what_the_items_raise(self) -> None:
        """They may be computed as they are taken."""

        def items() -> Iterator[int]:
            yield 1
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            [result async for result in compute_all(double, items(), 1)]

    async def test_ends_the_workers_when_the_taker_stops_early(self) -> None:
        """A hunt for a failing seed stops at the first."""
        async with aclosing(compute_all(process_id, range(1000), 2)) as computing:
            _, there = await anext(computing)

        assert not is_alive(there)
        assert _tasks_left() == 0

    async def test_ends_the_workers_when_the_taker_lets_go(self) -> None:
        """A plain `break` closes nothing by itself; asyncio does once nobody holds the generator."""
        there = 0
        async for _, process in compute_all(process_id, range(1000), 2):
            there = process
            break
        while _tasks_left():
            await asyncio.wait(_others())

        assert not is_alive(there)

    async def test_ends_the_workers_when_the_taker_is_cancelled(self) -> None:
        """Ctrl-C is a cancellation by the time it gets here."""
        seen: asyncio.Queue[int] = asyncio.Queue()

        async def take() -> None:
            async with aclosing(compute_all(process_id_or_wait, [0, 1], 1)) as computing:
                async for _, there in computing:
                    seen.put_nowait(there)

        taking = asyncio.create_task(take())
        there = await seen.get()
        taking.cancel()
        await asyncio.wait([taking])

        assert taking.cancelled()
        assert not is_alive(there)
        assert _tasks_left() == 0

    async def test_another_task_may_take_the_next_result(self) -> None:
        """A generator belongs to nobody; what cancels the one who began must not hit the one who goes on."""
        async with aclosing(compute_all(double, range(4), 2)) as computing:

            async def take() -> tuple[int, Any]:
                return await anext(computing)

            results = [await asyncio.create_task(take()) for _ in range(4)]

        assert sorted(results) == [(n, 2 * n) for n in range(4)]


def _others() -> set["asyncio.Task[Any]"]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


def _tasks_left() -> int:
    return len(_others())
