"""What of the real world is replaced while a simulated one runs, and put back afterwards.

Each entry stands for something that would make two runs differ, or that would block; the tests take them out
one by one and see a run change.
"""

import os
import random
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any, NoReturn

import aiohttp.client_proto
import aiohttp.connector
from google.auth import _helpers as google_helpers

from loadtests.simulation.clock import EPOCH_SECONDS
from loadtests.simulation.errors import SimulationError, caller
from loadtests.simulation.garbage import collections_postponed
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.openssl import seeded_openssl
from loadtests.simulation.replaced import replaced

Control = Callable[[VirtualLoop, int, ExitStack], None]
_THRONE = threading.Lock()


@contextmanager
def realm(loop: VirtualLoop, seed: int) -> Iterator[None]:
    """Let the world rule over everything that reads time, draws, or blocks, while the block runs.

    Args:
        loop: the world's.
        seed: of all that is drawn.

    Raises:
        SimulationError: another world rules in this process.
    """
    if not _THRONE.acquire(blocking=False):
        raise SimulationError("a simulated world runs in this process already")
    with ExitStack() as stack:
        stack.callback(_THRONE.release)
        for control in CONTROLS.values():
            control(loop, seed, stack)
        yield


def _clocks(loop: VirtualLoop, _seed: int, stack: ExitStack) -> None:
    def wall() -> float:
        return EPOCH_SECONDS + loop.time()

    for name, clock in (("time", wall), ("monotonic", loop.time), ("perf_counter", loop.time)):
        stack.enter_context(_in_the_world(loop, time, name, clock))
        stack.enter_context(_in_the_world(loop, time, f"{name}_ns", _in_nanoseconds(clock)))
    stack.enter_context(_in_the_world(loop, time, "sleep", loop.stage.sleep))
    utc = lambda: datetime.fromtimestamp(wall(), UTC).replace(tzinfo=None)  # noqa: E731 - google-auth's are naive
    stack.enter_context(replaced(google_helpers, "utcnow", utc))


def _in_nanoseconds(clock: Callable[[], float]) -> Callable[[], int]:
    return lambda: int(clock() * 1e9)


def _keep_alive(loop: VirtualLoop, _seed: int, stack: ExitStack) -> None:
    # aiohttp took its own reference when it was imported.
    stack.enter_context(replaced(aiohttp.connector, "monotonic", loop.time))


def _order_of_connections(loop: VirtualLoop, _seed: int, stack: ExitStack) -> None:
    # aiohttp keeps its connections in a set, which their addresses in memory would order.
    handler = aiohttp.client_proto.ResponseHandler
    made = handler.__init__

    def numbered(self: Any, *args: Any, **known: Any) -> None:  # noqa: ANN401 - whatever aiohttp hands over
        self.world_number = loop.next_number()
        made(self, *args, **known)

    stack.enter_context(replaced(handler, "__init__", numbered))
    stack.enter_context(replaced(handler, "__hash__", lambda self: self.world_number))
    # What stands in that set for a connection that is being made; all may be in one place of its table.
    stack.enter_context(replaced(aiohttp.connector._TransportPlaceholder, "__hash__", lambda _: 0))  # noqa: SLF001 - no other seam


def _chance(_loop: VirtualLoop, seed: int, stack: ExitStack) -> None:
    draws = Random(f"world {seed}")  # noqa: S311 - predictable is what it is for
    state = random.getstate()
    stack.callback(random.setstate, state)
    random.seed(f"shared {seed}")
    # What `secrets` draws from; `random` took its own reference.
    stack.enter_context(replaced(random, "_urandom", draws.randbytes))
    stack.enter_context(replaced(os, "urandom", draws.randbytes))
    stack.enter_context(replaced(uuid, "uuid4", lambda: uuid.UUID(int=draws.getrandbits(128), version=4)))


def _tls(_loop: VirtualLoop, seed: int, stack: ExitStack) -> None:
    stack.enter_context(seeded_openssl(seed))


def _threads(loop: VirtualLoop, _seed: int, stack: ExitStack) -> None:
    stack.enter_context(_refused(loop, threading.Thread, "start"))
    stack.enter_context(_in_the_world(loop, Future, "result", loop.stage.result))


def _real_network(loop: VirtualLoop, _seed: int, stack: ExitStack) -> None:
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        stack.enter_context(_refused(loop, socket, name))
    stack.enter_context(_refused(loop, socket.socket, "__init__"))


def _processes(loop: VirtualLoop, _seed: int, stack: ExitStack) -> None:
    stack.enter_context(_refused(loop, subprocess.Popen, "__init__"))


def _garbage(_loop: VirtualLoop, _seed: int, stack: ExitStack) -> None:
    stack.enter_context(collections_postponed())


def _in_the_world(
    loop: VirtualLoop,
    owner: Any,  # noqa: ANN401 - a module or a class
    name: str,
    ours: Callable[..., Any],
) -> AbstractContextManager[None]:
    """Replace a function for the world; threads of the real one go on with what it was."""
    really = getattr(owner, name)

    def either(*args: Any, **known: Any) -> Any:  # noqa: ANN401 - whatever it takes and returns
        return really(*args, **known) if loop.stage.is_foreign() else ours(*args, **known)

    return replaced(owner, name, either)


def _refused(loop: VirtualLoop, owner: Any, name: str) -> AbstractContextManager[None]:  # noqa: ANN401 - likewise
    """Replace a function of a module or class by one that refuses."""
    called = f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else owner.__name__
    what = called if name == "__init__" else f"{called}.{name}"

    def refuse(*_: object, **__: object) -> NoReturn:
        loop.refuse(f"{what} was called in a simulated world, where there is no such thing, by {caller(1)}")

    return _in_the_world(loop, owner, name, refuse)


CONTROLS: dict[str, Control] = {
    "clocks": _clocks,
    "keep-alive": _keep_alive,
    "order of connections": _order_of_connections,
    "chance": _chance,
    "tls": _tls,
    "threads": _threads,
    "real network": _real_network,
    "processes": _processes,
    "garbage": _garbage,
}
