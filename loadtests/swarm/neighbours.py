"""Other engines of the same user, which share nothing with the client but a quota file."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from engine import EngineSettings, SlidesEngine
from engine.errors import SlidesError
from engine.events import Event
from fakeslides.decks import Deck, workload_decks
from loadtests.client import engine_on
from loadtests.simulation.world import SimulatedWorld
from loadtests.swarm.doomed_journal import Shelf
from loadtests.swarm.lives import spec_for
from loadtests.swarm.profile import Profile
from loadtests.swarm.whims import NEIGHBOURS_CALLS_COUNT

_PAUSE_SECONDS = 8.0
_SEEDS_APART = 7_000_003


def decks_of_neighbours(profile: Profile) -> list[Deck]:
    """Return a deck for each neighbour, of one slide; none of them is the client's."""
    workload, count = profile.scenario.workload, profile.whims.neighbours
    sizes = {"presentations": workload.presentations + count, "slides": 1}
    return workload_decks(workload.model_copy(update=sizes), profile.seed)[workload.presentations :]


@asynccontextmanager
async def neighbours(
    world: SimulatedWorld, settings: EngineSettings, decks: Sequence[Deck], shelf: Shelf, seed: int
) -> AsyncIterator[None]:
    """Let one engine for each deck edit it, while the block runs.

    Args:
        world: where they live.
        settings: of each engine.
        decks: one for each.
        shelf: where the quota file is.
        seed: of the run.
    """
    work = [
        asyncio.create_task(_edit(world, _engine(world, settings, shelf, seed + number), deck))
        for number, deck in enumerate(decks, 1)
    ]
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def _edit(world: SimulatedWorld, engine: SlidesEngine, deck: Deck) -> None:
    """Edit a deck a few times; what becomes of it nobody asks."""
    async with engine:
        for _ in range(NEIGHBOURS_CALLS_COUNT):
            with suppress(SlidesError):
                await engine.replace_text(deck.presentation_id, deck.replacements)
            await world.clock.sleep(_PAUSE_SECONDS)


def _engine(world: SimulatedWorld, settings: EngineSettings, shelf: Shelf, seed: int) -> SlidesEngine:
    spec = spec_for(world.fake, _SEEDS_APART * seed)
    return engine_on(world.ground, spec, settings, _Nobody(), shelf.quota_file())


class _Nobody:
    """Listens to what no promise is about."""

    def tell(self, event: Event) -> None:
        """Forget it."""

    def write(self, name: str, facts: Mapping[str, Any]) -> None:
        """Forget it."""
