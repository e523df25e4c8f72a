"""A client that does no more than post."""

from loadtests.benchmarks.plain_client import edit_all
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import SimulatedWorld, simulated_world
from tests.support.plain_decks import plain_deck, texts_of
from tests.support.weather import weather

DECKS = tuple(plain_deck(f"deck-{number}", 3, {"{{key}}": "value"}) for number in range(2))


def test_makes_every_edit_once_and_within_the_quota() -> None:
    """A client that left something out, or was refused, would be a quick one."""

    async def live(loop: VirtualLoop) -> SimulatedWorld:
        async with simulated_world(loop, weather(), DECKS, seed=1) as world:
            await edit_all(world, DECKS)
        return world

    world = run_in_virtual_time(live, seed=1)
    ledger = list(world.fake.ledger)

    assert [entry.http_status for entry in ledger] == [200] * 6
    for deck in DECKS:
        texts = list(texts_of(world.fake.store.get(deck.presentation_id).to_json()))
        assert texts.count("value") == 3  # the notes are left alone
    assert ledger[-1].arrived_at_seconds > 5.0
