"""What a world without one of its controls owes to its past, and what is observed to see that."""

import asyncio
import gc
import secrets
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import MultipartWriter

from fakeslides.scenario.model import Scenario
from fakeslides.tls import Identity, make_identity
from loadtests.benchmarks.determinism import stormy_trace
from loadtests.client import ClientSpec, Job, editing
from loadtests.simulation import identity, world
from loadtests.simulation.jumping import SteadyFuture, SteadyTask
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.realm import CONTROLS
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace
from loadtests.simulation.world import SimulatedWorld, Told, simulated_world
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


def without(control: str) -> LetGo:
    """Let a control of the world go, by its name."""
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
            async with editing(spec_in(place), Told(loop), place.ground) as edit:
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
    "clocks": (without("clocks"), _a_storm),
    "order of connections": (without("order of connections"), _a_crowd),
    "chance": (without("chance"), _what_a_library_draws),
    "tls": (without("tls"), _a_storm),
    "garbage": (without("garbage"), _finalisers),
    "order of tasks": (_with_hashes_by_address(SteadyTask), _an_aborted_group),
    "order of futures": (_with_hashes_by_address(SteadyFuture), _a_crowd),
    "fixed certificates": (_with_drawn_certificates, _a_storm),
    "no tickets": (_with_tickets, _a_storm_over_new_contexts),
}


def _digest_of(main: Callable[[VirtualLoop], Coroutine[Any, Any, None]]) -> str:
    trace = Trace()
    run_in_virtual_time(main, seed=1, trace=trace)
    return trace.digest()


def spec_in(place: SimulatedWorld) -> ClientSpec:
    """Return what a client is told who edits eight decks at once there."""
    many = {
        "http_connection_pool_size": 8,
        "enable_concurrent_batch_operations": True,
        "max_concurrent_slides": 8,
    }
    return ClientSpec(place.fake.endpoint, "", "", (), many, 1.0, 1, "")
