"""The course of one seed's run: a storm, a calm, an encore, the end."""

from collections.abc import Sequence
from dataclasses import replace

from engine import EngineSettings, SlidesEngine
from fakeslides.decks import Deck, workload_decks
from loadtests.audit import audit
from loadtests.client import ClientSpec, engine_on
from loadtests.expectation import edits_of
from loadtests.measurements import operation_rows
from loadtests.simulation.errors import who_waits
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.world import SimulatedWorld, documents_of, simulated_world
from loadtests.swarm.account import Account
from loadtests.swarm.callers import Callers
from loadtests.swarm.patience import patience_seconds
from loadtests.swarm.profile import CALM, Profile
from loadtests.swarm.promises import Aftermath, Encore, Ending
from loadtests.swarm.survey import survey

ENCORES_COUNT = 3
LONGEST_AFTER_CLOSING_SECONDS = 5.0  # until every call has ended that was under way


async def play(loop: VirtualLoop, profile: Profile, account: Account) -> None:
    """Live through a profile, and let every promise look at what is left.

    Args:
        loop: of the world, which lasts as long as this.
        profile: what the run depends on.
        account: takes it down.
    """
    settings = settings_of(profile)
    decks = workload_decks(profile.scenario.workload, profile.seed)
    async with simulated_world(loop, profile.scenario, decks, profile.seed) as world:
        watch = account.begin(world, settings)
        before = documents_of(world)
        ending = await _Run(world, profile, settings, decks, account).to_the_end()
    await world.clock.sleep(0)  # whoever was cancelled in the last instant comes to an end
    # Only now does the ledger have the last of the calls that nobody waited for any more.
    after = documents_of(world)
    edits = [edit for deck in decks for edit in edits_of(before[deck.presentation_id], deck.replacements)]
    rows = operation_rows(edits, ending.log)
    watch.ended(
        Aftermath(
            ending=replace(ending, leftovers=(*ending.leftovers, *_tasks_left(loop))),
            at_seconds=loop.time(),
            audit=audit(rows, account.ledger, before, after),
            ledger=tuple(account.ledger),
            documents=after,
            surprises=(*account.surprises, *ending.surprises),
            survey=survey(),
        )
    )


def settings_of(profile: Profile) -> EngineSettings:
    """Return the engine's settings in a profile."""
    return EngineSettings(
        batch_strategy=profile.setting.strategy,
        max_concurrent_slides=profile.setting.concurrency,
        **profile.engine,
    )


class _Run:
    """One run, from the first call to the closed engine."""

    def __init__(
        self,
        world: SimulatedWorld,
        profile: Profile,
        settings: EngineSettings,
        decks: Sequence[Deck],
        account: Account,
    ) -> None:
        self._world, self._profile, self._account = world, profile, account
        self._decks = decks
        self._patience_seconds = patience_seconds(profile, settings)
        self._engine = engine_on(world.ground, _spec(world, profile), settings, account)
        self._callers = Callers(self._engine, decks, profile.whims, world.clock, account)
        self._closing_seconds = 0.0
        self._ends_at = world.clock.now() + profile.storm_seconds + self._patience_seconds

    async def to_the_end(self) -> Ending:
        await self._engine.__aenter__()
        unfinished = await self._storm()
        log = self._account.log_so_far()
        encores: Sequence[Encore] = ()
        if self._profile.whims.closes_at_seconds is None:
            await self._wait_for_calm()
            encores = await self._callers.encores(ENCORES_COUNT, self._patience_seconds)
            await self._close()
        return Ending(
            log=log,
            unfinished=unfinished,
            encores=encores,
            surprises=self._callers.surprises,
            closing_seconds=self._closing_seconds,
            leftovers=_left(self._engine),
        )

    async def _storm(self) -> Sequence[str]:
        limit_seconds = self._profile.storm_seconds + self._patience_seconds
        self._callers.begin(limit_seconds)
        closes_at = self._profile.whims.closes_at_seconds
        if closes_at is not None:
            await self._world.clock.sleep(closes_at)
            await self._close()
            limit_seconds = LONGEST_AFTER_CLOSING_SECONDS
        return await self._callers.end(limit_seconds + 1.0)

    async def _wait_for_calm(self) -> None:
        """Let the storm pass, also where no call ever came through to begin it."""
        progress, clock = self._world.fake.weather.progress, self._world.clock
        while progress.phase(clock.now()) != CALM and clock.now() < self._ends_at:
            await clock.sleep(1.0)
        progress.go_to(CALM, clock.now())

    async def _close(self) -> None:
        began = self._world.clock.now()
        if (
            self._profile.whims.closes_at_seconds is not None
            and self._profile.whims.drain_seconds is not None
        ):
            await self._engine.drain(self._profile.whims.drain_seconds)
        await self._engine.__aexit__(None, None, None)
        self._closing_seconds = self._world.clock.now() - began


def _tasks_left(loop: VirtualLoop) -> Sequence[str]:
    tasks = loop.tasks_left()[1:]  # the first is the world's own
    return (f"{len(tasks)} tasks:\n{who_waits(tasks)}",) if tasks else ()


def _spec(world: SimulatedWorld, profile: Profile) -> ClientSpec:
    return ClientSpec(
        endpoint=world.fake.endpoint,
        ca_file=str(world.fake.ca_file),
        credentials_file="",
        jobs=(),
        engine={},
        time_scale=1.0,
        seed=profile.seed,
        events_file="",
    )


def _left(engine: SlidesEngine) -> Sequence[str]:
    held = engine.in_use
    counts = {
        "presentations held or waited for": held.presentations,
        "attempts waiting": held.waiting,
        "attempts in flight": held.in_flight,
        "sockets open": held.sockets,
    }
    return tuple(f"{count} {what}" for what, count in counts.items() if count)
