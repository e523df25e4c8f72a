"""Events as OpenTelemetry spans; importing this raises `MissingExtra` where opentelemetry-api is missing.

The caller's span          whatever is current where the engine was called
├── deckstorm.operation    one edit, from taking it on to its fate
│   └── deckstorm.batch    under the edit that gives the batch its name, linked to all others it carries
│       └── presentations.batchUpdate or presentations.get, one per try
└── presentations.get      the first read, before there are edits

Times are those of the events.  Texts that are found and put in stay out.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from engine.clock import Clock
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
from engine.extras import MissingExtra
from engine.monitoring.turns import Turns

try:
    from opentelemetry.context import Context
    from opentelemetry.trace import (
        Span,
        SpanKind,
        StatusCode,
        TracerProvider,
        get_tracer,
        set_span_in_context,
    )
except ModuleNotFoundError as error:
    raise MissingExtra("opentelemetry-api", "tracing") from error

HTTP_METHODS = {"presentations.get": "GET", "presentations.batchUpdate": "POST"}

Attributes = dict[str, str | bool | int | float]


@dataclass(slots=True)
class _Operation:
    span: Span
    has_batch: bool = False


@dataclass(slots=True)
class _Batch:
    span: Span
    known: set[str] = field(default_factory=set)


class OpenTelemetryTracing:
    """A listener that makes a span of every operation, batch and attempt.

    Two calls at once for one presentation may name their edits alike; what belongs to which is then told by
    order of arrival.

    Args:
        unix_seconds: tells the Unix time of a moment of the engine's clock; see `unix_seconds_by`.
        tracer_provider: where the spans go; OpenTelemetry's own choice by default.
        endpoint: base URL of the API, for `server.address` and `server.port`.
    """

    def __init__(
        self,
        unix_seconds: Callable[[float], float],
        *,
        tracer_provider: TracerProvider | None = None,
        endpoint: str | None = None,
    ) -> None:
        self._unix_seconds = unix_seconds
        self._tracer = get_tracer("deckstorm.engine", tracer_provider=tracer_provider)
        self._server = {} if endpoint is None else _server(endpoint)
        self._operations: dict[str, deque[_Operation]] = {}
        self._turns: Turns[_Batch] = Turns()

    def __call__(self, event: Event) -> None:
        """Begin, mark or end the spans that `event` is about."""
        match event:
            case OperationAccepted():
                self._on_accepted(event)
            case OperationSettled():
                self._on_settled(event)
            case TurnAwaited() | TurnTaken() | TurnEnded():
                self._on_turn(event)
            case AttemptSettled():
                self._on_attempt(event)

    def _on_accepted(self, event: OperationAccepted) -> None:
        attributes = {
            "deckstorm.operation.id": event.operation_id,
            "deckstorm.presentation.id": event.presentation_id,
            "deckstorm.slide.id": event.slide_id,
        }
        span = self._tracer.start_span(
            "deckstorm.operation", attributes=attributes, start_time=self._nanoseconds(event.at_seconds)
        )
        self._operations.setdefault(event.operation_id, deque()).append(_Operation(span))

    def _on_settled(self, event: OperationSettled) -> None:
        named = self._operations.pop(event.operation_id, None)
        if named is None:
            return
        span = named.popleft().span
        if named:
            self._operations[event.operation_id] = named
        span.set_attribute("deckstorm.operation.fate", event.fate.value)
        span.set_attribute("deckstorm.operation.met_open_breaker", event.met_open_breaker)
        if event.fate is not Fate.APPLIED:
            _mark_failed(span, event.error_class or event.fate.value, event.error_text)
        span.end(self._nanoseconds(event.at_seconds))

    def _on_turn(self, event: TurnAwaited | TurnTaken | TurnEnded) -> None:
        at = self._nanoseconds(event.at_seconds)
        match event:
            case TurnAwaited():
                self._turns.awaited(event, self._begin_batch(event, at))
            case TurnTaken():
                batch = self._turns.taken(event)
                if batch is not None:
                    batch.span.add_event("deckstorm.presentation.taken", timestamp=at)
            case TurnEnded():
                batch = self._turns.ended(event)
                if batch is not None:
                    batch.span.end(at)

    def _begin_batch(self, event: TurnAwaited, at: int) -> _Batch:
        attributes = {
            "deckstorm.batch.id": event.identity,
            "deckstorm.presentation.id": event.presentation_id,
        }
        waiting = (one for one in self._operations.get(event.identity, ()) if not one.has_batch)
        operation = next(waiting, None)
        if operation is not None:
            operation.has_batch = True
        span = self._tracer.start_span(
            "deckstorm.batch",
            context=None if operation is None else set_span_in_context(operation.span),
            attributes=attributes,
            start_time=at,
        )
        return _Batch(span, {event.identity})

    def _on_attempt(self, event: AttemptSettled) -> None:
        self._link(event)
        span = self._tracer.start_span(
            event.method,
            context=self._around(event),
            kind=SpanKind.CLIENT,
            attributes={**self._server, **_attributes(event)},
            start_time=self._nanoseconds(event.sent_at_seconds),
        )
        if event.outcome is not AttemptOutcome.ANSWERED:
            _mark_failed(span, event.error_class or event.outcome.value, event.error_text)
        span.end(self._nanoseconds(event.sent_at_seconds + event.duration_seconds))

    def _around(self, event: AttemptSettled) -> Context | None:
        """Return the batch a try was made for, or the edit where none takes turns; None for a first read."""
        named = self._operations.get(event.identity)
        if named is None:
            return None
        batch = self._turns.holder(event.presentation_id)
        return set_span_in_context(named[0].span if batch is None else batch.span)

    def _link(self, event: AttemptSettled) -> None:
        """Link a batch to the edits it carries, which only its tries tell."""
        batch = self._turns.holder(event.presentation_id)
        for operation_id in event.operation_ids:
            named = self._operations.get(operation_id)
            if batch is not None and named is not None and operation_id not in batch.known:
                batch.known.add(operation_id)
                batch.span.add_link(named[0].span.get_span_context())

    def _nanoseconds(self, at_seconds: float) -> int:
        return round(self._unix_seconds(at_seconds) * 1e9)


def unix_seconds_by(clock: Clock) -> Callable[[float], float]:
    """Return what tells the Unix time of a moment of `clock`, by what both say now."""
    offset_seconds = clock.wall() - clock.now()
    return lambda at_seconds: at_seconds + offset_seconds


def _server(endpoint: str) -> Attributes:
    parts = urlsplit(endpoint)
    default = 443 if parts.scheme == "https" else 80
    return {"server.address": parts.hostname or "", "server.port": parts.port or default}


def _attributes(event: AttemptSettled) -> Attributes:
    found: Attributes = {
        "http.request.method": HTTP_METHODS.get(event.method, "_OTHER"),
        "deckstorm.attempt.number": event.attempt,
        "deckstorm.attempt.outcome": event.outcome.value,
        "deckstorm.presentation.id": event.presentation_id,
    }
    if event.attempt > 1:
        found["http.request.resend_count"] = event.attempt - 1
    if event.http_status is not None:
        found["http.response.status_code"] = event.http_status
    for reason, seconds in event.waits_seconds.items():
        found[f"deckstorm.attempt.wait.{reason}_seconds"] = seconds
    return found


def _mark_failed(span: Span, error_type: str, text: str | None) -> None:
    span.set_attribute("error.type", error_type)
    span.set_status(StatusCode.ERROR, text)
