import asyncio
import re
from itertools import pairwise
from random import Random

import pytest

from loadtests.simulation.errors import Deadlock, Horizon, Livelock, Refused
from loadtests.simulation.jumping import (
    DAY_SECONDS,
    RESOLUTION_SECONDS,
    STARTS_AT_SECONDS,
    JumpingLoop,
    SteadyFuture,
    SteadyTask,
)
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time


def test_time_jumps_to_each_timer_exactly() -> None:
    """A sum of now and the time to wait would round: too early by a hair, it would wait again."""
    draws = Random(5)
    delays = [draws.random() * 10 ** draws.randint(-9, 6) for _ in range(2_000)]
    seen: list[tuple[float, float]] = []

    async def main(loop: VirtualLoop) -> None:
        for delay in delays:
            when = loop.time() + delay
            loop.call_at(when, lambda when=when: seen.append((loop.time(), when)))
        await asyncio.sleep(2e6)

    run_in_virtual_time(main, seed=1, horizon_seconds=3e6)

    assert len(seen) == len(delays)
    assert {now for now, _ in seen} <= {when for _, when in seen}
    assert all(abs(now - when) <= RESOLUTION_SECONDS for now, when in seen)
    assert all(one <= other for (one, _), (other, _) in pairwise(seen))


def test_a_year_takes_no_longer_than_a_moment() -> None:
    """More than asyncio's own longest wait, too."""

    async def main(loop: VirtualLoop) -> float:
        await asyncio.sleep(365 * DAY_SECONDS)
        return loop.time()

    ended_at = run_in_virtual_time(main, seed=1, horizon_seconds=400 * DAY_SECONDS)

    assert ended_at == STARTS_AT_SECONDS + 365 * DAY_SECONDS


def test_time_stands_still_for_who_works() -> None:
    """Computing costs nothing here; only waiting does."""

    async def main(loop: VirtualLoop) -> set[float]:
        times = {loop.time()}
        for _ in range(1_000):
            await asyncio.sleep(0)
            times.add(loop.time())
        return times

    assert run_in_virtual_time(main, seed=1) == {STARTS_AT_SECONDS}


def test_a_deadlock_names_who_waits_and_where() -> None:
    """Two who wait for each other would keep a real program silent for ever."""

    async def transfer(mine: asyncio.Lock, theirs: asyncio.Lock) -> None:
        async with mine:
            await asyncio.sleep(1)
            async with theirs:
                pass

    async def main(loop: VirtualLoop) -> None:
        one, other = asyncio.Lock(), asyncio.Lock()
        async with asyncio.TaskGroup() as group:
            group.create_task(transfer(one, other), name="there")
            group.create_task(transfer(other, one), name="and back")

    with pytest.raises(Deadlock) as caught:
        run_in_virtual_time(main, seed=1)

    told = str(caught.value)
    assert told.startswith("nothing can happen any more after 1001.000000 s")
    assert re.search(r"^  there, \S+transfer, in Lock.acquire \(locks.py:\d+\)$", told, re.MULTILINE)
    assert re.search(r"^  and back, \S+transfer, in Lock.acquire \(locks.py:\d+\)$", told, re.MULTILINE)


def test_a_livelock_names_who_goes_round_and_round() -> None:
    """A loop that only yields keeps a real processor busy for ever; here time would never go on."""

    async def spins() -> None:
        while True:  # noqa: ASYNC110 - what must not be done is done here on purpose
            await asyncio.sleep(0)

    async def main(loop: VirtualLoop) -> None:
        spinning = asyncio.create_task(spins(), name="the spinner")
        await asyncio.sleep(1)
        spinning.cancel()

    with pytest.raises(
        Livelock, match=r"time stands still at 1000\.000000 s\n(.|\n)*the spinner, \S+spins, in "
    ):
        run_in_virtual_time(main, seed=1)


def test_a_horizon_ends_a_world_that_goes_on_and_on() -> None:
    """A client that tries again every minute for ever would otherwise take as long as we can wait."""

    async def tries_again() -> None:
        while True:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(60)

    async def main(loop: VirtualLoop) -> None:
        await asyncio.create_task(tries_again(), name="the stubborn one")

    with pytest.raises(
        Horizon, match=r"time was up at 1600\.000000 s\n(.|\n)*the stubborn one, \S+tries_again, in sleep"
    ):
        run_in_virtual_time(main, seed=1, horizon_seconds=600)


def test_who_catches_a_refusal_does_not_mend_the_world() -> None:
    """A library that catches every error would go another way than in reality, and nobody would know."""

    async def main(loop: VirtualLoop) -> str:
        try:
            loop.refuse("a thing of the real world")
        except Refused:
            await asyncio.sleep(1)
        return "as if nothing had happened"

    with pytest.raises(Refused, match="a thing of the real world"):
        run_in_virtual_time(main, seed=1)


def test_a_refusal_at_the_very_end_counts() -> None:
    """There is no further step at which the loop could raise it again."""

    async def main(loop: VirtualLoop) -> str:
        try:
            loop.refuse("a thing of the real world")
        except Refused:
            return "as if nothing had happened"

    with pytest.raises(Refused, match="a thing of the real world"):
        run_in_virtual_time(main, seed=1)


def test_tasks_and_futures_stand_in_sets_in_order_of_their_making() -> None:
    """Asyncio and aiohttp keep both in sets; by address, each run would wake them in another order."""

    async def main(loop: VirtualLoop) -> tuple[bool, bool]:
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(40)]
        futures = [loop.create_future() for _ in range(40)]
        assert all(isinstance(task, SteadyTask) for task in tasks)
        assert all(isinstance(future, SteadyFuture) for future in futures)
        return [*set(tasks)] == tasks, [*set(futures)] == futures

    assert run_in_virtual_time(main, seed=1) == (True, True)


def test_a_tasks_name_is_its_own_or_its_number_in_this_world() -> None:
    """Asyncio's usual names count all tasks of the process, so that a second world would have others."""

    async def main(loop: VirtualLoop) -> list[str]:
        own = asyncio.create_task(asyncio.sleep(0), name="own")
        usual = asyncio.create_task(asyncio.sleep(0))
        return [own.get_name(), usual.get_name()]

    names = run_in_virtual_time(main, seed=1)

    assert names[0] == "own"
    assert names == run_in_virtual_time(main, seed=1)


def test_tasks_left_come_oldest_first() -> None:
    """They are cancelled in this order."""

    async def main(loop: JumpingLoop) -> list[str]:
        tasks = [asyncio.create_task(asyncio.sleep(n % 3), name=f"{n}") for n in range(20)]
        await tasks[0]
        await asyncio.sleep(1.5)
        return [task.get_name() for task in loop.tasks_left()][1:]

    names = run_in_virtual_time(main, seed=1)

    assert names == [str(n) for n in range(20) if n % 3 == 2]
