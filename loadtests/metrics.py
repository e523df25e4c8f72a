"""From one run's record to the success metrics.  A thinking room.

Every count of failures that reached a caller has an `_attempts` twin: the same failure seen on the wire, most
of which the engine absorbs.  A zero beside a twin of zero says that nothing was there to be absorbed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fakeslides.faults.calls import CONNECTION
from loadtests.audit import Audit, audit
from loadtests.measurements import (
    WRITE,
    AttemptRow,
    FaultCount,
    JoinedAttempt,
    OperationRow,
    RunRecord,
    Setting,
    StateChange,
    join_attempts,
)
from loadtests.statistics import Percentiles, Share, percentiles, share

APPLIED = "applied"
SHARES = frozenset({"operation_completion_share", "slide_success_share", "breaker_activation_share"})
"""The metrics that are shares."""
Number = float | int | None
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Processes:
    """How the two processes of a run fared.  CPU shares are of one core, over the run's real time."""

    client_exit_status: int | None
    client_signal: str | None
    client_was_killed_at_deadline: bool
    client_complaints: str
    client_cpu_share: float | None
    server_cpu_share: float
    real_seconds: float
    connections_peak: int
    handshakes: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything a gate or a report may ask about one run.

    Attributes:
        setting: which point of the grid.
        seed: of the weather and the decks.
        metrics: by name; None where nothing was there to measure.  Shares are 0..1, times seconds of the
            scenario's clock.
        shares: those metrics that are shares, with counts and intervals.
        latency_seconds: of operations, from the call that asked for them to their fate.
        attempt_latency_seconds: of single HTTP tries.
        faults: how often each rule matched and struck.
        waits_seconds: what tries waited for before they were sent, summed by reason.
        failed_attempts: tries that failed, by the rule, the organic cause or the fence; else `unexplained`.
        states: how the breaker and the concurrency limit changed over time.
        processes: exits and load.
        trace_digest: two runs in virtual time that have the same one were the same, event by event.
    """

    setting: Setting
    seed: int
    metrics: Mapping[str, Number]
    shares: Mapping[str, Share]
    latency_seconds: Percentiles
    attempt_latency_seconds: Percentiles
    faults: Sequence[FaultCount]
    waits_seconds: Mapping[str, float]
    failed_attempts: Mapping[str, int]
    states: Sequence[StateChange]
    processes: Processes
    trace_digest: str | None = None


def measure(record: RunRecord, findings: Audit) -> Measurement:
    """Turn what a run left behind, and what its audit found, into what is judged and reported."""
    shares = _shares(record.operations, findings)
    return Measurement(
        setting=record.setting,
        seed=record.seed,
        metrics={
            **_failures(record),
            **{name: part.value for name, part in shares.items()},
            **_audited(findings),
            **_pace(record),
        },
        shares=shares,
        latency_seconds=percentiles(list(_latencies(record.operations))),
        attempt_latency_seconds=percentiles([row.duration_seconds for row in record.log.attempts]),
        faults=record.faults,
        waits_seconds=_waits(record.log.attempts),
        failed_attempts=failures_by_cause(join_attempts(record.log.attempts, record.ledger)),
        states=record.log.states,
        processes=_processes(record),
        trace_digest=record.trace_digest,
    )


def audit_run(record: RunRecord) -> Audit:
    """Hold a run's reports, ledger and decks against each other."""
    return audit(record.operations, record.ledger, record.documents_before, record.documents_after)


def is_cannot_be_applied(row: OperationRow | AttemptRow) -> bool:
    """Say whether this ended with the 400 of a write that met another one."""
    return row.error_class == "CannotBeApplied" or "cannot be applied" in (row.error_text or "")


def is_record_layer_failure(row: OperationRow | AttemptRow) -> bool:
    """Say whether TLS was what broke."""
    return row.is_tls_failure


def failures_by_cause(joined: Iterable[JoinedAttempt]) -> dict[str, int]:
    """Count failed tries by what caused them: `injected: RULE`, `organic: CAUSE`, or `unexplained`.

    A resent write that its fence kept from landing twice is the safeguard at work, and is told as such.  A
    try that never left is put down to whatever struck connections in this run; which one it was about to use,
    nobody knows.
    """
    pairs = list(joined)
    at_the_door = " or ".join(sorted({_cause(pair) for pair in pairs if _is_connection(pair)}))
    failed = [pair for pair in pairs if pair.told and pair.told.outcome != "answered"]
    causes = Counter(at_the_door if at_the_door and _never_left(pair) else _cause(pair) for pair in failed)
    return dict(sorted(causes.items()))


def _is_connection(pair: JoinedAttempt) -> bool:
    return pair.seen is not None and pair.seen.method == CONNECTION


def _never_left(pair: JoinedAttempt) -> bool:
    told_of = None if pair.told is None else pair.told.error_class
    return pair.seen is None and told_of in ("Unreachable", "TokenUnreachable")


def _cause(pair: JoinedAttempt) -> str:
    if pair.seen is not None and pair.seen.rule_id is not None:
        return f"injected: {pair.seen.rule_id}"
    if pair.seen is not None and pair.seen.organic is not None:
        return f"organic: {pair.seen.organic}"
    if pair.told is not None and pair.told.error_class == "RevisionConflict":
        return "fence: the revision had moved on"
    return "unexplained"


def _failures(record: RunRecord) -> dict[str, Number]:
    surfaced = [row for row in record.operations if row.fate not in {None, APPLIED}]
    attempts = record.log.attempts
    return {
        "ssl_record_layer_failures": _count(surfaced, is_record_layer_failure),
        "ssl_record_layer_attempts": _count(attempts, is_record_layer_failure),
        "segmentation_faults": int(record.client_exit.signal is not None),
        "cannot_be_applied_errors": _count(surfaced, is_cannot_be_applied),
        "cannot_be_applied_attempts": _count(attempts, is_cannot_be_applied),
    }


def _count(rows: Iterable[Row], predicate: Callable[[Row], bool]) -> int:
    return sum(map(predicate, rows))


def _shares(operations: Sequence[OperationRow], findings: Audit) -> dict[str, Share]:
    slides: dict[tuple[str, str], bool] = {}
    for row in operations:
        slide = (row.edit.presentation_id, row.edit.slide_id)
        landed = row.fate == APPLIED and findings.commits[row.edit.operation_id] == 1
        slides[slide] = slides.get(slide, True) and landed
    settled = sum(row.fate is not None for row in operations)
    return {
        "operation_completion_share": share(settled, len(operations)),
        "slide_success_share": share(sum(slides.values()), len(slides)),
        "breaker_activation_share": share(sum(row.met_open_breaker for row in operations), len(operations)),
    }


def _audited(findings: Audit) -> dict[str, Number]:
    return {
        "lost_edits": len(findings.lost),
        "duplicated_edits": len(findings.duplicated),
        "wrong_reports": len(findings.wrong_reports),
        "indeterminate_edits": len(findings.indeterminate),
        "deck_differences": len(findings.deck_differences),
    }


def _pace(record: RunRecord) -> dict[str, Number]:
    elapsed = record.log.elapsed_seconds
    applied = sum(row.fate == APPLIED for row in record.operations)
    return {
        "operations": len(record.operations),
        "presentations": len(record.documents_before),
        "writes_committed": sum(entry.committed and entry.method == WRITE for entry in record.ledger),
        "write_attempts": sum(row.method == WRITE for row in record.log.attempts),
        "elapsed_seconds": elapsed,
        "applied_per_minute": applied / elapsed * 60 if elapsed else None,
        "speedup_over_sequential": None,
    }


def _latencies(operations: Iterable[OperationRow]) -> Iterable[float]:
    for row in operations:
        if row.asked_at_seconds is not None and row.settled_at_seconds is not None:
            yield row.settled_at_seconds - row.asked_at_seconds


def _waits(attempts: Iterable[AttemptRow]) -> dict[str, float]:
    total: dict[str, float] = {}
    for row in attempts:
        for reason, seconds in row.waits_seconds.items():
            total[reason] = total.get(reason, 0.0) + seconds
    return dict(sorted(total.items()))


def _processes(record: RunRecord) -> Processes:
    real = record.real_seconds
    client_cpu = record.log.cpu_seconds
    return Processes(
        client_exit_status=record.client_exit.status,
        client_signal=record.client_exit.signal,
        client_was_killed_at_deadline=record.client_exit.was_killed_at_deadline,
        client_complaints=record.client_exit.complaints,
        client_cpu_share=client_cpu / real if client_cpu is not None and real else None,
        server_cpu_share=record.server.cpu_seconds / real if real else 0.0,
        real_seconds=real,
        connections_peak=record.server.connections_peak,
        handshakes=record.server.handshakes,
    )
