import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from engine.events import AttemptAdmitted
from fakeslides.server import CALM
from loadtests.client import ClientSpec, Job, editing
from loadtests.simulation.clock import EPOCH_SECONDS
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace
from loadtests.simulation.world import SimulatedWorld, Told, simulated_world
from tests.support.plain_decks import KEYS, plain_deck, texts_of

DECK = plain_deck()
Result = TypeVar("Result")


def _stay(
    stay: Callable[[SimulatedWorld], Coroutine[Any, Any, Result]], trace: Trace | None = None
) -> Result:
    async def main(loop: VirtualLoop) -> Result:
        async with simulated_world(loop, CALM, [DECK], seed=1) as world:
            return await stay(world)

    return run_in_virtual_time(main, seed=1, trace=trace)


async def _edit(world: SimulatedWorld, told: Told, *, hours_between: float = 0.0) -> None:
    spec = ClientSpec(world.fake.endpoint, "", "", (), {"operation_deadline": 86_400.0}, 1.0, 1, "")
    async with editing(spec, told, world.ground) as edit:
        for key, text in KEYS.items():
            await edit(Job(DECK.presentation_id, {key: text}))
            await world.clock.sleep(3600 * hours_between)


def test_the_engine_edits_a_deck_of_the_fake() -> None:
    """Engine, google-auth, aiohttp on both sides, TLS and the fake are the real ones: they must work."""

    async def stay(world: SimulatedWorld) -> tuple[list[str], dict[str, int]]:
        await _edit(world, Told(world.loop))
        document = world.fake.store.get(DECK.presentation_id).to_json()
        return texts_of(document), world.fake.connection_counts()

    texts, connections = _stay(stay)

    assert texts == [" ".join(KEYS.values())] * 4
    assert connections["handshakes"] == 1


def test_tokens_are_renewed_on_the_stage_as_the_worlds_hours_pass() -> None:
    """A token lives for an hour of the world; google-auth asks for the next in a thread."""
    threads_before = threading.active_count()

    async def stay(world: SimulatedWorld) -> list[str | None]:
        await _edit(world, Told(world.loop), hours_between=2)
        assert world.loop.stage.count == 0
        return [entry.method for entry in world.fake.ledger if entry.http_status == 200]

    methods = _stay(stay)

    assert methods.count("token") == 2
    assert threading.active_count() == threads_before


def test_the_fakes_wall_time_is_the_worlds() -> None:
    """A token that google-auth signs now must be one of now to the fake."""

    async def stay(world: SimulatedWorld) -> tuple[float, float]:
        return world.clock.wall(), world.ground.clock.wall()

    assert _stay(stay) == (EPOCH_SECONDS + 1000.0, EPOCH_SECONDS + 1000.0)


def test_nothing_stays_open_when_a_world_ends() -> None:
    """A connection left is a leak of the engine's or of the fake's."""
    loops: list[VirtualLoop] = []

    async def stay(world: SimulatedWorld) -> None:
        loops.append(world.loop)
        await _edit(world, Told(world.loop))

    _stay(stay)

    assert loops[0].network.open_connections == []


def test_both_sides_are_in_the_trace() -> None:
    """Where two runs part must be seen on whichever side it is first."""
    trace = Trace(keeps_lines=True)

    async def stay(world: SimulatedWorld) -> None:
        await _edit(world, Told(world.loop))

    _stay(stay, trace)

    text = "".join(trace.lines or ())
    assert " ledger presentations.batchUpdate " in text
    assert " OperationSettled {'operation_id': " in text
    assert " ClientFinished\n" in text
    assert " net " in text


def test_what_a_client_tells_is_kept_as_facts() -> None:
    """They are what a client process writes into its file, without the file."""

    async def stay(world: SimulatedWorld) -> list[dict[str, Any]]:
        told = Told(world.loop)
        told.tell(AttemptAdmitted("a/b", "a", "get", is_trial=False, in_flight=1, limit=2, at_seconds=3.0))
        told.write("ClientFinished", {"at_seconds": 4.0})
        return told.facts

    assert _stay(stay) == [
        {
            "event": "AttemptAdmitted", "identity": "a/b", "presentation_id": "a", "method": "get",
            "is_trial": False, "in_flight": 1, "limit": 2, "at_seconds": 3.0,
            "quota_allowed_count": None,
        },
        {"event": "ClientFinished", "at_seconds": 4.0},
    ]  # fmt: skip
