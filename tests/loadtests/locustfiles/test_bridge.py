"""Greenlets wait for coroutines; each side keeps a thread and an event loop of its own."""

import asyncio
import subprocess
import sys
import threading

import gevent
import pytest

from loadtests.locustfiles.bridge import Bridge, Timed
from tests.support.greenlets import run_apart

PATCHED = """
from gevent import monkey
monkey.patch_all()
from loadtests.locustfiles.bridge import Bridge
Bridge()
"""


class Patience:
    """A coroutine that waits for ever, and says when it began and that it was cancelled."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.cancelled = threading.Event()

    async def wait(self) -> None:
        """Wait, until cancelled."""
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


async def _twice(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


class TestCall:
    def test_returns_what_the_coroutine_returns(self) -> None:
        """The whole point of the bridge."""

        def program() -> int:
            with Bridge() as bridge:
                return bridge.call(_twice(21))

        assert run_apart(program) == 42

    def test_raises_what_the_coroutine_raises(self) -> None:
        """An error of the engine must look the same to a user as to a coroutine."""

        async def fail() -> None:
            raise LookupError("no such slide")

        def program() -> None:
            with Bridge() as bridge:
                bridge.call(fail())

        with pytest.raises(LookupError, match="no such slide"):
            run_apart(program)

    def test_runs_the_coroutine_in_a_native_thread_of_its_own(self) -> None:
        """On the hub's thread a busy user would stop the engine, and its timings with it."""

        async def thread() -> int:
            return threading.get_ident()

        def program() -> tuple[int, int]:
            with Bridge() as bridge:
                return bridge.call(thread()), threading.get_ident()

        loop_thread, hub_thread = run_apart(program)

        assert loop_thread != hub_thread

    def test_lets_other_greenlets_go_on_while_one_waits(self) -> None:
        """Users that wait for each other would hang a run: the first is freed by the second."""

        def program() -> str:
            with Bridge() as bridge:
                gate = asyncio.Event()

                async def open_gate() -> None:
                    gate.set()

                waiting = gevent.spawn(bridge.call, gate.wait())
                gevent.spawn(bridge.call, open_gate()).get()
                return "opened" if waiting.get(timeout=5) else "shut"

        assert run_apart(program) == "opened"

    def test_gives_each_of_many_greenlets_its_own_result(self) -> None:
        """A result that reaches the wrong user would be counted for the wrong edit."""

        def program() -> list[int]:
            with Bridge() as bridge:
                greenlets = [gevent.spawn(bridge.call, _twice(number)) for number in range(200)]
                return [greenlet.get() for greenlet in greenlets]

        assert run_apart(program) == [2 * number for number in range(200)]

    def test_cancels_the_task_of_a_killed_greenlet(self) -> None:
        """A user that is gone must leave no edit under way that nobody counts."""
        patience = Patience()

        def program() -> bool:
            with Bridge() as bridge:
                user = gevent.spawn(bridge.call, patience.wait())
                gevent.sleep(0)
                patience.began.wait(5)
                user.kill()
                return patience.cancelled.wait(5)

        assert run_apart(program)

    def test_cancels_the_task_of_a_greenlet_whose_time_is_up(self) -> None:
        """A gevent.Timeout is no Exception; a bridge that forgets this leaks the task."""
        patience = Patience()

        def program() -> bool:
            with Bridge() as bridge:
                with pytest.raises(gevent.Timeout), gevent.Timeout(0.01):
                    bridge.call(patience.wait())
                return patience.cancelled.wait(5)

        assert run_apart(program)


class TestTimed:
    def test_tells_the_coroutines_time_from_the_way_there_and_back(self) -> None:
        """What the harness costs must not be counted as the engine's."""
        readings = iter([100.0, 101.0, 104.0, 110.0])  # asked, began, ended, came back

        def program() -> Timed[int]:
            with Bridge(stopwatch=lambda: next(readings)) as bridge:
                return bridge.timed(lambda: _twice(4))

        timed = run_apart(program)

        assert timed == Timed(result=8, inside_seconds=3.0, bridge_seconds=7.0)


class TestClose:
    def test_cancels_what_still_runs_and_ends_the_thread(self) -> None:
        """A process that cannot end is a hang of the harness."""
        patience = Patience()

        def program() -> list[str]:
            bridge = Bridge()
            user = gevent.spawn(bridge.call, patience.wait())
            gevent.sleep(0)
            bridge.close()
            user.join(timeout=5)
            return [thread.name for thread in threading.enumerate()]

        names = run_apart(program)

        assert patience.cancelled.is_set()
        assert "asyncio" not in names

    def test_may_happen_twice(self) -> None:
        """The end of a run and the end of the process may both ask for it."""

        def program() -> str:
            bridge = Bridge()
            bridge.close()
            bridge.close()
            return "closed"

        assert run_apart(program) == "closed"

    def test_refuses_later_calls(self) -> None:
        """A call that nobody will ever answer would hang its user."""

        def program() -> None:
            bridge = Bridge()
            bridge.close()
            bridge.call(_twice(1))

        with pytest.raises(RuntimeError, match="the bridge is closed"):
            run_apart(program)


def test_refuses_a_monkey_patched_process() -> None:
    """Patched locks lose wake-ups between the two threads, at the quiet end of a run."""
    ended = subprocess.run([sys.executable, "-c", PATCHED], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "LOCUST_SKIP_MONKEY_PATCH=1" in ended.stderr
