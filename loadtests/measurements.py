"""What one run leaves behind: rows, as the client told them and as the ledger has them.  A thinking room."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fakeslides.ledger import AppliedRequest, Entry

WRITE = "presentations.batchUpdate"
"""Google's name of the only call that changes a presentation here."""

Document = Mapping[str, Any]
"""A presentation as `presentations.get` answers it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One point of a sweep's grid."""

    strategy: str
    concurrency: int
    repeat: int = 1

    @property
    def name(self) -> str:
        """Return such as `coalesced@3`, or `coalesced@3#2` for a second repeat."""
        suffix = f"#{self.repeat}" if self.repeat > 1 else ""
        return f"{self.strategy}@{self.concurrency}{suffix}"


@dataclass(frozen=True, slots=True)
class Edit:
    """One wish: `find` becomes `replace` on one slide and in its notes."""

    operation_id: str
    presentation_id: str
    slide_id: str
    find: str
    replace: str


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An edit that was asked for, and what the client said became of it; `fate` None means: nothing.

    `asked_at_seconds` is when its whole call was: any wait for room, slots and quota comes after it.  It is
    None if the client never spoke of the call.
    """

    edit: Edit
    asked_at_seconds: float | None = None
    settled_at_seconds: float | None = None
    fate: str | None = None
    met_open_breaker: bool = False
    error_class: str | None = None
    error_text: str | None = None
    is_tls_failure: bool = False


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One HTTP try, as the client saw it.  `sent_at_seconds` counts from the start of the run."""

    identity: str
    attempt: int
    presentation_id: str
    method: str
    sent_at_seconds: float
    duration_seconds: float
    outcome: str
    http_status: int | None = None
    error_class: str | None = None
    error_text: str | None = None
    is_tls_failure: bool = False
    waits_seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int, str]:
        """Return what the try is known by on both sides."""
        return (self.identity, self.attempt, self.method)


@dataclass(frozen=True, slots=True)
class StateChange:
    """The breaker or the concurrency limit changed.

    Attributes:
        at_seconds: since the start of the run.
        kind: breaker or limit.
        before: the state, or the limit as a number.
        after: likewise.
        subject: the breaker's key, or why the limit moved.
    """

    at_seconds: float
    kind: str
    before: str
    after: str
    subject: str


@dataclass(frozen=True, slots=True)
class ClientLog:
    """Everything the client told, in its own words, with times that count from its start.

    By presentation, `asked_at_seconds` holds when the first call on it was made, and `refused` the error that
    ended a whole call before it had any operations.
    """

    settled: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    asked_at_seconds: Mapping[str, float] = field(default_factory=dict)
    refused: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    attempts: Sequence[AttemptRow] = ()
    states: Sequence[StateChange] = ()
    elapsed_seconds: float = 0.0
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ClientExit:
    """How the client's process ended.

    Attributes:
        status: its exit status; None when a signal ended it.
        signal: such as SIGSEGV; None when it was the harness that killed it.
        was_killed_at_deadline: it had not ended when the run's time was up.
        complaints: the end of its standard error.
    """

    status: int | None
    signal: str | None = None
    was_killed_at_deadline: bool = False
    complaints: str = ""


@dataclass(frozen=True, slots=True)
class FaultCount:
    """How often a rule's conditions were met, how often it struck, and how often it had to.

    Weather that came from load, and from no rule, is counted likewise; its id is `organic:CAUSE`.
    """

    id: str
    matched: int
    fired: int
    expected_at_least: int = 0
    is_organic: bool = False


@dataclass(frozen=True, slots=True)
class ServerStats:
    """What the fake says of itself at the end of a run."""

    cpu_seconds: float = 0.0
    connections_peak: int = 0
    handshakes: int = 0
    calls_under_way: int = 0


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of one setting.  Spans are seconds of the scenario's clock, `real_seconds` is the wall's.

    `trace_digest` is the hash of all that happened, in virtual time; real runs have none.
    """

    setting: Setting
    seed: int
    real_seconds: float
    client_exit: ClientExit
    log: ClientLog
    operations: Sequence[OperationRow]
    ledger: Sequence[Entry]
    faults: Sequence[FaultCount]
    server: ServerStats
    documents_before: Mapping[str, Document]
    documents_after: Mapping[str, Document]
    trace_digest: str | None = None


@dataclass(frozen=True, slots=True)
class JoinedAttempt:
    """One try as both sides have it; either may be missing: never sent, or never told."""

    told: AttemptRow | None
    seen: Entry | None


def operation_rows(edits: Iterable[Edit], log: ClientLog) -> tuple[OperationRow, ...]:
    """Return a row for every edit that was asked for, whether or not the client ever spoke of it."""
    return tuple(_operation(edit, log) for edit in edits)


def parse_ledger(ndjson: str) -> tuple[Entry, ...]:
    """Read the server's ledger, one entry per line.  Only a newline ends one: texts may hold U+2028."""
    return tuple(_entry(json.loads(line)) for line in ndjson.split("\n") if line)


def join_attempts(attempts: Iterable[AttemptRow], ledger: Iterable[Entry]) -> list[JoinedAttempt]:
    """Lay both sides' tries beside each other by identity, attempt and method, the client's order first."""
    seen = {(e.identity, e.attempt, e.method): e for e in ledger if e.identity is not None}
    joined = [JoinedAttempt(told, seen.pop(told.key, None)) for told in attempts]
    return joined + [JoinedAttempt(None, entry) for entry in seen.values() if entry.method != "token"]


def _operation(edit: Edit, log: ClientLog) -> OperationRow:
    settled = log.settled.get(edit.operation_id) or log.refused.get(edit.presentation_id, {})
    return OperationRow(
        edit=edit,
        asked_at_seconds=log.asked_at_seconds.get(edit.presentation_id),
        settled_at_seconds=settled.get("at_seconds"),
        fate=settled.get("fate"),
        met_open_breaker=settled.get("met_open_breaker", False),
        error_class=settled.get("error_class"),
        error_text=settled.get("error_text"),
        is_tls_failure=settled.get("is_tls_failure", False),
    )


def _entry(row: dict[str, Any]) -> Entry:
    requests = tuple(AppliedRequest(**request) for request in row.pop("requests", ()))
    return Entry(**row, requests=requests)
