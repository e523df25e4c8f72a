"""The course of one seed's run: a storm, a calm, an encore, the end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine import EngineSettings, SlidesEngine
from engine.journal.replay import CallState
from fakeslides.decks import Deck, workload_decks
from loadtests.audit import audit
from loadtests.expectation import edits_of
from loadtests.measurements import ClientLog, Document, Edit, OperationRow, operation_rows
from loadtests.simulation.errors import who_waits
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.world import SimulatedWorld, documents_of, simulated_world
from loadtests.swarm.account import Account
from loadtests.swarm.doomed_journal import Shelf
from loadtests.swarm.lives import Lives
from loadtests.swarm.neighbours import decks_of_neighbours, neighbours, untruths_of_neighbours
from loadtests.swarm.patience import patience_seconds
from loadtests.swarm.profile import CALM, Profile
from loadtests.swarm.promises import Aftermath, Encore, Ending
from loadtests.swarm.request_audit import audit_requests, without_made
from loadtests.swarm.survey import survey

ENCORES_COUNT = 3


async def play(loop: VirtualLoop, profile: Profile, account: Account, shelf: Shelf) -> None:
    """Live through a profile, and let every promise look at what is left.

    Args:
        loop: of the world, which lasts as long as this.
        profile: what the run depends on.
        account: takes it down.
        shelf: for the client's journals.
    """
    settings = settings_of(profile)
    decks = workload_decks(profile.scenario.workload, profile.seed)
    others = decks_of_neighbours(profile)
    async with simulated_world(loop, profile.scenario, [*decks, *others], profile.seed) as world:
        tenants = {decks[place].presentation_id: name for place, name in profile.whims.tenants.items()}
        watch = account.begin(world, settings, engines_count=1 + len(others), tenants=tenants)
        before = documents_of(world)
        lives = Lives(world, profile, settings, decks, account, shelf)
        async with neighbours(world, settings, others, shelf, profile.seed) as diary:
            ending = await _to_the_end(world, profile, lives, account)
        sockets = _sockets_left(loop, account)
    await world.clock.sleep(0)  # whoever was cancelled in the last instant comes to an end
    ending = replace(ending, leftovers=(*ending.leftovers, *sockets, *_tasks_left(loop)))
    # Only now does the ledger have the last of the calls that nobody waited for any more.
    untruths = untruths_of_neighbours(others, diary, account.ledger, before, documents_of(world))
    own = {deck.presentation_id: before[deck.presentation_id] for deck in decks}
    watch.ended(_aftermath(world, account, ending, decks, own, tuple(untruths)))


def _aftermath(
    world: SimulatedWorld,
    account: Account,
    ending: Ending,
    decks: Sequence[Deck],
    before: Mapping[str, Document],
    told_to_neighbours: Sequence[str],
) -> Aftermath:
    """Hold all that the client was told against the ledger and the presentations."""
    after = documents_of(world)
    edits = [edit for deck in decks for edit in edits_of(before[deck.presentation_id], deck.replacements)]
    told = rows_of([each.edit for each in ending.asked], ending.log, ending.calls)
    fates = {row.edit.operation_id: row.fate for row in told}
    texts_after = {name: without_made(after[name], name, account.ledger) for name in before}
    return Aftermath(
        ending=ending,
        at_seconds=world.clock.now(),
        audit=audit(rows_of(edits, ending.log, ending.calls), account.ledger, before, texts_after),
        requests=audit_requests(ending.asked, fates, account.ledger, after),
        told_to_neighbours=told_to_neighbours,
        ledger=tuple(account.ledger),
        documents=after,
        surprises=(*account.surprises, *ending.surprises),
        survey=survey(),
    )


def settings_of(profile: Profile) -> EngineSettings:
    """Return the engine's settings in a profile."""
    return EngineSettings(
        batch_strategy=profile.setting.strategy,
        max_concurrent_slides=profile.setting.concurrency,
        **profile.engine,
    )


def rows_of(edits: Sequence[Edit], log: ClientLog, calls: Mapping[int, CallState]) -> list[OperationRow]:
    """Return a row for each edit: what the last process told of it, or else what its journal says.

    A call that was refused says something of edits only if no journal knows them: an earlier process may have
    sent them.
    """
    known = {name: state for state in calls.values() for name, *_ in state.begun.operations}
    return [_by_the_journal(row, known, log) for row in operation_rows(edits, log)]


def _by_the_journal(row: OperationRow, known: Mapping[str, CallState], log: ClientLog) -> OperationRow:
    name = row.edit.operation_id
    if name in log.settled or name not in known:
        return row
    settled = known[name].fates.get(name)
    return OperationRow(row.edit, fate=None if settled is None else settled.fate.value)


async def _to_the_end(world: SimulatedWorld, profile: Profile, lives: Lives, account: Account) -> Ending:
    patience = patience_seconds(profile, settings_of(profile))
    ends_at = world.clock.now() + profile.storm_seconds + patience
    life, unfinished = await lives.through_the_storm()
    log, calls = account.log_so_far(), lives.calls(life)
    encores: Sequence[Encore] = ()
    if profile.whims.closes_at_seconds is None:
        await _wait_for_calm(world, ends_at)
        encores = await life.callers.encores(ENCORES_COUNT, patience)
        await lives.close(life)
    return Ending(
        log=log,
        unfinished=unfinished,
        encores=encores,
        overtimes_seconds=life.callers.overtimes_seconds,
        surprises=life.callers.surprises,
        closing_seconds=lives.closing_seconds,
        leftovers=_left(life.engine),
        calls=calls,
        asked=life.callers.asked,
        shares_quota=profile.whims.shares_quota,
        lives_began_at_seconds=tuple(account.lives_began_at_seconds),
    )


async def _wait_for_calm(world: SimulatedWorld, ends_at: float) -> None:
    """Let the storm pass, also where no call ever came through to begin it."""
    progress, clock = world.fake.weather.progress, world.clock
    while progress.phase(clock.now()) != CALM and clock.now() < ends_at:
        await clock.sleep(1.0)
    progress.go_to(CALM, clock.now())


def _tasks_left(loop: VirtualLoop) -> Sequence[str]:
    tasks = loop.tasks_left()[1:]  # the first is the world's own
    return (f"{len(tasks)} tasks:\n{who_waits(tasks)}",) if tasks else ()


def _sockets_left(loop: VirtualLoop, account: Account) -> Sequence[str]:
    """Look while the server still listens, whatever closed engines say of themselves.

    Not after a death: the thread in which google-auth asked for a token is no process's here, nor what it
    had opened by then.
    """
    sockets = loop.network.open_callers if len(account.lives_began_at_seconds) == 1 else ()
    return (f"{len(sockets)} sockets of closed engines",) if sockets else ()


def _left(engine: SlidesEngine) -> Sequence[str]:
    held = engine.in_use
    counts = {
        "calls": held.calls,
        "presentations held or waited for": held.presentations,
        "attempts waiting": held.waiting,
        "attempts in flight": held.in_flight,
        "sockets open": held.sockets,
    }
    return tuple(f"{count} {what}" for what, count in counts.items() if count)
