"""One run of one setting: a fresh world, all edits at once, and everything that is known afterwards."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.clock import Clock
from engine.settings import EngineSettings
from fakeslides.decks import Deck
from fakeslides.ledger import Entry
from loadtests.audit import Audit
from loadtests.client import ClientSpec, Job
from loadtests.client_log import parse_events
from loadtests.expectation import edits_of
from loadtests.measurements import (
    ClientExit,
    Document,
    JoinedAttempt,
    RunRecord,
    ServerStats,
    Setting,
    join_attempts,
    operation_rows,
    parse_ledger,
)
from loadtests.metrics import Measurement, audit_run, measure
from loadtests.run_plan import RunPlan
from loadtests.strikes import strike_counts
from loadtests.world import FakeSpec, World, world

OnSettled = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run came to: the numbers, the audit, both sides of every try, and the server's ledger."""

    measurement: Measurement
    audit: Audit
    attempts: Sequence[JoinedAttempt]
    ledger: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class _Course:
    """What the world was like before, during and after the client's work."""

    client_exit: ClientExit
    events: str
    before: Mapping[str, Document]
    after: Mapping[str, Document]
    load_before: ServerStats
    load_after: ServerStats
    ledger: str
    faults: Mapping[str, Mapping[str, int]]


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
    record = await record_run(plan, setting, clock, on_settled)
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
    started_at = datetime.fromtimestamp(clock.wall(), UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(prefix="deckstorm-run-") as folder:
        async with world(fake, plan.client_command, Path(folder)) as ready:
            course = await _run_course(ready, plan, setting, decks, clock, on_settled)
    return _record(plan, setting, decks, course, started_at)


async def _run_course(
    ready: World, plan: RunPlan, setting: Setting, decks: Sequence[Deck], clock: Clock, on_settled: OnSettled
) -> _Course:
    spec = _client_spec(ready, plan, setting, decks)
    deadline_seconds = EngineSettings.from_environment(**spec.engine).operation_deadline
    before, load_before = await _documents(ready, decks), await ready.admin.stats()
    client_exit = await ready.run_client(
        spec, deadline_seconds * plan.time_scale + plan.grace_seconds, clock, on_settled
    )
    return _Course(
        client_exit=client_exit,
        events=ready.events_file.read_text("utf-8") if ready.events_file.exists() else "",
        before=before,
        after=await _documents(ready, decks),
        load_before=load_before,
        load_after=await ready.admin.stats(),
        ledger=await ready.admin.ledger(),
        faults=await ready.admin.faults(),
    )


async def _documents(ready: World, decks: Iterable[Deck]) -> dict[str, Document]:
    return {deck.presentation_id: await ready.admin.presentation(deck.presentation_id) for deck in decks}


def _client_spec(ready: World, plan: RunPlan, setting: Setting, decks: Iterable[Deck]) -> ClientSpec:
    return ClientSpec(
        endpoint=ready.address.endpoint,
        ca_file=ready.address.ca_file,
        credentials_file=ready.address.credentials_file,
        jobs=tuple(Job(deck.presentation_id, deck.replacements) for deck in decks),
        engine=plan.engine_settings(setting),
        time_scale=plan.time_scale,
        seed=plan.seed_of(setting),
        events_file=str(ready.events_file),
    )


def _record(
    plan: RunPlan, setting: Setting, decks: Sequence[Deck], course: _Course, started_at: str
) -> RunRecord:
    log, ledger = parse_events(course.events), parse_ledger(course.ledger)
    edits = [
        edit for deck in decks for edit in edits_of(course.before[deck.presentation_id], deck.replacements)
    ]
    return RunRecord(
        setting=setting,
        seed=plan.seed_of(setting),
        time_scale=plan.time_scale,
        started_at=started_at,
        real_seconds=log.elapsed_seconds * plan.time_scale,
        client_exit=course.client_exit,
        log=log,
        operations=operation_rows(edits, log),
        ledger=ledger,
        faults=strike_counts(plan.scenario, course.faults, ledger),
        server=_load(course.load_before, course.load_after),
        documents_before=course.before,
        documents_after=course.after,
    )


def _load(before: ServerStats, after: ServerStats) -> ServerStats:
    return ServerStats(
        cpu_seconds=after.cpu_seconds - before.cpu_seconds,
        connections_peak=after.connections_peak,
        handshakes=after.handshakes,
    )
