import json

import pytest

from loadtests.client_log import parse_events

STARTED = {"event": "ClientStarted", "at_seconds": 100.0}
ASKED = {"event": "CallAsked", "presentation_id": "deck", "at_seconds": 100.5}
SETTLED = {"event": "OperationSettled", "operation_id": "deck/s1/0", "fate": "applied", "at_seconds": 104.0}
ATTEMPT = {
    "event": "AttemptSettled", "identity": "deck/s1/0", "attempt": 1, "presentation_id": "deck",
    "method": "presentations.batchUpdate", "sent_at_seconds": 102.0, "duration_seconds": 1.5,
    "outcome": "answered", "waits_seconds": {"lock": 0.5},
}  # fmt: skip
FINISHED = {"event": "ClientFinished", "at_seconds": 110.0, "cpu_seconds": 0.25}


def _text(*events: dict[str, object]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


def test_times_count_from_the_start_of_the_run() -> None:
    """A monotonic clock's own numbers mean nothing to a reader."""
    log = parse_events(_text(STARTED, ASKED, ATTEMPT, SETTLED, FINISHED))

    assert log.asked_at_seconds["deck"] == 0.5
    assert log.attempts[0].sent_at_seconds == 2.0
    assert log.settled["deck/s1/0"]["at_seconds"] == 4.0
    assert (log.elapsed_seconds, log.cpu_seconds) == (10.0, 0.25)


def test_a_client_that_died_is_read_up_to_its_last_whole_line() -> None:
    """A crash is a measurement; what was told before it must count."""
    log = parse_events(_text(STARTED, ASKED) + '{"event": "OperationSet')

    assert list(log.asked_at_seconds) == ["deck"]
    assert not log.settled
    assert log.cpu_seconds is None


def test_of_several_calls_on_one_deck_the_first_asking_counts() -> None:
    """Their edits have the same names; whichever call an edit was of, none of its waiting may be left out."""
    log = parse_events(_text(STARTED, ASKED, SETTLED, {**ASKED, "at_seconds": 105.0}, FINISHED))

    assert log.asked_at_seconds == {"deck": 0.5}


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_a_key_may_hold_what_unicode_calls_the_end_of_a_line(separator: str) -> None:
    """Decks are saved from other programs; such a key ended a whole sweep."""
    settled = {**SETTLED, "find": f"a{separator}b"}
    text = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in (STARTED, settled))

    assert parse_events(text).settled["deck/s1/0"]["find"] == f"a{separator}b"


def test_a_torn_line_in_the_middle_is_refused() -> None:
    """Then the file is not what a client wrote, and no number from it can be trusted."""
    with pytest.raises(ValueError, match="line 1 of the client's events"):
        parse_events('{"event"\n' + _text(STARTED))


def test_a_client_that_told_nothing_is_an_empty_log() -> None:
    """It may have crashed before its first word."""
    assert parse_events("").elapsed_seconds == 0.0


def test_changes_of_breaker_and_limit_are_one_story_in_order() -> None:
    """Whoever reads it wants to see one cause the other."""
    breaker = {
        "event": "BreakerChanged",
        "key": "k",
        "before": "closed",
        "after": "open",
        "at_seconds": 101.0,
    }
    limit = {"event": "LimitChanged", "before": 8, "after": 4, "reason": "overload", "at_seconds": 102.0}

    states = parse_events(_text(STARTED, breaker, limit)).states

    assert [(s.at_seconds, s.kind, s.before, s.after, s.subject) for s in states] == [
        (1.0, "breaker", "closed", "open", "k"),
        (2.0, "limit", "8", "4", "overload"),
    ]
