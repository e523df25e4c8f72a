"""What goes wrong in a world without one of its controls, the same each time."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from random import Random

import pytest

from fakeslides.server import CALM
from loadtests.client import Job, editing
from loadtests.simulation import jumping
from loadtests.simulation.errors import Livelock, Refused
from loadtests.simulation.jumping import JumpingLoop
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.replaced import replaced
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.sockets import MemorySocket, Segment
from loadtests.simulation.world import Told, simulated_world
from tests.support.let_go import LetGo, Observe, spec_in, without
from tests.support.memory_sockets import memory_pair
from tests.support.plain_decks import plain_deck


def _handshakes_of_two_edits() -> object:
    async def main(loop: VirtualLoop) -> int:
        async with simulated_world(loop, CALM, [plain_deck("deck-a")], seed=1) as place:
            async with editing(spec_in(place), Told(loop), place.ground) as edit:
                await edit(Job("deck-a", {"{{customer}}": "Ada"}))
                await place.clock.sleep(40)
                await edit(Job("deck-a", {"{{price}}": "12"}))
            return place.fake.connection_counts()["handshakes"]

    return run_in_virtual_time(main, seed=1)


def _a_thread_that_waits_for_the_loop() -> object:
    def wait(loop: VirtualLoop) -> str:
        future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01, "answer"), loop)
        try:
            return future.result(0.02)
        except TimeoutError:
            return "no answer, since the loop stood still as long as the thread waited"

    async def main(loop: VirtualLoop) -> str:
        return await asyncio.to_thread(wait, loop)

    return run_in_virtual_time(main, seed=1)


def _asked(ask: Callable[[], object]) -> object:
    async def main(_: VirtualLoop) -> str:
        ask()
        return "answered"

    try:
        return run_in_virtual_time(main, seed=1)
    except Refused:
        return "refused"


def _a_moment_on_a_fine_clock() -> object:
    async def main(_: VirtualLoop) -> str:
        await asyncio.sleep(0.1)
        return "time passes"

    # As fine as asyncio's own loops believe theirs to be.
    with replaced(jumping, "RESOLUTION_SECONDS", 1e-9):
        try:
            return run_in_virtual_time(main, seed=1)
        except Livelock:
            return "time stands still"


def _with_unix_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jumping, "STARTS_AT_SECONDS", 1_750_000_000.0)


def _order_of_bytes() -> object:
    async def main(loop: VirtualLoop) -> str:
        pair = await memory_pair(loop)
        for number in range(200):
            pair.one.send(bytes([number]))
        await asyncio.sleep(1)
        received = [pair.other.recv(1)[0] for _ in range(200)]
        return "as sent" if received == sorted(received) else "in disorder"

    return run_in_virtual_time(main, seed=1)


def _with_segments_bound_to_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    def send(self: MemorySocket, segment: Segment) -> None:
        self._last_arrival = self._network.carry(lambda: self.peer._hear(segment), self._last_arrival)

    monkeypatch.setattr(MemorySocket, "_send", send)


def _punctuality_of_timers() -> object:
    draws = Random(1)

    async def main(loop: VirtualLoop) -> float:
        await asyncio.sleep(draws.random())
        when = 10_000 * draws.random() + 2_000
        rung_at = loop.create_future()
        loop.call_at(when, lambda: rung_at.set_result(loop.time()))
        return float(await rung_at) - when

    return "on time" if {run_in_virtual_time(main, seed=1) for _ in range(100)} == {0.0} else "early or late"


def _with_jumps_by_a_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    def jump_to(self: JumpingLoop, when: float) -> None:
        self._now += when - self._now

    monkeypatch.setattr(JumpingLoop, "_jump_to", jump_to)


GOES_WRONG: dict[str, tuple[LetGo, Observe, object, object]] = {
    "keep-alive": (without("keep-alive"), _handshakes_of_two_edits, 2, 1),
    "threads": (
        without("threads"),
        _a_thread_that_waits_for_the_loop,
        "answer",
        "no answer, since the loop stood still as long as the thread waited",
    ),
    "real network": (
        without("real network"),
        lambda: _asked(lambda: socket.getaddrinfo("localhost", 1)),
        "refused",
        "answered",
    ),
    "processes": (
        without("processes"),
        lambda: _asked(lambda: subprocess.run([sys.executable, "-c", ""], check=True)),
        "refused",
        "answered",
    ),
    "the loop's epoch": (_with_unix_time, _a_moment_on_a_fine_clock, "time passes", "time stands still"),
    "order of segments": (_with_segments_bound_to_timers, _order_of_bytes, "as sent", "in disorder"),
    "exact jumps": (_with_jumps_by_a_sum, _punctuality_of_timers, "on time", "early or late"),
}
