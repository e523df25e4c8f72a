"""One run of one setting: a fresh world, all edits at once, and everything that is known afterwards."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.clock import Clock
from engine.settings import EngineSettings
from fakeslides.decks import Deck
from fakeslides.ledger import Entry
from loadtests.audit import Audit
from loadtests.client_log import parse_events
from loadtests.course import Course, Place, client_spec, record_of
from loadtests.measurements import (
    Document,
    JoinedAttempt,
    RunRecord,
    ServerStats,
    Setting,
    join_attempts,
    parse_ledger,
)
from loadtests.metrics import Measurement, audit_run, measure
from loadtests.run_plan import RunPlan
from loadtests.world import GLANCE_SECONDS, FakeSpec, World, world

LATE_CALLS_SECONDS = 15.0
OnSettled = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run came to: the numbers, the audit, both sides of every try, and the server's ledger."""

    measurement: Measurement
    audit: Audit
    attempts: Sequence[JoinedAttempt]
    ledger: Sequence[Entry]


async def run_setting(
    plan: RunPlan, setting: Setting, clock: Clock, on_settled: OnSettled = lambda _: None
) -> RunResult:
    """Run one setting in a world of its own and measure it.

    Args:
        plan: what the sweep's settings have in common.
        setting: which one.
        clock: of the harness; real.
        on_settled: told how many operations have their fate, as their number grows.

    Raises:
        WorldError: the world did not start or did not hold.
    """
    return result_of(await record_run(plan, setting, clock, on_settled))


def result_of(record: RunRecord) -> RunResult:
    """Audit and measure what a run left behind."""
    findings = audit_run(record)
    attempts = join_attempts(record.log.attempts, record.ledger)
    return RunResult(measure(record, findings), findings, attempts, record.ledger)


async def record_run(plan: RunPlan, setting: Setting, clock: Clock, on_settled: OnSettled) -> RunRecord:
    """Run one setting and return all it left behind.

    Raises:
        WorldError: as for `run_setting`.
    """
    decks = plan.decks(setting)
    fake = FakeSpec(plan.scenario_file, plan.seed_of(setting), plan.time_scale, plan.deck_files)
    with tempfile.TemporaryDirectory(prefix="deckstorm-run-") as folder:
        async with world(fake, plan.client_command, Path(folder)) as ready:
            course = await _run_course(ready, plan, setting, decks, clock, on_settled)
    return record_of(plan, setting, decks, course)


async def _run_course(
    ready: World, plan: RunPlan, setting: Setting, decks: Sequence[Deck], clock: Clock, on_settled: OnSettled
) -> Course:
    address = ready.address
    place = Place(address.endpoint, address.ca_file, address.credentials_file, str(ready.events_file))
    spec = client_spec(place, plan, setting, decks)
    deadline_seconds = EngineSettings.from_environment(**spec.engine).operation_deadline
    before, load_before = await _documents(ready, decks), await ready.admin.stats()
    client_exit = await ready.run_client(
        spec, deadline_seconds * plan.time_scale + plan.grace_seconds, clock, on_settled
    )
    await _until_at_rest(ready, clock)
    log = parse_events(ready.events_file.read_text("utf-8") if ready.events_file.exists() else "")
    return Course(
        client_exit=client_exit,
        log=log,
        before=before,
        after=await _documents(ready, decks),
        server=_load(load_before, await ready.admin.stats()),
        ledger=parse_ledger(await ready.admin.ledger()),
        faults=await ready.admin.faults(),
        real_seconds=log.elapsed_seconds * plan.time_scale,
    )


async def _until_at_rest(ready: World, clock: Clock) -> None:
    """Wait for calls whose client has given up on them: what they commit is in no ledger before they end."""
    give_up_at = clock.now() + LATE_CALLS_SECONDS
    while (await ready.admin.stats()).calls_under_way and clock.now() < give_up_at:
        await clock.sleep(GLANCE_SECONDS)


async def _documents(ready: World, decks: Iterable[Deck]) -> dict[str, Document]:
    return {deck.presentation_id: await ready.admin.presentation(deck.presentation_id) for deck in decks}


def _load(before: ServerStats, after: ServerStats) -> ServerStats:
    return ServerStats(
        cpu_seconds=after.cpu_seconds - before.cpu_seconds,
        connections_peak=after.connections_peak,
        handshakes=after.handshakes,
    )
