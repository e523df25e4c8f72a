"""Engines that share a quota file in virtual time, each with a door to it of its own, like a process."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from google.oauth2.service_account import Credentials

from engine.client import SlidesEngine
from engine.policy.pacing import CallKind
from engine.quota.file import QuotaFile
from engine.quota.subject import subject_of
from engine.settings import EngineSettings
from fakeslides.decks.deck import Deck
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from loadtests.metrics import WRITE
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import SimulatedWorld, simulated_world

SEED = 3
ATTEMPT_SECONDS = 30.0


def written_together(
    scenario: Scenario,
    decks: Sequence[Deck],
    *,
    engines_count: int,
    users_count: int = 1,
    shares_file: bool = True,
    dead_places_count: int = 0,
    **settings: object,
) -> list[Entry]:
    """Return all writes that the server saw, every edit a write of its own.

    Args:
        scenario: the weather.
        decks: what is edited, dealt out to the engines.
        engines_count: how many edit at once.
        users_count: of the project, in whose names they do so by turns.
        shares_file: false leaves each engine its quota to itself.
        dead_places_count: places that a process took before, which died then.
        **settings: of the engines.
    """
    chosen = EngineSettings(**{"batch_strategy": "sequential", "quota_use_share": 1.0, **settings})

    async def live(loop: VirtualLoop, path: Path) -> list[Entry]:
        async with simulated_world(loop, scenario, decks, SEED) as world, AsyncExitStack() as stack:
            if dead_places_count:
                _die_with(dead_places_count, world, path)
            engines = [
                await stack.enter_async_context(
                    _engine(
                        world,
                        chosen,
                        stack.enter_context(QuotaFile(path)) if shares_file else None,
                        _credentials(world, number % users_count),
                    )
                )
                for number in range(engines_count)
            ]
            await asyncio.gather(
                *(
                    engines[number % engines_count].replace_text(deck.presentation_id, deck.replacements)
                    for number, deck in enumerate(decks)
                )
            )
        return [entry for entry in world.fake.ledger if entry.method == WRITE]

    with TemporaryDirectory() as folder:
        return run_in_virtual_time(lambda loop: live(loop, Path(folder) / "quota"), seed=SEED)


def _die_with(count: int, world: SimulatedWorld, path: Path) -> None:
    subject = subject_of(_credentials(world, 0), urlsplit(world.fake.endpoint).netloc)
    with QuotaFile(path) as file, file.locked(world.clock) as calls:
        for _ in range(count):
            calls.reserve(CallKind.WRITE, subject, world.clock.now() + ATTEMPT_SECONDS)


def _credentials(world: SimulatedWorld, user: int) -> Credentials:
    """Return those of the world's account, or of somebody in whose name it acts."""
    return (
        world.ground.credentials.with_subject(f"user-{user}@example.org")
        if user
        else world.ground.credentials
    )


def _engine(
    world: SimulatedWorld, settings: EngineSettings, quota: QuotaFile | None, credentials: Credentials
) -> SlidesEngine:
    return SlidesEngine(
        settings,
        credentials=credentials,
        endpoint=world.fake.endpoint,
        clock=world.clock,
        random=Random(SEED),
        network=world.ground.network,
        quota=quota,
    )
