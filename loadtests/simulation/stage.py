"""Where functions run that would block: threads, but never beside the loop.

google-auth refreshes its credentials in a thread and carries each exchange back to the loop.  Here a thread
runs only while the loop stands still, and the loop only while the thread waits, so that their order is the
same in every run.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from random import Random
from typing import TYPE_CHECKING, Any

from loadtests.simulation.errors import Refused, caller

if TYPE_CHECKING:
    from loadtests.simulation.loop import VirtualLoop

# How long the machine takes to start a thread.
_SHORTEST_SECONDS, _LONGEST_SECONDS = 50e-6, 200e-6

start_thread = threading.Thread.start
wait_for_result = Future.result


class WorldEnded(BaseException):
    """Unwinds a thread whose world is over."""


class Stage:
    """Runs functions in threads, one at a time, in turns with the loop.

    Args:
        loop: whose time it is.
        random: spreads how long a thread takes to start.
    """

    def __init__(self, loop: "VirtualLoop", random: Random) -> None:
        self._loop, self._random = loop, random
        self._home = threading.get_ident()
        self._actors: dict[int, _Actor] = {}

    @property
    def count(self) -> int:
        """How many functions have not come to their end."""
        return len(self._actors)

    def run(self, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # noqa: ANN401 - whatever it is
        """Begin to run a function, and return a future of what it returns or raises."""
        outcome = self._loop.create_future()
        spread = self._random.random() * (_LONGEST_SECONDS - _SHORTEST_SECONDS)
        actor = _Actor(self, lambda: func(*args), outcome)
        self._loop.call_later(_SHORTEST_SECONDS + spread, actor.go_on)
        return outcome

    def must_be_here(self) -> None:
        """Refuse threads of the real world.

        Raises:
            Refused: the caller is neither the loop nor on the stage.
        """
        caller = threading.get_ident()
        if caller != self._home and caller not in self._actors:
            name = threading.current_thread().name
            raise Refused(f"thread {name} of the real world reached into a simulated one")

    def sleep(self, seconds: float) -> None:
        """Let the calling thread sleep for seconds of the world's clock.

        Raises:
            Refused: it is the loop's own, which must never block.
        """
        actor = self._actor("time.sleep")
        self._loop.call_later(seconds, actor.go_on)
        actor.wait()

    def result(self, future: Future[Any], timeout: float | None = None) -> Any:  # noqa: ANN401 - whatever it holds
        """Let the calling thread wait for a future; stands in for `concurrent.futures.Future.result`."""
        if not future.done():
            actor = self._actor("Future.result")
            future.add_done_callback(lambda _: self._loop.call_soon(actor.go_on))
            actor.wait()
        return wait_for_result(future, timeout)

    def close(self) -> None:
        """End what is still running."""
        for actor in tuple(self._actors.values()):
            actor.is_over = True
            actor.go_on()

    def enter(self, actor: "_Actor") -> None:
        """A thread has begun."""
        self._actors[threading.get_ident()] = actor

    def leave(self) -> None:
        """The calling thread ends."""
        del self._actors[threading.get_ident()]

    def _actor(self, what: str) -> "_Actor":
        actor = self._actors.get(threading.get_ident())
        if actor is None:
            raise Refused(f"{what} would block the loop of a simulated world; called by {caller(1)}")
        return actor


class _Actor:
    """One function on the stage, and whose turn it is."""

    def __init__(self, stage: Stage, play: Callable[[], Any], outcome: asyncio.Future[Any]) -> None:
        self._stage, self._play, self._outcome = stage, play, outcome
        self._cue, self._handed_back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread: threading.Thread | None = None
        self.is_over = False

    def go_on(self) -> None:
        """Let the thread run until it waits or ends; the loop stands still meanwhile."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._act, name="stage", daemon=True)
            start_thread(self._thread)
        else:
            self._cue.release()
        self._handed_back.acquire()

    def wait(self) -> None:
        """Let the loop run until it is this thread's turn again."""
        self._handed_back.release()
        self._cue.acquire()
        if self.is_over:
            raise WorldEnded

    def _act(self) -> None:
        self._stage.enter(self)
        try:
            value = self._play()
        except WorldEnded:
            pass
        except BaseException as error:  # noqa: BLE001 - whoever waits for the future is to have it
            if not self._outcome.done():
                self._outcome.set_exception(error)
        else:
            if not self._outcome.done():
                self._outcome.set_result(value)
        finally:
            self._stage.leave()
            self._handed_back.release()
