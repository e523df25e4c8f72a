import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from loadtests.simulation.errors import Deadlock, Horizon, Livelock, SimulationError
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace


def test_returns_what_the_coroutine_returns() -> None:
    """It is a function like any other, and takes no time."""

    async def main(loop: VirtualLoop) -> float:
        await asyncio.sleep(60)
        return loop.time()

    assert run_in_virtual_time(main, seed=1) == 1060.0


def test_raises_what_the_coroutine_raises() -> None:
    """An error in a world is that world's result."""

    async def main(_: VirtualLoop) -> None:
        await asyncio.sleep(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_in_virtual_time(main, seed=1)


def test_worlds_come_one_after_the_other_and_leave_nothing_behind() -> None:
    """A sweep runs hundreds in one process; the last one must see what the first one saw."""

    async def main(loop: VirtualLoop) -> None:
        await asyncio.gather(*(asyncio.sleep(n) for n in range(5)))
        loop.note("done")

    digests = []
    for _ in range(3):
        trace = Trace()
        run_in_virtual_time(main, seed=1, trace=trace)
        digests.append(trace.digest())

    assert len(set(digests)) == 1
    assert gc.isenabled()


def test_a_world_inside_a_world_is_refused() -> None:
    """Both would rule over the one clock of the process."""

    async def inner(_: VirtualLoop) -> None:
        """Do nothing."""

    async def main(_: VirtualLoop) -> str:
        with pytest.raises(SimulationError) as caught:
            run_in_virtual_time(inner, seed=2)
        await asyncio.sleep(1)
        return str(caught.value)

    told = run_in_virtual_time(main, seed=1)

    assert told.startswith("a world needs a thread of its own, and in this one runs <VirtualLoop")


async def test_a_world_inside_a_running_loop_is_refused() -> None:
    """Asyncio would refuse as well, when half of the process had been given to the world."""

    async def main(_: VirtualLoop) -> None:
        """Do nothing."""

    with pytest.raises(SimulationError, match="a world needs a thread of its own"):
        run_in_virtual_time(main, seed=1)


class TestEnd:
    def test_cancels_what_is_left_in_order_of_its_making(self) -> None:
        """Asyncio's own way goes by a set, and so by addresses."""
        told: list[int] = []

        async def stay(number: int) -> None:
            try:
                await asyncio.sleep(1e6)
            finally:
                told.append(number)

        async def main(_: VirtualLoop) -> None:
            for number in range(20):
                asyncio.get_running_loop().create_task(stay(number))
            await asyncio.sleep(1)

        run_in_virtual_time(main, seed=1)

        assert told == list(range(20))

    def test_cancels_what_begins_while_the_rest_is_cancelled(self) -> None:
        """A task that tidies up by starting another must not leave that one behind."""
        told: list[str] = []

        async def second() -> None:
            try:
                await asyncio.sleep(1e9)
            finally:
                told.append("second")

        async def first() -> None:
            try:
                await asyncio.sleep(1e9)
            finally:
                told.append("first")
                asyncio.get_running_loop().create_task(second())
                await asyncio.sleep(1)

        async def main(loop: VirtualLoop) -> None:
            loop.create_task(first())
            await asyncio.sleep(1)

        run_in_virtual_time(main, seed=1)

        assert told == ["first", "second"]

    @pytest.mark.parametrize("breaks_by", [Horizon, Livelock, Deadlock])
    def test_what_is_left_of_a_broken_world_tidies_up_all_the_same(self, breaks_by: type[Exception]) -> None:
        """Clean-up that did not run here would run whenever garbage is collected: in another world."""
        told: list[str] = []

        async def stay() -> None:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                await asyncio.sleep(30)
                told.append("tidied up")

        async def main(loop: VirtualLoop) -> None:
            loop.create_task(stay())
            await asyncio.sleep(1)
            if breaks_by is Deadlock:
                await loop.create_future()
            while True:  # noqa: ASYNC110 - what must not be done is done here on purpose
                await asyncio.sleep(0 if breaks_by is Livelock else 10)

        with pytest.raises(breaks_by):
            run_in_virtual_time(main, seed=1, horizon_seconds=100)

        assert told == ["tidied up"]

    def test_what_will_not_end_is_an_error(self) -> None:
        """A real program would hang on its way out."""

        async def stay() -> None:
            while True:
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    continue

        async def main(loop: VirtualLoop) -> None:
            loop.create_task(stay(), name="the one that stays")
            await asyncio.sleep(1)

        with pytest.raises(Horizon, match="the one that stays"):
            run_in_virtual_time(main, seed=1)

    def test_closes_generators_that_were_left_in_order_of_their_beginning(self) -> None:
        """What they hold, as connections, is given back within the world; asyncio's set goes by addresses."""
        told: list[int] = []
        kept: list[object] = []

        async def hold(number: int) -> AsyncIterator[int]:
            try:
                yield number
            finally:
                told.append(number)
                await asyncio.sleep(1)

        async def main(_: VirtualLoop) -> None:
            for number in range(20):
                kept.append(holding := hold(number))
                await anext(holding)

        run_in_virtual_time(main, seed=1)

        assert told == list(range(20))
