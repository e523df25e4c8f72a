"""What a run's world was like before, during and after the client's work, and the record it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fakeslides.decks import Deck
from fakeslides.ledger import Entry
from loadtests.client import ClientSpec, Job
from loadtests.expectation import edits_of
from loadtests.measurements import (
    ClientExit,
    ClientLog,
    Document,
    RunRecord,
    ServerStats,
    Setting,
    operation_rows,
)
from loadtests.run_plan import RunPlan
from loadtests.strikes import strike_counts


@dataclass(frozen=True, slots=True)
class Course:
    """What was seen of one run, whatever its clock.

    Attributes:
        client_exit: how the client ended.
        log: what it told.
        before: the decks before it began.
        after: the decks after it ended.
        ledger: the server's.
        faults: `{rule id: {"matched": n, "fired": n}}` as the server counted.
        server: the load on it.
        real_seconds: how long it took in the real world.
    """

    client_exit: ClientExit
    log: ClientLog
    before: Mapping[str, Document]
    after: Mapping[str, Document]
    ledger: Sequence[Entry]
    faults: Mapping[str, Mapping[str, int]]
    server: ServerStats
    real_seconds: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where the client finds the server, and where it puts what it tells."""

    endpoint: str
    ca_file: str
    credentials_file: str
    events_file: str


def client_spec(place: Place, plan: RunPlan, setting: Setting, decks: Sequence[Deck]) -> ClientSpec:
    """Return the client's job: all decks at once, as the setting says."""
    return ClientSpec(
        endpoint=place.endpoint,
        ca_file=place.ca_file,
        credentials_file=place.credentials_file,
        jobs=tuple(Job(deck.presentation_id, deck.replacements) for deck in decks),
        engine=plan.engine_settings(setting),
        time_scale=plan.time_scale,
        seed=plan.seed_of(setting),
        events_file=place.events_file,
    )


def record_of(plan: RunPlan, setting: Setting, decks: Sequence[Deck], course: Course) -> RunRecord:
    """Return what is measured and audited of a run."""
    edits = [
        edit for deck in decks for edit in edits_of(course.before[deck.presentation_id], deck.replacements)
    ]
    return RunRecord(
        setting=setting,
        seed=plan.seed_of(setting),
        real_seconds=course.real_seconds,
        client_exit=course.client_exit,
        log=course.log,
        operations=operation_rows(edits, course.log),
        ledger=course.ledger,
        faults=strike_counts(plan.scenario, course.faults, course.ledger),
        server=course.server,
        documents_before=course.before,
        documents_after=course.after,
    )
