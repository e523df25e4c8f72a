"""The client of one seed: a process that calls, is killed perhaps, and is started again on its journal."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import EngineSettings, SlidesEngine
from engine.journal.records import decode
from engine.journal.replay import CallState, replay
from engine.request_calls import batch_size_of
from fakeslides.decks import Deck
from fakeslides.server import FakeSlides
from loadtests.client import ClientSpec, engine_on
from loadtests.simulation.process import Process
from loadtests.simulation.world import SimulatedWorld
from loadtests.swarm.account import Account, Voice
from loadtests.swarm.callers import Callers
from loadtests.swarm.doomed_journal import DoomedJournal, Shelf
from loadtests.swarm.patience import patience_seconds
from loadtests.swarm.profile import Profile
from loadtests.swarm.whims import Kill, Point

LONGEST_AFTER_CLOSING_SECONDS = 5.0  # until every call has ended that was under way
_SEEDS_APART = 1_000_003


@dataclass(frozen=True, slots=True)
class Life:
    """One process of the client."""

    process: Process
    journal: DoomedJournal | None
    engine: SlidesEngine
    callers: Callers


class Lives:
    """One process after the other, each on the journal that the one before it left.

    Args:
        world: where they live.
        profile: of the run.
        settings: of each engine.
        decks: to be edited.
        account: takes down what they tell.
        shelf: for their journals.

    Attributes:
        closing_seconds: how long the last engine took to close.
    """

    def __init__(
        self,
        world: SimulatedWorld,
        profile: Profile,
        settings: EngineSettings,
        decks: Sequence[Deck],
        account: Account,
        shelf: Shelf,
    ) -> None:
        self._world, self._profile, self._settings = world, profile, settings
        self._decks, self._account, self._shelf = decks, account, shelf
        self._began_at_seconds = world.clock.now()
        self._lives_count = 0
        self.closing_seconds = 0.0

    async def through_the_storm(self) -> tuple[Life, Sequence[str]]:
        """Live until all calls have ended, however often killed; return the last life, and what was late."""
        kills = iter(self._profile.whims.kills)
        while True:
            kill = next(kills, None)
            life = self._be_born(kill)
            work = life.process.begin(self._live(life))
            died = asyncio.create_task(life.process.died.wait())
            await asyncio.wait({work, died}, return_when=asyncio.FIRST_COMPLETED)
            if kill is None or not life.process.is_dead:
                await _let_live(life, died)
                return life, work.result()
            self._account.killed(str(kill), loses_power=kill.survives_share is not None)
            await self._world.clock.sleep(kill.rest_seconds)

    async def close(self, life: Life) -> None:
        """Close an engine, drained before where it is to be, and note how long it takes."""
        began, whims = self._world.clock.now(), self._profile.whims
        if whims.closes_at_seconds is not None and whims.drain_seconds is not None:
            await life.engine.drain(whims.drain_seconds)
        await life.engine.__aexit__(None, None, None)
        self.closing_seconds = self._world.clock.now() - began

    def calls(self, life: Life) -> Mapping[int, CallState]:
        """Return where the journal says that each call stands; nothing without a journal."""
        if life.journal is None:
            return {}
        name = str(life.journal.path.name)
        return replay(decode(life.journal.path.read_bytes(), name)[0], name)

    def _be_born(self, kill: Kill | None) -> Life:
        process = Process(self._world.loop)
        if kill is not None and kill.point is Point.STEP:
            process.kill_before_step(kill.number)
        journal = self._journal(process, kill)
        voice = Voice(self._account, process)
        quota = self._shelf.quota_file() if self._profile.whims.shares_quota else None
        engine = engine_on(self._world.ground, self._spec(), self._settings, voice, quota, journal)
        clock, whims = self._world.clock, self._profile.whims
        began_at, most_atomic_count = self._began_at_seconds, batch_size_of(self._settings)
        callers = Callers(
            engine, self._decks, whims, clock, voice, journal, began_at, most_atomic_count=most_atomic_count
        )
        self._account.started()
        self._lives_count += 1
        return Life(process, journal, engine, callers)

    def _journal(self, process: Process, kill: Kill | None) -> DoomedJournal | None:
        whims = self._profile.whims
        if not whims.keeps_journal:
            return None
        return self._shelf.opened(redacts_texts=whims.redacts_journal, process=process, kill=kill)

    async def _live(self, life: Life) -> Sequence[str]:
        await life.engine.__aenter__()
        try:
            return await self._call(life)
        except asyncio.CancelledError:  # of the dead, when the world is over
            await life.engine.__aexit__(None, None, None)
            raise

    async def _call(self, life: Life) -> Sequence[str]:
        limit_seconds = self._profile.storm_seconds + patience_seconds(self._profile, self._settings)
        life.callers.begin(limit_seconds)
        closes_at = self._profile.whims.closes_at_seconds
        if closes_at is not None:
            at_seconds = self._began_at_seconds + closes_at
            await self._world.clock.sleep(max(0.0, at_seconds - self._world.clock.now()))
            await self.close(life)
            limit_seconds = LONGEST_AFTER_CLOSING_SECONDS
        return await life.callers.end(limit_seconds + 1.0)

    def _spec(self) -> ClientSpec:
        return spec_for(self._world.fake, self._profile.seed + _SEEDS_APART * self._lives_count)


def spec_for(fake: FakeSlides, seed: int) -> ClientSpec:
    """Return what an engine of a fake has to know, whose jitter comes from a seed."""
    return ClientSpec(
        endpoint=fake.endpoint,
        ca_file=str(fake.ca_file),
        credentials_file="",
        jobs=(),
        engine={},
        time_scale=1.0,
        seed=seed,
        events_file="",
    )


async def _let_live(life: Life, died: asyncio.Task[bool]) -> None:
    died.cancel()
    await asyncio.gather(died, return_exceptions=True)
    life.process.kill_before_step(None)
    if life.journal is not None:
        life.journal.disarm()
