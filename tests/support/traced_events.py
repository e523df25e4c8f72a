"""Events that become spans, and the spans that came of them."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from engine.events import (
    AttemptOutcome,
    AttemptSettled,
    Event,
    Fate,
    OperationAccepted,
    OperationSettled,
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.monitoring.tracing import OpenTelemetryTracing

READ, WRITE = "presentations.get", "presentations.batchUpdate"
EPOCH_SECONDS = 1_700_000_000


def accepted(operation_id: str = "p/s/0", at: float = 1.0) -> OperationAccepted:
    """An edit is taken on."""
    return OperationAccepted(operation_id, "p", "s", "secret key", "secret value", at, 90.0)


def settled(operation_id: str = "p/s/0", fate: Fate = Fate.APPLIED, **facts: object) -> OperationSettled:
    """The end of an edit."""
    return OperationSettled(operation_id, "p", "s", fate, 9.0, **facts)


def tried(identity: str = "p/s/0", method: str = WRITE, **facts: object) -> AttemptSettled:
    """The end of a try."""
    usual = {"attempt": 1, "operation_ids": (identity,), "sent_at_seconds": 3.0, "duration_seconds": 0.5}
    end = {"outcome": AttemptOutcome.ANSWERED, "http_status": 200}
    return AttemptSettled(identity, presentation_id="p", method=method, **{**usual, **end, **facts})


def one_edit(*tries: AttemptSettled) -> list[Event]:
    """All that becomes of one edit with these tries."""
    turn = ("p/s/0", "p")
    begin = [accepted(), TurnAwaited(*turn, 1.0), TurnTaken(*turn, 2.0)]
    return [*begin, *tries, settled(), TurnEnded(*turn, 9.0)]


def tell(tracing: OpenTelemetryTracing, events: Sequence[Event]) -> None:
    """Tell the listener of events in their order."""
    for event in events:
        tracing(event)


def named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    """Return the spans of a name."""
    return [span for span in exporter.get_finished_spans() if span.name == name]


def is_child(span: ReadableSpan, parent: ReadableSpan) -> bool:
    """Say whether one span is part of another."""
    return span.parent is not None and span.parent.span_id == parent.context.span_id
