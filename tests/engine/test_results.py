"""The book of a call's operations."""

import pytest

from engine.errors import RecordLayerFailure
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from engine.plan.planner import plan
from engine.results import BatchReport, Fates, TextPlan
from engine.settings import Strategy
from tests.support.manual_clock import ManualClock
from tests.support.operations import operation

OPERATIONS = [operation("s1", "a"), operation("s1", "b"), operation("s2", "a")]


def _book() -> tuple[Fates, list[Event]]:
    events: list[Event] = []
    return Fates(OPERATIONS, events.append, ManualClock(), 2_000.0), events


def test_every_operation_is_accepted_once_and_settled_once() -> None:
    """Counting events must give the number of edits."""
    book, events = _book()

    with book:
        book.settle(OPERATIONS[:2], Fate.APPLIED)
        book.settle(OPERATIONS, Fate.REJECTED)

    accepted = [e.operation_id for e in events if isinstance(e, OperationAccepted)]
    settled = [e.operation_id for e in events if isinstance(e, OperationSettled)]
    assert accepted == settled == [o.operation_id for o in OPERATIONS]


def test_a_fate_once_given_stays() -> None:
    """An edit that was applied cannot become unsent because a later one failed."""
    book, _ = _book()

    with book:
        book.settle(OPERATIONS[:1], Fate.APPLIED)
        book.settle(OPERATIONS, Fate.NOT_SENT)

    assert [o.fate for o in book.report("p").operations] == [Fate.APPLIED, Fate.NOT_SENT, Fate.NOT_SENT]


def test_what_was_not_settled_by_the_end_was_not_sent() -> None:
    """A cancelled call leaves no operation without a fate."""
    book, _ = _book()

    with pytest.raises(KeyboardInterrupt), book:
        raise KeyboardInterrupt

    assert {o.fate for o in book.report("p").operations} == {Fate.NOT_SENT}


def test_the_event_says_what_was_wrong() -> None:
    """Monitoring counts TLS failures that reached a caller."""
    book, events = _book()

    with book:
        book.settle(
            OPERATIONS, Fate.INDETERMINATE, RecordLayerFailure("bad record mac"), met_open_breaker=True
        )

    last = events[-1]
    assert isinstance(last, OperationSettled)
    assert (last.error_class, last.error_text) == ("RecordLayerFailure", "bad record mac")
    assert last.is_tls_failure
    assert last.met_open_breaker


def test_a_slide_succeeds_when_all_its_edits_were_applied() -> None:
    """Half a slide is a broken slide."""
    book, _ = _book()

    with book:
        book.settle([OPERATIONS[0], OPERATIONS[2]], Fate.APPLIED)

    report = book.report("p")
    assert {slide_id: slide.applied for slide_id, slide in report.slides.items()} == {"s1": False, "s2": True}
    assert not report.applied


def test_the_report_is_json_ready() -> None:
    """Callers in other languages read it."""
    book, _ = _book()

    with book:
        book.settle(OPERATIONS, Fate.REJECTED, RecordLayerFailure("bad"))

    told = book.report("p").as_dict()
    assert told["presentation_id"] == "p"
    assert told["slides"][0]["operations"][0]["fate"] == "rejected"
    assert told["slides"][0]["operations"][0]["error"] == "RecordLayerFailure: bad"


def test_a_call_without_operations_is_applied() -> None:
    """An empty presentation needs nothing."""
    report = BatchReport("p", ())

    assert report.applied
    assert report.slides == {}


def test_a_plan_counts_edits_requests_and_writes() -> None:
    """Writes are what the quota counts, and edits are what the caller counts."""
    told = TextPlan("p", tuple(plan(OPERATIONS, Strategy.COALESCED, 100)), 3.0).as_dict()

    assert (told["edits"], told["requests"], told["writes"]) == (3, 2, 1)
    assert told["batches"][0][0]["replaceAllText"]["containsText"]["text"] == "a"


def test_operations_settled_together_are_noted_together_and_before_they_are_announced() -> None:
    """A journal that is cut between two halves of a batch would contradict itself."""
    told: list[object] = []
    operations = OPERATIONS[:2]

    with Fates(operations, told.append, ManualClock(), 60.0, lambda *noted: told.append(noted)) as fates:
        fates.settle(operations, Fate.APPLIED)
        fates.settle(operations, Fate.REJECTED)

    kinds = [type(each) for each in told]
    assert kinds == [OperationAccepted, OperationAccepted, tuple, OperationSettled, OperationSettled]
    assert told[2] == (operations, Fate.APPLIED, None)
