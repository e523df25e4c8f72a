"""The book of a call's operations."""

import pytest

from engine.errors import RecordLayerFailure
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from engine.fates import Fates
from engine.plan.given_requests import given_requests
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


def test_requests_of_the_callers_own_are_told_by_their_kind() -> None:
    """They have no text to find, and may be on no slide at all."""
    events: list[Event] = []
    given = given_requests("p", [{"createSlide": {}}, {"deleteObject": {"objectId": "x"}}], "salt")

    with Fates(given, events.append, ManualClock(), 1.0) as book:
        book.settle(given[:1], Fate.APPLIED)
        assert [book.fate_of(each.operation_id) for each in given] == [Fate.APPLIED, None]

    accepted = [e for e in events if isinstance(e, OperationAccepted)]
    assert [(e.kind, e.find, e.slide_id) for e in accepted] == [
        ("createSlide", "", ""),
        ("deleteObject", "", ""),
    ]
    report = book.requests_report("p")
    assert [(each.index, each.kind, each.fate) for each in report.operations] == [
        (0, "createSlide", Fate.APPLIED),
        (1, "deleteObject", Fate.NOT_SENT),
    ]
    assert book.report("p").operations == ()


def test_operations_settled_together_are_noted_together_and_before_they_are_announced() -> None:
    """A journal that is cut between two halves of a batch would contradict itself."""
    told: list[object] = []
    operations = OPERATIONS[:2]

    with Fates(operations, told.append, ManualClock(), 60.0, lambda *noted, **_: told.append(noted)) as fates:
        fates.settle(operations, Fate.APPLIED)
        fates.settle(operations, Fate.REJECTED)

    kinds = [type(each) for each in told]
    assert kinds == [OperationAccepted, OperationAccepted, tuple, OperationSettled, OperationSettled]
    assert told[2] == (operations, Fate.APPLIED, None)
