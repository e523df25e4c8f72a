"""From a coroutine to its end in virtual time."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from loadtests.simulation.errors import SimulationError
from loadtests.simulation.jumping import DAY_SECONDS
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.openssl import can_be_seeded
from loadtests.simulation.realm import realm
from loadtests.simulation.trace import Trace

Result = TypeVar("Result")


def run_in_virtual_time(
    main: Callable[[VirtualLoop], Coroutine[Any, Any, Result]],
    *,
    seed: int,
    trace: Trace | None = None,
    horizon_seconds: float = DAY_SECONDS,
) -> Result:
    """Run a coroutine in a world of its own and return what it returns.

    Args:
        main: given the world's loop, returns the coroutine.
        seed: of everything that is left to chance.
        trace: takes down what happens.
        horizon_seconds: of the world's clock, how long it may last.

    Raises:
        SimulationError: the world broke: a deadlock, a livelock, the horizon, or something of the real world.
    """
    loop = VirtualLoop(seed, trace, horizon_seconds=horizon_seconds, hears_bytes=can_be_seeded())
    with realm(loop, seed):
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(main(loop))
        finally:
            _clear_away(loop)
            asyncio.set_event_loop(None)
            loop.close()


def get_ready() -> None:
    """Take all that lives by now out of what garbage collections look at: it makes each of them short."""
    gc.collect()
    gc.freeze()


def _clear_away(loop: VirtualLoop) -> None:
    """Cancel what is left, in order of its making."""
    loop.stage.close()
    left = loop.tasks_left()
    for task in left:
        task.cancel()
    try:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    except SimulationError:
        pass  # the world broke already; what broke it is being raised
