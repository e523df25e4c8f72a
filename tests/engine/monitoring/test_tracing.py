"""Events as OpenTelemetry spans."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from engine.events import (
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    Event,
    Fate,
    OperationAccepted,
    OperationSettled,
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.monitoring.tracing import OpenTelemetryTracing, unix_seconds_by
from tests.support.engines import DECK, edit, pretend_engine
from tests.support.manual_clock import ManualClock, RunningClock
from tests.support.pretend_slides import PretendSlides

READ, WRITE = "presentations.get", "presentations.batchUpdate"
EPOCH_SECONDS = 1_700_000_000
WITHOUT_THE_EXTRA = """
import sys
sys.modules["opentelemetry"] = None
import engine
try:
    import engine.monitoring.tracing
except ImportError as error:
    print(error)
"""


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Where spans go when they end."""
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> TracerProvider:
    """What makes the spans."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


@pytest.fixture
def tracing(provider: TracerProvider) -> OpenTelemetryTracing:
    """The listener, on an engine whose clock began at the epoch of these tests."""
    return OpenTelemetryTracing(
        lambda seconds: EPOCH_SECONDS + seconds,
        tracer_provider=provider,
        endpoint="https://slides.googleapis.com",
    )


def _accepted(operation_id: str = "p/s/0", at: float = 1.0) -> OperationAccepted:
    return OperationAccepted(operation_id, "p", "s", "secret key", "secret value", at, 90.0)


def _settled(operation_id: str = "p/s/0", fate: Fate = Fate.APPLIED, **facts: object) -> OperationSettled:
    return OperationSettled(operation_id, "p", "s", fate, 9.0, **facts)


def _tried(identity: str = "p/s/0", method: str = WRITE, **facts: object) -> AttemptSettled:
    usual = {"attempt": 1, "operation_ids": (identity,), "sent_at_seconds": 3.0, "duration_seconds": 0.5}
    end = {"outcome": AttemptOutcome.ANSWERED, "http_status": 200}
    return AttemptSettled(identity, presentation_id="p", method=method, **{**usual, **end, **facts})


def _one_edit(*tries: AttemptSettled) -> list[Event]:
    turn = ("p/s/0", "p")
    begin = [_accepted(), TurnAwaited(*turn, 1.0), TurnTaken(*turn, 2.0)]
    return [*begin, *tries, _settled(), TurnEnded(*turn, 9.0)]


def _tell(tracing: OpenTelemetryTracing, events: Sequence[Event]) -> None:
    for event in events:
        tracing(event)


def _named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name == name]


def _is_child(span: ReadableSpan, parent: ReadableSpan) -> bool:
    return span.parent is not None and span.parent.span_id == parent.context.span_id


class TestParents:
    def test_a_try_is_part_of_a_batch_and_a_batch_of_the_edit_it_is_named_for(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Whoever asks why an edit took long opens its span and looks down."""
        _tell(tracing, _one_edit(_tried()))

        (operation,), (batch,) = _named(exporter, "deckstorm.operation"), _named(exporter, "deckstorm.batch")
        (attempt,) = _named(exporter, WRITE)
        assert operation.parent is None
        assert _is_child(batch, operation)
        assert _is_child(attempt, batch)

    def test_a_batch_is_linked_to_the_other_edits_it_carries(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """A span has one parent, and a batch has many edits."""
        both = ("p/s/0", "p/s/1")
        events = [_accepted("p/s/1"), *_one_edit(*[_tried(operation_ids=both)] * 2), _settled("p/s/1")]

        _tell(tracing, events)

        (batch,) = _named(exporter, "deckstorm.batch")
        (other,) = (s for s in _named(exporter, "deckstorm.operation") if not _is_child(batch, s))
        assert [link.context.span_id for link in batch.links] == [other.context.span_id]

    def test_a_part_of_a_batch_taken_apart_is_tried_in_its_turn(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """The part goes by another name, but the presentation is held by the whole."""
        events = [_accepted("p/s/1"), *_one_edit(_tried("p/s/1"))]

        _tell(tracing, events)

        assert _is_child(_named(exporter, WRITE)[0], _named(exporter, "deckstorm.batch")[0])

    def test_without_turns_a_try_is_part_of_its_edit(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Nobody takes turns where the lock is switched off."""
        _tell(tracing, [_accepted(), _tried(), _settled()])

        assert _is_child(_named(exporter, WRITE)[0], _named(exporter, "deckstorm.operation")[0])

    def test_the_first_read_is_nobodys_part_though_the_deck_is_held(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Another call for the same deck begins while this one writes."""
        _tell(tracing, _one_edit(_tried("p/read", READ, operation_ids=())))

        assert _named(exporter, READ)[0].parent is None

    def test_edits_of_one_name_have_a_batch_each(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Two calls for one deck name their edits alike."""
        turn = ("p/s/0", "p")
        waiting = [
            _accepted(),
            TurnAwaited(*turn, 1.0),
            TurnTaken(*turn, 1.0),
            _accepted(),
            TurnAwaited(*turn, 2.0),
        ]
        going = [_settled(), TurnEnded(*turn, 3.0), TurnTaken(*turn, 3.0), _settled(), TurnEnded(*turn, 4.0)]

        _tell(tracing, [*waiting, *going])

        operations = _named(exporter, "deckstorm.operation")
        batches = _named(exporter, "deckstorm.batch")
        assert [_is_child(*pair) for pair in zip(batches, operations, strict=True)] == [True, True]

    async def test_everything_is_part_of_what_the_caller_was_doing(
        self, provider: TracerProvider, exporter: InMemorySpanExporter
    ) -> None:
        """A request of a web service is one trace, from the browser to Google."""
        clock = RunningClock()
        tracing = OpenTelemetryTracing(unix_seconds_by(clock), tracer_provider=provider)
        engine = pretend_engine(PretendSlides({"s1": "{{a}}"}, []), clock, listeners=[tracing])
        with provider.get_tracer("service").start_as_current_span("request"):
            work = asyncio.create_task(engine.replace_text(DECK, {"{{a}}": "Ada"}))
            await clock.run(work)

        (request,) = _named(exporter, "request")
        assert all(
            _is_child(span, request)
            for span in _named(exporter, READ) + _named(exporter, "deckstorm.operation")
        )
        assert {span.context.trace_id for span in exporter.get_finished_spans()} == {request.context.trace_id}


class TestTimes:
    @pytest.mark.parametrize(
        ("name", "begin", "end"),
        [("deckstorm.operation", 1.0, 9.0), ("deckstorm.batch", 1.0, 9.0), (WRITE, 3.0, 3.5)],
    )
    def test_are_those_of_the_events(
        self,
        name: str,
        begin: float,
        end: float,
        tracing: OpenTelemetryTracing,
        exporter: InMemorySpanExporter,
    ) -> None:
        """The engine's clock may be virtual; spans are not timed by whoever hears of them."""
        _tell(tracing, _one_edit(_tried()))

        (span,) = _named(exporter, name)
        assert (span.start_time, span.end_time) == tuple(
            int((EPOCH_SECONDS + at) * 1e9) for at in (begin, end)
        )

    def test_the_end_of_the_queue_is_marked(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Waiting for the deck and writing to it are two different complaints."""
        _tell(tracing, _one_edit())

        (mark,) = _named(exporter, "deckstorm.batch")[0].events
        assert (mark.name, mark.timestamp) == ("deckstorm.presentation.taken", (EPOCH_SECONDS + 2) * 10**9)

    def test_the_clock_that_both_are_read_from_maps_one_to_the_other(self) -> None:
        """Monotonic seconds mean nothing outside the process."""
        to_unix: Callable[[float], float] = unix_seconds_by(ManualClock(1_000.0))

        assert to_unix(1_005.0) == EPOCH_SECONDS + 1_005.0


class TestAttributes:
    def test_of_a_try_are_those_of_http(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Any tracing backend knows the semantic conventions, and none knows ours."""
        refusal = _tried(
            attempt=2, outcome=AttemptOutcome.REJECTED, http_status=429, error_class="QuotaExceeded",
            error_text="slow down", waits_seconds={"quota": 1.5},
        )  # fmt: skip

        _tell(tracing, _one_edit(refusal))

        (span,) = _named(exporter, WRITE)
        assert span.kind is SpanKind.CLIENT
        assert dict(span.attributes) == {
            "http.request.method": "POST",
            "http.request.resend_count": 1,
            "http.response.status_code": 429,
            "error.type": "QuotaExceeded",
            "server.address": "slides.googleapis.com",
            "server.port": 443,
            "deckstorm.presentation.id": "p",
            "deckstorm.attempt.number": 2,
            "deckstorm.attempt.outcome": "rejected",
            "deckstorm.attempt.wait.quota_seconds": 1.5,
        }
        assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "slow down")

    def test_of_an_edit_tell_its_fate(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """An edit that was not applied is what people search for."""
        _tell(tracing, [_accepted(), _settled(fate=Fate.INDETERMINATE, met_open_breaker=True)])

        (span,) = _named(exporter, "deckstorm.operation")
        assert span.attributes["deckstorm.operation.fate"] == "indeterminate"
        assert span.attributes["deckstorm.operation.met_open_breaker"] is True
        assert span.attributes["error.type"] == "indeterminate"
        assert span.status.status_code is StatusCode.ERROR

    def test_leave_out_what_customers_wrote(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Traces are read by more people than decks."""
        _tell(tracing, _one_edit(_tried()))

        assert "secret" not in "".join(span.to_json() for span in exporter.get_finished_spans())


async def test_every_span_of_a_troubled_run_ends(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """A span that never ends is never seen, and its memory never freed."""
    events: list[Event] = []
    slides = PretendSlides({"s1": "{{a}}", "s2": "{{a}}"}, ["race", "lost before", "503"])
    await edit(slides, {"{{a}}": "Ada"}, events, batch_strategy="per_slide")

    _tell(tracing, events)

    counts = {
        kind: sum(isinstance(event, kind) for event in events) for kind in (OperationAccepted, TurnAwaited)
    }
    assert len(_named(exporter, "deckstorm.operation")) == counts[OperationAccepted] > 0
    assert len(_named(exporter, "deckstorm.batch")) == counts[TurnAwaited] > 0
    tries = [event.method for event in events if isinstance(event, AttemptSettled)]
    assert [span.name for span in exporter.get_finished_spans() if span.kind is SpanKind.CLIENT] == tries
    assert (tracing._operations, tracing._turns._held, tracing._turns._waiting) == ({}, {}, {})


def test_what_has_no_beginning_and_what_is_no_span_is_passed_over(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """A listener must not raise, whenever it was attached."""
    _tell(tracing, [_settled(), TurnTaken("a", "p", 1.0), TurnEnded("a", "p", 2.0)])
    _tell(tracing, [BreakerChanged("host:x", "closed", "open", 3.0)])

    assert exporter.get_finished_spans() == ()


def test_without_the_extra_the_engine_works_and_says_what_brings_traces() -> None:
    """Production without tracing installs nothing for it."""
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA], capture_output=True, text=True, check=True
    )

    assert (
        said.stdout == "opentelemetry-api is not installed; it comes with: pip install 'deckstorm[tracing]'\n"
    )
