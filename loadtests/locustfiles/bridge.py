"""Lets Locust's users, who are greenlets, wait for coroutines.

gevent and asyncio each want a thread's only event loop, so each gets a thread of its own:

    main thread: gevent's hub                     native thread: asyncio
    greenlet --- call(coroutine) ---------------> a task of the loop
       ... sleeps, other greenlets run ...           ... sleeps, other tasks run ...
    greenlet <-- result, or the exception --------- the task ends

Nothing may be monkey-patched (`LOCUST_SKIP_MONKEY_PATCH=1`): with patched locks the two threads can lose
each other's wake-ups, and a run that falls quiet then hangs for ever.  A load generator that shares its
process with the engine also shares the interpreter lock, so spans are measured beside the coroutine; what
the way there and back took is told apart, as the harness's own cost.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import gevent
from gevent import monkey
from gevent.hub import Waiter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """What a coroutine returned, how long it ran, and what the bridge added.  Real seconds."""

    result: T
    inside_seconds: float
    bridge_seconds: float


class Bridge:
    """One native thread with one asyncio loop, for the greenlets of the thread that made the bridge.

    Close it when the last call is over: `with Bridge() as bridge: ...`.

    Args:
        stopwatch: returns seconds; only differences mean anything.

    Raises:
        RuntimeError: the process is monkey-patched.
    """

    def __init__(self, stopwatch: Callable[[], float] = time.perf_counter) -> None:
        if monkey.is_module_patched("threading"):
            raise RuntimeError(
                "gevent has patched this process; start Locust with LOCUST_SKIP_MONKEY_PATCH=1"
            )
        self._stopwatch = stopwatch
        self._hub = gevent.get_hub()
        self._finished: deque[Waiter] = deque()
        self._wake_hub = self._hub.loop.async_()
        self._wake_hub.start(self._resume_greenlets)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asyncio", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop while only this greenlet waits; return what it returns.

        A greenlet that is killed here, or runs into a `gevent.Timeout`, cancels its task.

        Raises:
            RuntimeError: the bridge is closed.
            BaseException: whatever the coroutine raises.
        """
        if self._loop.is_closed():
            coroutine.close()
            raise RuntimeError("the bridge is closed")
        waiter = Waiter(self._hub)
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        future.add_done_callback(lambda _: self._announce(waiter))
        try:
            waiter.get()
        except BaseException:  # GreenletExit and gevent.Timeout are no Exceptions
            future.cancel()
            raise
        return future.result()

    def timed(self, function: Callable[[], Awaitable[T]]) -> Timed[T]:
        """Await `function()` as `call` does, with a stopwatch on either side of the bridge."""
        asked = self._stopwatch()
        result, inside_seconds = self.call(self._inside(function))
        return Timed(result, inside_seconds, self._stopwatch() - asked - inside_seconds)

    def close(self) -> None:
        """Cancel what still runs, wait for its end, and end the thread; a second time does nothing."""
        if self._loop.is_closed():
            return
        self.call(_cancel_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._wake_hub.close()

    async def _inside(self, function: Callable[[], Awaitable[T]]) -> tuple[T, float]:
        started = self._stopwatch()
        result = await function()
        return result, self._stopwatch() - started

    def _announce(self, waiter: Waiter) -> None:
        """Pass a finished call to the hub.  Runs in the loop's thread, where no greenlet may be touched."""
        self._finished.append(waiter)
        self._wake_hub.send()

    def _resume_greenlets(self) -> None:
        """Wake who waits for what has finished.  Runs in the hub: only there may a waiter be switched to."""
        while self._finished:
            self._finished.popleft().switch(None)


async def _cancel_the_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
