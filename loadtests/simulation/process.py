"""A process of a simulated world, which can be killed between any two steps of it.

Whatever a process begins is its own, known by a context variable that tasks, timers and callbacks inherit.
When it is killed none of its steps is taken any more, not even in a `finally`; the kernel closes its sockets.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from loadtests.simulation.jumping import JumpingLoop

Step = Callable[..., object]
_RUNNING: ContextVar["Process | None"] = ContextVar("running process", default=None)


class Handle(Protocol):
    """What the kernel closes when its owner dies."""

    def close(self) -> None:
        """Close it."""


class Process:
    """Runs coroutines that can die together.

    Args:
        loop: of the world.

    Attributes:
        steps_count: callbacks of the loop that it has run; a task takes one from `await` to `await`.
        is_dead: it was killed.
        died: set when it was.
    """

    def __init__(self, loop: "JumpingLoop") -> None:
        self._loop = loop
        self.steps_count = 0
        self.is_dead = False
        self._is_buried = False
        self.died = asyncio.Event()
        self._dies_at_step: int | None = None
        self._context = copy_context()
        self._context.run(_RUNNING.set, self)
        self._handles: dict[int, Handle] = {}
        self._not_taken: list[tuple[Context, Step, tuple[object, ...]]] = []

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let the process carry out `work`."""
        return self._loop.create_task(work, context=self._context.copy())

    def kill_before_step(self, number: int | None) -> None:
        """Kill it when it is about to take a step, counted from 1; None: do not kill it."""
        self._dies_at_step = number

    def kill(self) -> None:
        """Kill it: a step that is under way still runs to its end, and reaches nobody."""
        if self.is_dead:
            return
        self.is_dead = True
        self._loop.dead.append(self)
        for handle in tuple(self._handles.values()):
            handle.close()
        self.died.set()

    def bury(self) -> None:
        """Let what is left of it unwind; to be called when the world is over and nobody looks any more."""
        self._is_buried = True
        for context, step, arguments in self._not_taken:
            self._loop.call_soon(step, *arguments, context=context)
        self._not_taken.clear()

    @property
    def is_halted(self) -> bool:
        """It is dead, and what is left of it does not unwind yet."""
        return self.is_dead and not self._is_buried

    def take_step(self, context: Context, step: Step, *arguments: object) -> None:
        """Run a callback in `context`, which is the current one, unless the process is dead."""
        self.steps_count += not self.is_dead
        if self.steps_count == self._dies_at_step:
            self.kill()
        if self.is_halted:
            self._not_taken.append((context, step, arguments))
        else:
            step(*arguments)

    def owns(self, number: int, handle: Handle) -> None:
        """Close `handle` when the process dies."""
        self._handles[number] = handle

    def let_go(self, number: int) -> None:
        """Forget a handle that was closed."""
        self._handles.pop(number, None)


class Owner:
    """Whose process a handle of the kernel is, and in which context it was made; perhaps nobody's.

    Args:
        number: of the handle.
        handle: closed when its process dies.
    """

    def __init__(self, number: int, handle: Handle) -> None:
        self._number = number
        self._process, self._context = process_of(), copy_context()
        if self._process is not None:
            self._process.owns(number, handle)

    def tell(self, listener: Callable[[], object] | None) -> None:
        """Call a listener, if there is one, as a step of the process."""
        if listener is None:
            return
        if self._process is None:
            listener()
        else:
            context = self._context.copy()  # it may be running already
            context.run(self._process.take_step, context, listener)

    def let_go(self) -> None:
        """Tell the process that the handle was closed."""
        if self._process is not None:
            self._process.let_go(self._number)


def process_of(context: Context | None = None) -> Process | None:
    """Return the process to which a context belongs, by default the current one; None: the world itself."""
    return _RUNNING.get() if context is None else context.get(_RUNNING)
