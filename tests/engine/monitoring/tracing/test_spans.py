"""When spans begin and end, and what they tell."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from engine.events import (
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    Event,
    Fate,
    OperationAccepted,
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.monitoring.tracing import OpenTelemetryTracing, unix_seconds_by
from tests.support.engines import edit
from tests.support.manual_clock import ManualClock
from tests.support.pretend_slides import PretendSlides
from tests.support.traced_events import EPOCH_SECONDS, WRITE, accepted, named, one_edit, settled, tell, tried

WITHOUT_THE_EXTRA = """
import sys
sys.modules["opentelemetry"] = None
import engine
try:
    import engine.monitoring.tracing
except ImportError as error:
    print(error)
"""


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
        tell(tracing, one_edit(tried()))

        (span,) = named(exporter, name)
        assert (span.start_time, span.end_time) == tuple(
            int((EPOCH_SECONDS + at) * 1e9) for at in (begin, end)
        )

    def test_the_end_of_the_queue_is_marked(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Waiting for the deck and writing to it are two different complaints."""
        tell(tracing, one_edit())

        (mark,) = named(exporter, "deckstorm.batch")[0].events
        assert (mark.name, mark.timestamp) == ("deckstorm.presentation.taken", (EPOCH_SECONDS + 2) * 10**9)

    def test_the_clock_that_both_are_read_from_maps_one_to_the_other(self) -> None:
        """Monotonic seconds mean nothing outside the process."""
        to_unix = unix_seconds_by(ManualClock(1_000.0))

        assert to_unix(1_005.0) == EPOCH_SECONDS + 1_005.0


class TestAttributes:
    def test_of_a_try_are_those_of_http(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Any tracing backend knows the semantic conventions, and none knows ours."""
        refusal = tried(
            attempt=2, outcome=AttemptOutcome.REJECTED, http_status=429, error_class="QuotaExceeded",
            error_text="slow down", waits_seconds={"quota": 1.5},
        )  # fmt: skip

        tell(tracing, one_edit(refusal))

        (span,) = named(exporter, WRITE)
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
        tell(tracing, [accepted(), settled(fate=Fate.INDETERMINATE, met_open_breaker=True)])

        (span,) = named(exporter, "deckstorm.operation")
        assert span.attributes["deckstorm.operation.fate"] == "indeterminate"
        assert span.attributes["deckstorm.operation.met_open_breaker"] is True
        assert span.attributes["error.type"] == "indeterminate"
        assert span.status.status_code is StatusCode.ERROR

    def test_leave_out_what_customers_wrote(
        self, tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
    ) -> None:
        """Traces are read by more people than decks."""
        tell(tracing, one_edit(tried()))

        assert "secret" not in "".join(span.to_json() for span in exporter.get_finished_spans())


async def test_every_span_of_a_troubled_run_ends(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """A span that never ends is never seen, and its memory never freed."""
    events: list[Event] = []
    slides = PretendSlides({"s1": "{{a}}", "s2": "{{a}}"}, ["race", "lost before", "503"])
    await edit(slides, {"{{a}}": "Ada"}, events, batch_strategy="per_slide")

    tell(tracing, events)

    counts = {
        kind: sum(isinstance(event, kind) for event in events) for kind in (OperationAccepted, TurnAwaited)
    }
    assert len(named(exporter, "deckstorm.operation")) == counts[OperationAccepted] > 0
    assert len(named(exporter, "deckstorm.batch")) == counts[TurnAwaited] > 0
    tries = [event.method for event in events if isinstance(event, AttemptSettled)]
    assert [span.name for span in exporter.get_finished_spans() if span.kind is SpanKind.CLIENT] == tries
    assert (tracing._operations, tracing._turns._held, tracing._turns._waiting) == ({}, {}, {})


def test_what_has_no_beginning_and_what_is_no_span_is_passed_over(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """A listener must not raise, whenever it was attached."""
    tell(tracing, [settled(), TurnTaken("a", "p", 1.0), TurnEnded("a", "p", 2.0)])
    tell(tracing, [BreakerChanged("host:x", "closed", "open", 3.0)])

    assert exporter.get_finished_spans() == ()


def test_without_the_extra_the_engine_works_and_says_what_brings_traces() -> None:
    """Production without tracing installs nothing for it."""
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA], capture_output=True, text=True, check=True
    )

    assert (
        said.stdout == "opentelemetry-api is not installed; it comes with: pip install 'deckstorm[tracing]'\n"
    )
