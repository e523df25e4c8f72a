"""A simulated world is the same each time, whatever went before it, to the last byte of ciphertext.

And it is so for reasons: each thing that the world controls is let go here once, and something goes wrong.
`python -m loadtests.benchmarks.determinism` tries more seeds and processes than a test has time for.
"""

import asyncio
import gc
import secrets
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from aiohttp import MultipartWriter

from fakeslides.scenario.model import Scenario
from fakeslides.server import CALM
from fakeslides.tls import Identity, make_identity
from loadtests.benchmarks.determinism import distinct_in_processes, stormy_trace, unlike_seeds
from loadtests.client import ClientSpec, Job, editing
from loadtests.simulation import identity, jumping, world
from loadtests.simulation.errors import Livelock, Refused
from loadtests.simulation.jumping import JumpingLoop, SteadyFuture, SteadyTask
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.openssl import can_be_seeded
from loadtests.simulation.realm import CONTROLS
from loadtests.simulation.replaced import replaced
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.sockets import MemorySocket, Segment
from loadtests.simulation.trace import Trace
from loadtests.simulation.world import SimulatedWorld, Told, simulated_world
from tests.support.memory_sockets import memory_pair
from tests.support.pasts import past
from tests.support.plain_decks import plain_deck

LetGo = Callable[[pytest.MonkeyPatch], None]
Observe = Callable[[], object]

STALLING = Scenario.model_validate(
    {
        "version": 1,
        "promise": "All answers stall after half a minute.",
        "phases": [{"name": "calm", "for": "30s"}, {"name": "silence", "for": "900s"}],
        "faults": [
            {
                "id": "stall",
                "when": {"phase": "silence"},
                "often": {"rate": "100%"},
                "fault": {"kind": "http.stall"},
            }
        ],
    }
)


def test_a_world_is_the_same_in_every_process() -> None:
    """A seed that breaks a promise on one machine must break it on the machine of whoever mends it."""
    assert len(distinct_in_processes(4)) == 1


def test_a_world_is_the_same_whatever_lived_before_it_in_its_process() -> None:
    """A failure found as the thousandth of a sweep must be there again when its seed is run alone."""
    compared, unlike = list(unlike_seeds(10))[-1]

    assert (compared, unlike) == (10, 0)


def test_other_seeds_are_other_worlds() -> None:
    """What is always the same finds nothing."""
    assert len({stormy_trace(seed).digest() for seed in range(1, 6)}) == 5


# What is let go, and what is then observed.


def _without(control: str) -> LetGo:
    return lambda monkeypatch: monkeypatch.delitem(CONTROLS, control)


def _with_hashes_by_address(kind: type) -> LetGo:
    return lambda monkeypatch: monkeypatch.setattr(kind, "__hash__", object.__hash__)


def _a_storm() -> object:
    return stormy_trace(1).digest()


def _a_crowd() -> object:
    """Many connect at once after a rest, all answers stall, and the engine is closed meanwhile."""
    decks = [plain_deck(f"deck-{number}") for number in range(8)]

    async def main(loop: VirtualLoop) -> None:
        async with simulated_world(loop, STALLING, decks, seed=1) as place:
            async with editing(_spec(place), Told(loop), place.ground) as edit:
                await edit(Job("deck-0", {"{{customer}}": "Ada"}))
                await place.clock.sleep(40)
                jobs = [Job(deck.presentation_id, {"{{price}}": "12"}) for deck in decks]
                edits = [asyncio.create_task(edit(job)) for job in jobs]
                await place.clock.sleep(5)
            for unlucky in edits:
                unlucky.cancel()
            await asyncio.wait(edits)
            await place.clock.sleep(1)

    return _digest_of(main)


def _an_aborted_group() -> object:
    async def stay(loop: VirtualLoop, number: int) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            loop.note(f"{number} ends")

    async def main(loop: VirtualLoop) -> None:
        try:
            async with asyncio.timeout(1), asyncio.TaskGroup() as group:
                for number in range(30):
                    group.create_task(stay(loop, number))
        except TimeoutError:
            pass

    return _digest_of(main)


def _what_a_library_draws() -> object:
    async def main(_: VirtualLoop) -> tuple[str, str]:
        return MultipartWriter().boundary, secrets.token_hex(8)

    return run_in_virtual_time(main, seed=1)


def _finalisers() -> object:
    class Finalised:
        def __init__(self, loop: VirtualLoop, number: int) -> None:
            self.itself, self.loop, self.number = self, loop, number

        def __del__(self) -> None:
            if not self.loop.is_closed():
                self.loop.note(f"finalised {self.number}")

    async def main(loop: VirtualLoop) -> None:
        for number in range(2_000):
            Finalised(loop, number)
            if number % 100 == 0:
                await asyncio.sleep(1)

    digest = _digest_of(main)
    gc.collect()
    return digest


def _a_storm_over_new_contexts() -> object:
    identity.fixed_identity.cache_clear()
    return _a_storm()


def _with_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    make = identity._Authority.context

    def make_with_tickets(authority: identity._Authority, *names: object, **known: object) -> ssl.SSLContext:
        context: ssl.SSLContext = make(authority, *names, **known)
        context.num_tickets = 2
        return context

    monkeypatch.setattr(identity._Authority, "context", make_with_tickets)


def _with_drawn_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted: list[ssl.SSLContext] = []

    def drawn() -> Identity:
        made = make_identity()
        made.context.num_tickets = 0
        trusted.append(ssl.create_default_context(cadata=made.ca_pem.decode()))
        return replace(identity.fixed_identity(), ca_pem=made.ca_pem, context=made.context)

    monkeypatch.setattr(world, "fixed_identity", drawn)
    monkeypatch.setattr(world, "client_context", lambda: trusted[-1])


AT_THE_MERCY_OF_THE_PAST: dict[str, tuple[LetGo, Observe]] = {
    "clocks": (_without("clocks"), _a_storm),
    "order of connections": (_without("order of connections"), _a_crowd),
    "chance": (_without("chance"), _what_a_library_draws),
    "tls": (_without("tls"), _a_storm),
    "garbage": (_without("garbage"), _finalisers),
    "order of tasks": (_with_hashes_by_address(SteadyTask), _an_aborted_group),
    "order of futures": (_with_hashes_by_address(SteadyFuture), _a_crowd),
    "fixed certificates": (_with_drawn_certificates, _a_storm),
    "no tickets": (_with_tickets, _a_storm_over_new_contexts),
}


@pytest.mark.parametrize("name", AT_THE_MERCY_OF_THE_PAST)
def test_without_it_the_past_would_matter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is there for a reason; one that nobody misses would be in the way."""
    let_go, observe = AT_THE_MERCY_OF_THE_PAST[name]
    if not can_be_seeded() and name in {"tls", "fixed certificates", "no tickets"}:
        pytest.skip("this OpenSSL draws by itself, so that bytes are not in the trace")

    with_it = _with_everything_in_place(observe)
    let_go(monkeypatch)
    without_it = _after_two_pasts(observe)

    assert with_it[0] == with_it[1]
    assert without_it[0] != without_it[1]
    identity.fixed_identity.cache_clear()


def _handshakes_of_two_edits() -> object:
    async def main(loop: VirtualLoop) -> int:
        async with simulated_world(loop, CALM, [plain_deck("deck-a")], seed=1) as place:
            async with editing(_spec(place), Told(loop), place.ground) as edit:
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
    def pass_time(self: JumpingLoop, timeout: float) -> None:
        self._now += timeout

    monkeypatch.setattr(JumpingLoop, "pass_time", pass_time)


GOES_WRONG: dict[str, tuple[LetGo, Observe, object, object]] = {
    "keep-alive": (_without("keep-alive"), _handshakes_of_two_edits, 2, 1),
    "threads": (
        _without("threads"),
        _a_thread_that_waits_for_the_loop,
        "answer",
        "no answer, since the loop stood still as long as the thread waited",
    ),
    "real network": (
        _without("real network"),
        lambda: _asked(lambda: socket.getaddrinfo("localhost", 1)),
        "refused",
        "answered",
    ),
    "processes": (
        _without("processes"),
        lambda: _asked(lambda: subprocess.run([sys.executable, "-c", ""], check=True)),
        "refused",
        "answered",
    ),
    "the loop's epoch": (_with_unix_time, _a_moment_on_a_fine_clock, "time passes", "time stands still"),
    "order of segments": (_with_segments_bound_to_timers, _order_of_bytes, "as sent", "in disorder"),
    "exact jumps": (_with_jumps_by_a_sum, _punctuality_of_timers, "on time", "early or late"),
}


@pytest.mark.parametrize("name", GOES_WRONG)
def test_without_it_the_world_would_go_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world may be the same each time and wrong each time."""
    let_go, observe, right, wrong = GOES_WRONG[name]

    with_it = observe()
    let_go(monkeypatch)
    without_it = observe()

    assert (with_it, without_it) == (right, wrong)


def test_every_control_is_among_those_that_are_let_go() -> None:
    """A new one must show what it is for."""
    assert set(CONTROLS) <= AT_THE_MERCY_OF_THE_PAST.keys() | GOES_WRONG.keys()


@cache  # the same is observed without one thing and without another
def _with_everything_in_place(observe: Observe) -> list[object]:
    return _after_two_pasts(observe)


def _after_two_pasts(observe: Observe) -> list[object]:
    seen = []
    for number in (1, 2):
        with past(number):
            seen.append(observe())
    return seen


def _digest_of(main: Callable[[VirtualLoop], Coroutine[Any, Any, None]]) -> str:
    trace = Trace()
    run_in_virtual_time(main, seed=1, trace=trace)
    return trace.digest()


def _spec(place: SimulatedWorld) -> ClientSpec:
    many = {
        "http_connection_pool_size": 8,
        "enable_concurrent_batch_operations": True,
        "max_concurrent_slides": 8,
    }
    return ClientSpec(place.fake.endpoint, "", "", (), many, 1.0, 1, "")
