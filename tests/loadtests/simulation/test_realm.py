import gc
import os
import random
import secrets
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable

import aiohttp.connector
import pytest
from google.auth import _helpers as google_helpers

from loadtests.simulation.clock import EPOCH_SECONDS
from loadtests.simulation.errors import Refused, SimulationError
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.realm import realm
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace


@pytest.fixture
def loop() -> VirtualLoop:
    """Return the loop of a world that does not run."""
    made = VirtualLoop(1, Trace())
    made.close()
    return made


def test_every_clock_tells_the_worlds_time(loop: VirtualLoop) -> None:
    """One that told the real time would let tokens or kept connections outlive the world's minutes."""
    with realm(loop, 1):
        told = [time.time(), time.monotonic(), time.perf_counter(), time.time_ns(), time.monotonic_ns()]
        others = [aiohttp.connector.monotonic(), google_helpers.utcnow().isoformat()]

    assert told == [EPOCH_SECONDS + 1000, 1000.0, 1000.0, int((EPOCH_SECONDS + 1000) * 1e9), int(1000 * 1e9)]
    assert others == [1000.0, "2025-06-15T15:23:20"]


def test_chance_comes_from_the_seed(loop: VirtualLoop) -> None:
    """Whoever draws without being handed a generator draws from these."""

    def drawn(seed: int) -> list[object]:
        with realm(loop, seed):
            return [os.urandom(8), uuid.uuid4(), random.random(), secrets.token_hex(8)]

    assert drawn(1) == drawn(1)
    assert not set(drawn(1)) & set(drawn(2))


def test_all_is_as_before_afterwards(loop: VirtualLoop) -> None:
    """The process lives on, with its own time and its own chance."""

    def world() -> list[object]:
        handler = aiohttp.client_proto.ResponseHandler
        return [
            time.time, time.monotonic, time.perf_counter, time.time_ns, time.sleep, os.urandom, uuid.uuid4,
            socket.getaddrinfo, socket.create_connection, socket.socket.__init__, subprocess.Popen.__init__,
            threading.Thread.start, aiohttp.connector.monotonic, google_helpers.utcnow, handler.__init__,
            handler.__hash__, random.getstate(), gc.isenabled(),
        ]  # fmt: skip

    before = world()

    with realm(loop, 1):
        inside = world()

    assert world() == before
    assert all(one != other for one, other in zip(before, inside, strict=True))


def test_only_one_world_rules_at_a_time(loop: VirtualLoop) -> None:
    """The second would take the first one's clock for the real one, and leave it behind."""
    with (
        realm(loop, 1),
        pytest.raises(SimulationError, match="a simulated world runs in this process already"),
    ):
        realm(loop, 2).__enter__()


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda: threading.Thread(target=print).start(), "threading.Thread.start"),
        (socket.socket, "socket.socket"),
        (lambda: socket.create_connection(("localhost", 1)), "socket.create_connection"),
        (lambda: socket.getaddrinfo("localhost", 1), "socket.getaddrinfo"),
        (lambda: socket.gethostbyname("localhost"), "socket.gethostbyname"),
        (lambda: subprocess.run([sys.executable, "--version"], check=True), "subprocess.Popen"),
    ],
)
def test_what_would_leave_the_world_is_refused_and_named(ask: Callable[[], object], name: str) -> None:
    """Some library three floors below may be it."""

    async def main(_: VirtualLoop) -> None:
        ask()

    expected = (
        rf"^{name} was called in a simulated world, where there is no such thing, by \S+ \(\w+\.py:\d+\)$"
    )
    with pytest.raises(Refused, match=expected):
        run_in_virtual_time(main, seed=1)
