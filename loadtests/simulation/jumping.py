"""An event loop whose time jumps to the next timer, and whose sets have an order.

It stands on asyncio's own `BaseEventLoop`, not on one with a selector, which would wait for a kernel.
"""

import asyncio
from asyncio import base_events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from heapq import heapify, heappop
from typing import Any, NoReturn, cast
from weakref import WeakKeyDictionary

from loadtests.simulation.errors import Deadlock, Horizon, Livelock, Refused, SimulationError, who_waits
from loadtests.simulation.process import Process, process_of
from loadtests.simulation.trace import Trace

# Far from Unix time, whose floats are too coarse: there 1e-9 s more is no more, and asyncio would spin.
STARTS_AT_SECONDS = 1_000.0
RESOLUTION_SECONDS = 1e-6
DAY_SECONDS = 86_400.0
MOST_ROUNDS_AT_ONE_INSTANT = 100_000
MANY_TIMERS = 100  # asyncio's own number


class SteadyTask(asyncio.Task[Any]):
    """A task that sets hold in order of its making, and not of its address.

    Attributes:
        process: whose it is; None for the world's own.
    """

    def __init__(self, coro: Any, *, loop: "JumpingLoop", name: str | None = None, **known: Any) -> None:
        self._number = loop.next_number()
        self.process = process_of(known.get("context"))
        super().__init__(coro, loop=loop, name=name or f"task-{self._number}", **known)

    def __hash__(self) -> int:
        return self._number


class SteadyFuture(asyncio.Future[Any]):
    """A future that sets hold in order of its making."""

    def __init__(self, *, loop: "JumpingLoop") -> None:
        self._number = loop.next_number()
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self._number


class _InOrder(WeakKeyDictionary[Any, None]):
    """A set of what asyncio remembers weakly, in order of its coming."""

    def add(self, one: Any) -> None:
        self[one] = None

    def discard(self, one: Any) -> None:
        self.pop(one, None)


class JumpingLoop(base_events.BaseEventLoop):
    """A loop that never waits: where nothing is to be done now, it is the next timer's time.

    Args:
        trace: told of what happens.
        horizon_seconds: how long the world may last.

    Attributes:
        dead: processes that were killed.
    """

    # What asyncio's own loop keeps: what is to be called now, what later, and whether it is to end.
    _ready: deque[Any]
    _scheduled: list[Any]
    _timer_cancelled_count: int
    _stopping: bool

    def __init__(self, trace: Trace, horizon_seconds: float) -> None:
        super().__init__()
        self._now = STARTS_AT_SECONDS
        self._ends_at = self._now + horizon_seconds
        self._rounds_count = 0
        self._numbers_count = 0
        self._refused: SimulationError | None = None
        self._trace = trace
        self.dead: list[Process] = []
        self._asyncgens: Any = _InOrder()
        self.set_task_factory(cast("Any", _steady_task))

    def time(self) -> float:
        """Return the seconds of the world's clock."""
        return self._now

    def call_soon(  # type: ignore[override]  # typed by position
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Call soon, as a step of the process that asks."""
        process = process_of(context)
        if process is None:
            return super().call_soon(callback, *args, context=context)
        context = context or copy_context()
        return super().call_soon(process.take_step, context, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # likewise
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call at a time of the world's clock, as a step of the process that asks."""
        process = process_of(context)
        if process is None:
            return super().call_at(when, callback, *args, context=context)
        context = context or copy_context()
        return super().call_at(when, process.take_step, context, callback, *args, context=context)

    def _run_once(self) -> None:
        """Take a turn: let time pass, then call what is due.

        It stands in for asyncio's own, which asks the kernel for events and three times what time it is, and
        there are ten turns to a write.

        Raises:
            Deadlock: there is nothing to wait for.
            Livelock: time has stood still for too long.
            Horizon: the world's time is up.
            Refused: something of the real world was asked for, whoever caught the error when it was.
        """
        if self._refused is not None:
            raise self._refused
        self._forget_cancelled_timers()
        ready, timers = self._ready, self._scheduled
        if ready or self._stopping:
            self._stand_still()
        elif timers:
            self._jump_to(timers[0]._when)
        else:
            raise Deadlock(f"nothing can happen any more after {self._now:.6f} s\n{self._who_waits()}")
        while timers and timers[0]._when < self._now + RESOLUTION_SECONDS:
            timer = heappop(timers)
            timer._scheduled = False
            ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _forget_cancelled_timers(self) -> None:
        """Forget those that would be next, and all of them once they are too many, as asyncio does."""
        timers = self._scheduled
        if len(timers) > MANY_TIMERS and 2 * self._timer_cancelled_count > len(timers):
            for timer in timers:
                timer._scheduled = not timer._cancelled
            timers[:] = [timer for timer in timers if timer._scheduled]
            heapify(timers)
            self._timer_cancelled_count = 0
        while timers and timers[0]._cancelled:
            self._timer_cancelled_count -= 1
            heappop(timers)._scheduled = False

    def _stand_still(self) -> None:
        self._rounds_count += 1
        if self._rounds_count > MOST_ROUNDS_AT_ONE_INSTANT:
            raise Livelock(f"time stands still at {self._now:.6f} s\n{self._who_waits()}")

    def _jump_to(self, when: float) -> None:
        """Let time jump to the next timer's own float: a sum of now and a wait would round, and miss it."""
        if when > self._ends_at:
            raise Horizon(f"the world's time was up at {self._ends_at:.6f} s\n{self._who_waits()}")
        if when > self._now:
            self._now, self._rounds_count = when, 0
        else:
            self._stand_still()

    def refuse(self, what: str) -> NoReturn:
        """Break the world: whoever asked may catch the error, but the loop raises it again.

        Raises:
            Refused: always.
        """
        self._refused = Refused(what)
        raise self._refused

    def must_be_whole(self) -> None:
        """Raise what broke the world, if anything did.

        Raises:
            Refused: something of the real world was asked for.
        """
        if self._refused is not None:
            raise self._refused

    def grant(self, seconds: float) -> None:
        """Let the world go on for so long from now, whatever broke it: what it began is to end in order."""
        self._ends_at, self._rounds_count, self._refused = self._now + seconds, 0, None

    def note(self, what: str) -> None:
        """Add what happened now to the trace."""
        self._trace.note(self._now, what)

    def next_number(self) -> int:
        """Return a number for a task or future, in order of their making."""
        self._numbers_count += 1
        return self._numbers_count

    def tasks_left(self) -> list[asyncio.Task[object]]:
        """Return the tasks that are not done, oldest first; those of the dead go no further."""
        left = (task for task in asyncio.all_tasks(self) if not _is_halted(task))
        return sorted(left, key=hash)

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future that sets hold in order of its making."""
        return SteadyFuture(loop=self)

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""

    def _who_waits(self) -> str:
        return who_waits(self.tasks_left())


def _is_halted(task: asyncio.Task[object]) -> bool:
    process = cast("SteadyTask", task).process
    return process is not None and process.is_halted


def _steady_task(loop: JumpingLoop, coro: Coroutine[Any, Any, Any], **known: Any) -> SteadyTask:
    return SteadyTask(coro, loop=loop, **known)
