"""Builders of what a run leaves behind: each says only what its test is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from fakeslides.ledger import AppliedRequest, Entry
from loadtests.expectation import edits_of
from loadtests.gates import judge_setting
from loadtests.measurements import (
    AttemptRow,
    ClientExit,
    ClientLog,
    Document,
    Edit,
    FaultCount,
    OperationRow,
    RunRecord,
    ServerStats,
    Setting,
)
from loadtests.metrics import Measurement, audit_run, measure
from loadtests.outcomes import SettingOutcome, SweepOutcome

WRITE = "presentations.batchUpdate"


def a_document(texts: Mapping[str, str], presentation_id: str = "deck") -> dict[str, Any]:
    """Return a deck with one slide per item: its id, and the text of its only shape."""
    return {
        "presentationId": presentation_id,
        "slides": [
            {"objectId": slide_id, "pageElements": [a_shape(f"{slide_id}-body", text)]}
            for slide_id, text in texts.items()
        ],
    }


def a_shape(object_id: str, text: str) -> dict[str, Any]:
    """Return a shape whose text is split into two runs in the middle."""
    half = len(text) // 2
    runs = [{"textRun": {"content": part}} for part in (text[:half], text[half:])]
    return {"objectId": object_id, "shape": {"text": {"textElements": [{"paragraphMarker": {}}, *runs]}}}


def a_row(edit: Edit, fate: str | None = "applied", **facts: object) -> OperationRow:
    """Return an operation that took from second 0 to second 1."""
    times = {"asked_at_seconds": 0.0, "settled_at_seconds": None if fate is None else 1.0}
    return OperationRow(edit, fate=fate, **{**times, **facts})


def an_attempt(**facts: object) -> AttemptRow:
    """Return a write that was answered."""
    usual = {
        "identity": "deck/s1/0", "attempt": 1, "presentation_id": "deck", "method": WRITE,
        "sent_at_seconds": 0.0, "duration_seconds": 0.4, "outcome": "answered", "http_status": 200,
    }  # fmt: skip
    return AttemptRow(**{**usual, **facts})


def an_entry(edits: Sequence[Edit] = (), **facts: object) -> Entry:
    """Return a ledger's entry of a committed write that carries `edits`."""
    usual: dict[str, Any] = {
        "sequence": 1, "arrived_at_seconds": 0.0, "ended_at_seconds": 0.4, "connection": 1, "method": WRITE,
        "presentation_id": "deck", "user": "user", "identity": "deck/s1/0", "attempt": 1,
        "http_status": 200, "committed": True, "requests": tuple(a_request(edit) for edit in edits),
    }  # fmt: skip
    return Entry(**{**usual, **facts})


def a_request(edit: Edit, *page_ids: str) -> AppliedRequest:
    """Return the request that carries an edit, to its own slide or to those named."""
    body = {
        "containsText": {"text": edit.find, "matchCase": True},
        "replaceText": edit.replace,
        "pageObjectIds": list(page_ids) or [edit.slide_id],
    }
    return AppliedRequest("replaceAllText", body, 1)


def a_record(**facts: object) -> RunRecord:
    """Return a run of one deck of two slides, whose only key was replaced on both."""
    before = a_document({"s1": "Dear {{name}}", "s2": "{{name}} again"})
    edits = edits_of(before, {"{{name}}": "Ada"})
    usual = {
        "setting": Setting("coalesced", 3), "seed": 7, "real_seconds": 0.5, "client_exit": ClientExit(0),
        "log": ClientLog(attempts=(an_attempt(),), elapsed_seconds=10.0, cpu_seconds=0.1),
        "operations": tuple(a_row(edit) for edit in edits), "ledger": (an_entry(edits),), "faults": (),
        "server": ServerStats(0.05, 3, 3), "documents_before": {"deck": before},
        "documents_after": {"deck": a_document({"s1": "Dear Ada", "s2": "Ada again"})},
    }  # fmt: skip
    return RunRecord(**{**usual, **facts})


def edits_in(document: Document) -> tuple[Edit, ...]:
    """Return the edits of the usual record."""
    return edits_of(document, {"{{name}}": "Ada"})


def a_measurement(**facts: object) -> Measurement:
    """Return what the usual run measures."""
    record = a_record(**facts)
    return measure(record, audit_run(record))


def an_outcome(measurement: Measurement | None = None, gates: Sequence[Any] = ()) -> SettingOutcome:
    """Return a measured setting, judged by `gates`."""
    measured = measurement or a_measurement()
    return SettingOutcome(measured.setting, measured, tuple(judge_setting(gates, measured)))


def a_sweep(*outcomes: SettingOutcome, **facts: object) -> SweepOutcome:
    """Return a sweep of the given settings."""
    usual = {
        "scenario": "calm", "promise": "Nothing is lost.", "seed": 7, "time_scale": 0.05,
        "started_at": "2024-06-11T00:00:00+00:00", "versions": {"deckstorm": "0"}, "gates": (),
        "settings": outcomes or (an_outcome(),),
    }  # fmt: skip
    return SweepOutcome(**{**usual, **facts})


def a_fault(fired: int, expected_at_least: int = 1) -> FaultCount:
    """Return a rule's count."""
    return FaultCount("reset", matched=10, fired=fired, expected_at_least=expected_at_least)
