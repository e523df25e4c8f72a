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

from loadtests.simulation.errors import caller

if TYPE_CHECKING:
    from loadtests.simulation.loop import VirtualLoop

# How long the machine takes to start a thread.
_SHORTEST_SECONDS, _LONGEST_SECONDS = 50e-6, 200e-6

# The real ones, which stand replaced while a world runs.
start_thread = threading.Thread.start
wait_for_result = Future.result

Wake = Callable[[], None]


class WorldEnded(BaseException):
    """Unwinds a thread whose world is over."""


class Stage:
    """Runs functions in threads, one at a time, in turns with the loop.

    Threads of the real world, which neither are the loop's nor stand on the stage, go on as ever.

    Args:
        loop: whose time it is.
        random: spreads how long a thread takes to start.
    """

    def __init__(self, loop: "VirtualLoop", random: Random) -> None:
        self._loop, self._random = loop, random
        self._home = threading.get_ident()
        self._actors: dict[int, _Actor] = {}
        self._is_closed = False

    @property
    def count(self) -> int:
        """How many functions have begun and not come to their end."""
        return len(self._actors)

    def run(self, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # noqa: ANN401 - whatever it is
        """Begin to run a function, and return a future of what it returns or raises.

        A function that nobody waits for any more by the time it could begin never does.
        """
        outcome = self._loop.create_future()
        spread = self._random.random() * (_LONGEST_SECONDS - _SHORTEST_SECONDS)
        actor = _Actor(self, lambda: func(*args), outcome)
        self._loop.call_later(_SHORTEST_SECONDS + spread, self._begin, actor)
        return outcome

    def is_foreign(self) -> bool:
        """Say whether the calling thread is of the real world."""
        thread = threading.get_ident()
        return thread != self._home and thread not in self._actors

    def must_be_here(self) -> None:
        """Refuse threads of the real world.

        Raises:
            Refused: the caller is neither the loop nor on the stage.
        """
        if self.is_foreign():
            name = threading.current_thread().name
            self._loop.refuse(f"thread {name} of the real world reached into a simulated one")

    def sleep(self, seconds: float) -> None:
        """Let the calling thread sleep for seconds of the world's clock.

        Raises:
            Refused: it is the loop's own, which must never block.
        """
        self._actor("time.sleep").wait(lambda wake: self.call_later(seconds, wake))

    def result(self, future: Future[Any], timeout: float | None = None) -> Any:  # noqa: ANN401 - whatever it holds
        """Let the calling thread wait for a future; stands in for `concurrent.futures.Future.result`.

        Raises:
            TimeoutError: it was not done within `timeout` seconds of the world's clock.
            Refused: the caller is the loop's own thread, which must never block.
        """
        if future.done():
            return wait_for_result(future, timeout)

        def arrange(wake: Wake) -> None:
            future.add_done_callback(lambda _: self._loop.call_soon_threadsafe(wake))
            if timeout is not None:
                self.call_later(timeout, wake)

        self._actor("Future.result").wait(arrange)
        return wait_for_result(future, 0)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Set a timer of the loop, from a thread on the stage."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, callback)

    def call_soon(self, callback: Callable[..., None], *args: Any) -> None:  # noqa: ANN401 - of the callback's
        """Let the loop call something, from a thread on the stage."""
        self._loop.call_soon_threadsafe(callback, *args)

    def close(self) -> None:
        """End what is still running, and begin nothing more."""
        self._is_closed = True
        for actor in tuple(self._actors.values()):
            actor.is_over = True
            actor.go_on()

    def enter(self, actor: "_Actor") -> None:
        """A thread has begun."""
        self._actors[threading.get_ident()] = actor

    def leave(self) -> None:
        """The calling thread ends."""
        del self._actors[threading.get_ident()]

    def _begin(self, actor: "_Actor") -> None:
        if not self._is_closed and not actor.outcome.cancelled():
            actor.go_on()

    def _actor(self, what: str) -> "_Actor":
        actor = self._actors.get(threading.get_ident())
        if actor is None:
            self._loop.refuse(f"{what} would block the loop of a simulated world; called by {caller(2)}")
        return actor


class _Actor:
    """One function on the stage, and whose turn it is.

    Attributes:
        outcome: of the function.
        is_over: set when the world ends: the function gets no further.
    """

    def __init__(self, stage: Stage, play: Callable[[], Any], outcome: asyncio.Future[Any]) -> None:
        self.outcome = outcome
        self.is_over = False
        self._stage, self._play = stage, play
        self._cue, self._handed_back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread: threading.Thread | None = None
        self._awaited: Wake | None = None

    def go_on(self) -> None:
        """Let the thread run until it waits or ends; the loop stands still meanwhile."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._act, name="stage", daemon=True)
            start_thread(self._thread)
        else:
            self._cue.release()
        self._handed_back.acquire()

    def wait(self, arrange: Callable[[Wake], None]) -> None:
        """Let the loop run until what `arrange` is given has been called; further calls of it do nothing."""
        if not self.is_over:

            def wake() -> None:
                if self._awaited is wake:
                    self._awaited = None
                    self.go_on()

            self._awaited = wake
            arrange(wake)
            self._handed_back.release()
            self._cue.acquire()
        if self.is_over:
            self._awaited = None
            raise WorldEnded

    def _act(self) -> None:
        self._stage.enter(self)
        try:
            value = self._play()
        except WorldEnded:
            pass
        except BaseException as error:  # noqa: BLE001 - whoever waits for the future is to have it
            self._stage.call_soon(self._settle, error, None)
        else:
            self._stage.call_soon(self._settle, None, value)
        finally:
            self._stage.leave()
            self._handed_back.release()

    def _settle(self, error: BaseException | None, value: object) -> None:
        if self.outcome.done():
            return
        if error is not None:
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(value)
