import asyncio
import threading
import time
from concurrent.futures import Future
from typing import Any

import pytest

from loadtests.simulation.errors import Deadlock, Refused
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time


def _stage_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "stage"]


def test_returns_and_raises_what_the_function_does() -> None:
    """To whoever awaits it, it is a thread as any other."""

    def fail() -> None:
        raise ZeroDivisionError

    async def main(_: VirtualLoop) -> int:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(fail)
        return await asyncio.to_thread(divmod, 7, 4)

    assert run_in_virtual_time(main, seed=1) == (1, 3)


def test_takes_turns_with_the_loop_in_one_order() -> None:
    """Real threads run beside each other, and never twice in one order."""

    def play(told: list[str], name: str) -> None:
        for turn in range(3):
            told.append(f"{name}{turn}")
            time.sleep(1)

    async def main(loop: VirtualLoop) -> list[str]:
        told: list[str] = []
        plays = [asyncio.to_thread(play, told, name) for name in "abc"]
        await asyncio.gather(*plays)
        return told

    orders = [run_in_virtual_time(main, seed=seed) for seed in (1, 1, 2, 3, 4)]

    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1


def test_sleeping_takes_seconds_of_the_world() -> None:
    """google-auth waits between its tries of a refresh."""

    async def main(loop: VirtualLoop) -> float:
        await asyncio.to_thread(time.sleep, 3600)
        return loop.time()

    assert run_in_virtual_time(main, seed=1) == pytest.approx(4600, abs=0.001)


def test_carries_an_exchange_to_the_loop_and_its_answer_back() -> None:
    """That is how the engine gets its tokens."""

    async def exchange() -> str:
        await asyncio.sleep(5)
        return "answer"

    def refresh(loop: VirtualLoop) -> str:
        return asyncio.run_coroutine_threadsafe(exchange(), loop).result()

    async def main(loop: VirtualLoop) -> str:
        return await asyncio.to_thread(refresh, loop)

    assert run_in_virtual_time(main, seed=1) == "answer"


@pytest.mark.parametrize(("takes_seconds", "heard"), [(5, "answer"), (15, "TimeoutError")])
def test_waits_for_a_result_no_longer_than_it_was_told(takes_seconds: float, heard: str) -> None:
    """A thread's patience is of the world's seconds, and a late answer wakes nobody who has left."""

    async def exchange() -> str:
        await asyncio.sleep(takes_seconds)
        return "answer"

    def refresh(loop: VirtualLoop) -> str:
        try:
            return asyncio.run_coroutine_threadsafe(exchange(), loop).result(10)
        except TimeoutError as error:
            time.sleep(30)
            return type(error).__name__

    async def main(loop: VirtualLoop) -> tuple[str, int]:
        told = await asyncio.to_thread(refresh, loop)
        await asyncio.sleep(60)
        return told, loop.stage.count

    assert run_in_virtual_time(main, seed=1) == (heard, 0)


def test_what_nobody_waits_for_any_more_never_begins() -> None:
    """A real pool does not begin what was cancelled while it waited for its thread."""
    begun: list[int] = []

    async def main(_: VirtualLoop) -> None:
        waiting = asyncio.create_task(asyncio.to_thread(begun.append, 1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(1)

    run_in_virtual_time(main, seed=1)

    assert begun == []


@pytest.mark.parametrize("what", ["time.sleep", "Future.result"])
def test_refuses_to_block_the_loop_and_names_who_would(what: str) -> None:
    """In the real world all calls would stand still for as long; here they would for ever."""

    async def main(_: VirtualLoop) -> None:
        if what == "time.sleep":
            time.sleep(1)  # noqa: ASYNC251 - that is what is refused
        else:
            Future[None]().result()

    expected = rf"{what} would block the loop of a simulated world; called by {main.__qualname__} "
    with pytest.raises(Refused, match=expected):
        run_in_virtual_time(main, seed=1)


def test_a_result_that_is_there_blocks_nobody() -> None:
    """Asyncio looks at futures that are done."""

    async def main(_: VirtualLoop) -> str:
        future: Future[str] = Future()
        future.set_result("there")
        return future.result()

    assert run_in_virtual_time(main, seed=1) == "there"


def test_threads_of_the_real_world_go_on_in_real_time() -> None:
    """A runner of tests has threads of its own; whoever made them did not ask for a simulation."""
    begin, done = threading.Event(), threading.Event()
    seen: list[Any] = []

    def live() -> None:
        begin.wait()
        future: Future[str] = Future()
        threading.Thread(target=future.set_result, args=("real",)).start()
        time.sleep(0.001)
        seen.extend([future.result(), time.time() > 0])
        done.set()

    thread = threading.Thread(target=live)
    thread.start()

    async def main(loop: VirtualLoop) -> float:
        begin.set()
        done.wait()
        return loop.time()

    assert run_in_virtual_time(main, seed=1) == 1000.0
    thread.join()
    assert seen == ["real", True]


class TestEnd:
    def test_a_thread_asleep_ends_with_its_world(self) -> None:
        """It would be parked in this process for ever, and with it all it holds."""
        told: list[str] = []

        def sleep_long() -> None:
            try:
                time.sleep(1e9)
            finally:
                told.append("unwound")

        async def main(_: VirtualLoop) -> None:
            task = asyncio.create_task(asyncio.to_thread(sleep_long))
            await asyncio.sleep(1)
            task.cancel()

        run_in_virtual_time(main, seed=1)

        assert (told, _stage_threads()) == (["unwound"], [])

    def test_a_thread_that_waits_for_what_never_comes_is_a_deadlock(self) -> None:
        """And the process goes on after it, with no thread left."""

        def wait_forever() -> None:
            Future[None]().result()

        async def main(_: VirtualLoop) -> None:
            await asyncio.create_task(asyncio.to_thread(wait_forever), name="who waits for the thread")

        with pytest.raises(Deadlock, match=r"who waits for the thread, to_thread, in to_thread"):
            run_in_virtual_time(main, seed=1)

        assert _stage_threads() == []

    def test_a_thread_that_waits_again_while_it_unwinds_ends_all_the_same(self) -> None:
        """Cleaning up may wait, too; there is nothing left to wait for."""
        told: list[str] = []

        def clean_up_slowly() -> None:
            try:
                time.sleep(1e9)
            finally:
                time.sleep(1)
                told.append("never reached")

        async def main(_: VirtualLoop) -> None:
            asyncio.get_running_loop().run_in_executor(None, clean_up_slowly)
            await asyncio.sleep(1)

        run_in_virtual_time(main, seed=1)

        assert (told, _stage_threads()) == ([], [])

    def test_a_thread_whose_exchange_is_cancelled_with_the_world_is_woken_once(self) -> None:
        """Its wake-up came when it had been unwound, and the loop waited for ever for it to take its turn."""

        async def exchange() -> None:
            await asyncio.sleep(1e9)

        def refresh(loop: VirtualLoop) -> None:
            asyncio.run_coroutine_threadsafe(exchange(), loop).result()

        async def main(loop: VirtualLoop) -> None:
            loop.run_in_executor(None, refresh, loop)
            await asyncio.sleep(1)

        run_in_virtual_time(main, seed=1)

        assert _stage_threads() == []

    def test_a_function_that_had_no_time_to_begin_never_does(self) -> None:
        """Its world is over."""
        begun: list[int] = []

        async def main(loop: VirtualLoop) -> None:
            loop.run_in_executor(None, begun.append, 1)

        run_in_virtual_time(main, seed=1)

        assert (begun, _stage_threads()) == ([], [])
