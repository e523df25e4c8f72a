"""Engines in virtual time that are told to stop again and again, and go on from their journals."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from engine import EngineSettings, Journal, SlidesEngine, SlidesError
from engine.results import BatchReport
from fakeslides.decks import Deck, workload_decks
from loadtests.audit import Audit, audit
from loadtests.expectation import edits_of
from loadtests.measurements import OperationRow
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import SimulatedWorld, documents_of, simulated_world
from loadtests.swarm.play import settings_of
from loadtests.swarm.profile import CALM, Profile

_MOST_LIVES = 20
_LIFE_SECONDS = 1_200.0


@dataclass
class Lives:
    """What became of a run whose process was told to stop again and again.

    Attributes:
        seed: of the profile.
        reports: of the last process, by presentation.
        drains_count: how often it was.
        resumed_calls_count: how many calls were resumed rather than begun.
        audit: reports and decks against the server's ledger.
    """

    seed: int
    reports: dict[str, BatchReport] = field(default_factory=dict)
    drains_count: int = 0
    resumed_calls_count: int = 0
    audit: Audit | None = None

    def wrong(self) -> tuple[tuple[object, ...], ...]:
        """Return what was lost, doubled, told wrongly or not at all, and each text that is not as told."""
        found = self.audit
        assert found is not None
        return (found.lost, found.duplicated, found.wrong_reports, found.unsettled, found.deck_differences)


def live_and_drain(profile: Profile, folder: Path, *, drains: int) -> Lives:
    """Return what becomes of a profile's decks when its client is stopped at random moments and resumed."""

    async def live(loop: VirtualLoop) -> Lives:
        decks = workload_decks(profile.scenario.workload, profile.seed)
        dice = Random(f"kill {profile.seed}")
        async with simulated_world(loop, profile.scenario, decks, profile.seed) as world:
            before = documents_of(world)
            lives = await _Run(world, profile, decks, folder / "journal", dice).to_the_end(drains)
            while world.fake.front.live():  # noqa: ASYNC110 # calls ring no bell when they end
                await asyncio.sleep(1.0)
        edits = [edit for deck in decks for edit in edits_of(before[deck.presentation_id], deck.replacements)]
        fates = {
            operation.operation_id: operation.fate.value
            for report in lives.reports.values()
            for operation in report.operations
        }
        rows = [OperationRow(edit, fate=fates.get(edit.operation_id)) for edit in edits]
        lives.audit = audit(rows, tuple(world.fake.ledger), before, documents_of(world))
        return lives

    return run_in_virtual_time(live, seed=profile.seed)


class _Run:
    def __init__(
        self, world: SimulatedWorld, profile: Profile, decks: Sequence[Deck], path: Path, dice: Random
    ) -> None:
        self._world, self._profile, self._decks, self._dice = world, profile, decks, dice
        self._path = path
        self._lives = Lives(profile.seed)

    async def to_the_end(self, drains: int) -> Lives:
        settings = settings_of(self._profile)
        for life in range(_MOST_LIVES):
            if life == drains + 1:  # let the storm pass, also where no call ever came through to begin it
                self._world.fake.weather.progress.go_to(CALM, self._world.clock.now())
            await self._world.clock.sleep(30.0 * (life > drains))
            if await self._live(settings, is_drained=life < drains):
                return self._lives
        raise AssertionError("the calls never came to an end")

    async def _live(self, settings: EngineSettings, *, is_drained: bool) -> bool:
        """Live until told to stop, or until all calls have ended; return True if all have a report."""
        journal = Journal(self._path)
        engine = SlidesEngine(
            settings,
            credentials=self._world.ground.credentials,
            endpoint=self._world.fake.endpoint,
            clock=self._world.clock,
            random=Random(self._dice.random()),
            network=self._world.ground.network,
            journal=journal,
        )
        await engine.__aenter__()
        tasks = [asyncio.create_task(self._call(engine, journal, deck)) for deck in self._decks]
        timeout = self._dice.choice((2.0, 10.0, 60.0)) * self._dice.random() if is_drained else None
        await asyncio.wait(tasks, timeout=timeout)
        if is_drained:
            await engine.drain(self._dice.choice((0.0, 2.0, 25.0)))
        await asyncio.gather(*tasks)
        await engine.__aexit__(None, None, None)
        journal.close()
        if not is_drained:
            return all(deck.presentation_id in self._lives.reports for deck in self._decks)
        self._lives.drains_count += 1
        self._lives.reports.clear()
        return False

    async def _call(self, engine: SlidesEngine, journal: Journal, deck: Deck) -> None:
        begun = {state.begun.presentation_id for state in journal.calls.values()}
        name, text_map = deck.presentation_id, dict(deck.replacements)
        is_known = name in begun
        work = engine.resume if is_known else engine.replace_text
        try:
            report = await work(name, text_map, deadline_seconds=_LIFE_SECONDS)
        except SlidesError:
            return  # the presentation could not be read; the next life tries again
        self._lives.resumed_calls_count += is_known
        self._lives.reports[name] = report
