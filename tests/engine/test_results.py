"""The book of a call's operations."""

import json

from engine.errors import InvalidRequest, RecordLayerFailure
from engine.events import Event, Fate
from engine.fates import Fates
from engine.plan.planner import plan
from engine.results import BatchReport, RequestResult, RequestsReport, WritePlan
from engine.settings import Strategy
from tests.support.manual_clock import ManualClock
from tests.support.operations import operation

OPERATIONS = [operation("s1", "a"), operation("s1", "b"), operation("s2", "a")]


def _book() -> tuple[Fates, list[Event]]:
    events: list[Event] = []
    return Fates(OPERATIONS, events.append, ManualClock(), 2_000.0), events


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

    assert report.as_dict()["not_found"] == []
    assert report.applied
    assert report.slides == {}


def test_a_plan_counts_edits_requests_and_writes() -> None:
    """Writes are what the quota counts, and edits are what the caller counts."""
    told = WritePlan("p", tuple(plan(OPERATIONS, Strategy.COALESCED, 100)), 3.0).as_dict()

    assert (told["edits"], told["requests"], told["writes"]) == (3, 2, 1)
    assert told["batches"][0][0]["replaceAllText"]["containsText"]["text"] == "a"


def test_the_report_of_requests_is_json_ready_and_names_what_was_made() -> None:
    """Whoever lets the engine choose an id wants to know it."""
    error = InvalidRequest("400", http_status=400)
    made = RequestResult(
        "p/requests/0", 0, "createShape", ("box_1",), Fate.APPLIED, None, met_open_breaker=False
    )
    refused = RequestResult(
        "p/requests/1", 1, "deleteObject", (), Fate.REJECTED, error, met_open_breaker=False
    )

    report = RequestsReport("p", (made, refused)).as_dict()

    assert json.loads(json.dumps(report)) == report
    assert not report["applied"]
    assert [each["object_ids"] for each in report["requests"]] == [["box_1"], []]
    assert [each["error"] for each in report["requests"]] == [None, "InvalidRequest: 400"]
