"""What can go wrong with a simulation itself.

SimulationError
├── Deadlock    nothing is left that could ever happen, and somebody waits
├── Livelock    much happens, and time does not go on
├── Horizon     time went on for longer than the simulation may last
└── Refused     something asked for the real world: a clock, a thread, a socket
"""

import asyncio
import sys
from collections.abc import Iterable
from types import CodeType
from typing import Any

_SHOWN_TASKS = 12


class SimulationError(Exception):
    """The world broke, not what was tried in it."""


class Deadlock(SimulationError):
    """Nothing can ever happen any more."""


class Livelock(SimulationError):
    """The loop goes round and round at one instant."""


class Horizon(SimulationError):
    """The world's time is up."""


class Refused(SimulationError):
    """There is no such thing here."""


def caller(depth: int = 0) -> str:
    """Return who called the function that asks, or the one `depth` further out: its name and its place."""
    frame = sys._getframe(2 + depth)  # noqa: SLF001 - the documented way to know a caller
    return _place(frame.f_code, frame.f_lineno)


def who_waits(tasks: Iterable[asyncio.Task[object]]) -> str:
    """Return a line for each task that is not done: its name, and where it waits."""
    waiting = [task for task in tasks if not task.done()]
    lines = [f"  {task.get_name()}, {_what(task)}, in {_where(task)}" for task in waiting[:_SHOWN_TASKS]]
    if len(waiting) > _SHOWN_TASKS:
        lines.append(f"  and {len(waiting) - _SHOWN_TASKS} more")
    return "\n".join(lines) or "  no task is left"


def _what(task: asyncio.Task[object]) -> str:
    return str(getattr(task.get_coro(), "__qualname__", "a coroutine"))


def _where(task: asyncio.Task[object]) -> str:
    """Return the innermost place of a suspended task; a task's own stack shows its outermost only."""
    place = "a callback"
    awaited: Any = task.get_coro()
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
        if frame is not None:
            place = _place(frame.f_code, frame.f_lineno)
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
    return place


def _place(code: CodeType, line: int) -> str:
    return f"{code.co_qualname} ({code.co_filename.rpartition('/')[2]}:{line})"
