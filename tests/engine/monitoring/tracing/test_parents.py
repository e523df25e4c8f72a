"""Whose part each span is."""

import asyncio

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from engine.events import (
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.monitoring.tracing import OpenTelemetryTracing, unix_seconds_by
from tests.support.engines import DECK, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides
from tests.support.traced_events import (
    READ,
    WRITE,
    accepted,
    is_child,
    named,
    one_edit,
    settled,
    tell,
    tried,
)


def test_a_try_is_part_of_a_batch_and_a_batch_of_the_edit_it_is_named_for(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """Whoever asks why an edit took long opens its span and looks down."""
    tell(tracing, one_edit(tried()))

    (operation,), (batch,) = named(exporter, "deckstorm.operation"), named(exporter, "deckstorm.batch")
    (attempt,) = named(exporter, WRITE)
    assert operation.parent is None
    assert is_child(batch, operation)
    assert is_child(attempt, batch)


def test_a_batch_is_linked_to_the_other_edits_it_carries(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """A span has one parent, and a batch has many edits."""
    both = ("p/s/0", "p/s/1")
    events = [accepted("p/s/1"), *one_edit(*[tried(operation_ids=both)] * 2), settled("p/s/1")]

    tell(tracing, events)

    (batch,) = named(exporter, "deckstorm.batch")
    (other,) = (s for s in named(exporter, "deckstorm.operation") if not is_child(batch, s))
    assert [link.context.span_id for link in batch.links] == [other.context.span_id]


def test_a_part_of_a_batch_taken_apart_is_tried_in_its_turn(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """The part goes by another name, but the presentation is held by the whole."""
    events = [accepted("p/s/1"), *one_edit(tried("p/s/1"))]

    tell(tracing, events)

    assert is_child(named(exporter, WRITE)[0], named(exporter, "deckstorm.batch")[0])


def test_without_turns_a_try_is_part_of_its_edit(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """Nobody takes turns where the lock is switched off."""
    tell(tracing, [accepted(), tried(), settled()])

    assert is_child(named(exporter, WRITE)[0], named(exporter, "deckstorm.operation")[0])


def test_the_first_read_is_nobodys_part_though_the_deck_is_held(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """Another call for the same deck begins while this one writes."""
    tell(tracing, one_edit(tried("p/read", READ, operation_ids=())))

    assert named(exporter, READ)[0].parent is None


def test_edits_of_one_name_have_a_batch_each(
    tracing: OpenTelemetryTracing, exporter: InMemorySpanExporter
) -> None:
    """Two calls for one deck name their edits alike."""
    turn = ("p/s/0", "p")
    waiting = [
        accepted(),
        TurnAwaited(*turn, 1.0),
        TurnTaken(*turn, 1.0),
        accepted(),
        TurnAwaited(*turn, 2.0),
    ]
    going = [settled(), TurnEnded(*turn, 3.0), TurnTaken(*turn, 3.0), settled(), TurnEnded(*turn, 4.0)]

    tell(tracing, [*waiting, *going])

    operations = named(exporter, "deckstorm.operation")
    batches = named(exporter, "deckstorm.batch")
    assert [is_child(*pair) for pair in zip(batches, operations, strict=True)] == [True, True]


async def test_everything_is_part_of_what_the_caller_was_doing(
    provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    """A request of a web service is one trace, from the browser to Google."""
    clock = RunningClock()
    tracing = OpenTelemetryTracing(unix_seconds_by(clock), tracer_provider=provider)
    engine = pretend_engine(PretendSlides({"s1": "{{a}}"}, []), clock, listeners=[tracing])
    with provider.get_tracer("service").start_as_current_span("request"):
        work = asyncio.create_task(engine.replace_text(DECK, {"{{a}}": "Ada"}))
        await clock.run(work)

    (request,) = named(exporter, "request")
    assert all(
        is_child(span, request) for span in named(exporter, READ) + named(exporter, "deckstorm.operation")
    )
    assert {span.context.trace_id for span in exporter.get_finished_spans()} == {request.context.trace_id}
