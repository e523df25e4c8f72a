import json

from loadtests.measurements import JoinedAttempt, Setting
from loadtests.report.attempts import attempt_document, attempt_lines
from tests.support.runs import an_attempt, an_entry

SETTING = Setting("coalesced", 3)


def test_a_line_holds_both_sides_of_a_try() -> None:
    """The client saw a broken record; the server knows that it had committed, and which rule struck."""
    told = an_attempt(outcome="unknown", http_status=None, error_class="RecordLayerFailure", error_text="bad")
    seen = an_entry(rule_id="corrupt", fault="tls.record_corrupt", point="after_commit")

    document = attempt_document(SETTING, JoinedAttempt(told, seen))

    assert document == {
        "setting": "coalesced@3", "operation": "deck/s1/0", "attempt": 1, "presentation_id": "deck",
        "method": "presentations.batchUpdate", "sent_at_seconds": 0.0, "duration_seconds": 0.4,
        "http_status": None, "outcome": "unknown", "error_class": "RecordLayerFailure", "error_text": "bad",
        "fault": "corrupt", "point": "after_commit", "organic": None, "committed": True,
    }  # fmt: skip


def test_a_try_whose_client_died_is_told_by_the_server_alone() -> None:
    """It may have changed the deck."""
    document = attempt_document(SETTING, JoinedAttempt(None, an_entry()))

    assert (document["operation"], document["outcome"], document["committed"]) == ("deck/s1/0", None, True)


def test_a_try_that_never_arrived_committed_nothing() -> None:
    """The server's silence is its word."""
    document = attempt_document(SETTING, JoinedAttempt(an_attempt(outcome="not_sent"), None))

    assert (document["committed"], document["fault"]) == (False, None)


def test_every_try_is_one_line_of_json() -> None:
    """Whatever texts it carries."""
    pairs = [JoinedAttempt(an_attempt(error_text="line\nbreak \u2028"), None)] * 2

    lines = list(attempt_lines(SETTING, pairs))

    assert [json.loads(line)["error_text"] for line in lines] == ["line\nbreak \u2028"] * 2
    assert all(line.count("\n") == 1 for line in lines)
