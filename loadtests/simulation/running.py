"""From a coroutine to its end in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from loadtests.simulation.errors import SimulationError
from loadtests.simulation.jumping import DAY_SECONDS
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.openssl import can_be_seeded
from loadtests.simulation.realm import realm
from loadtests.simulation.trace import Trace

Result = TypeVar("Result")

# What is cancelled may take a while to end, and may begin something in doing so.
_GRACE_SECONDS = 300.0
_CANCELLATIONS = 5


def run_in_virtual_time(
    main: Callable[[VirtualLoop], Coroutine[Any, Any, Result]],
    *,
    seed: int,
    trace: Trace | None = None,
    horizon_seconds: float = DAY_SECONDS,
) -> Result:
    """Run a coroutine in a world of its own and return what it returns.

    What is left running when it returns is cancelled.

    Args:
        main: given the world's loop, returns the coroutine.
        seed: of everything that is left to chance.
        trace: takes down what happens.
        horizon_seconds: of the world's clock, how long it may last.

    Raises:
        SimulationError: the world broke: a deadlock, a livelock, the horizon, or something of the real world;
            or a loop runs in this thread already.
    """
    _nothing_must_run_here()
    loop = VirtualLoop(seed, trace, horizon_seconds=horizon_seconds, hears_bytes=can_be_seeded())
    try:
        with realm(loop, seed):
            return _live(loop, main)
    finally:
        loop.close()


def _nothing_must_run_here() -> None:
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return
    raise SimulationError(f"a world needs a thread of its own, and in this one runs {running!r}")


def _live(loop: VirtualLoop, main: Callable[[VirtualLoop], Coroutine[Any, Any, Result]]) -> Result:
    try:
        result = loop.run_until_complete(main(loop))
        loop.must_be_whole()
    except BaseException:
        with suppress(SimulationError):  # the world broke already; what broke it is being raised
            _end(loop)
        raise
    else:
        _end(loop)
        return result
    finally:
        loop.stage.close()


def _end(loop: VirtualLoop) -> None:
    loop.grant(_GRACE_SECONDS)
    for process in loop.dead:
        process.bury()
    loop.run_until_complete(_cancel_what_is_left(loop))
    loop.must_be_whole()


async def _cancel_what_is_left(loop: VirtualLoop) -> None:
    """Cancel in order of making, and again what began meanwhile."""
    for _ in range(_CANCELLATIONS):
        left = [task for task in loop.tasks_left() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
    await loop.shutdown_asyncgens()
