from collections.abc import Sequence

import pytest

from engine.events import AttemptOutcome, Event
from loadtests.swarm.promises.breaker import (
    CLOSED,
    HALF_OPEN,
    OPEN,
    BreakerOpensForFailures,
    SickPresentationsAreLeftAlone,
    TrialsDecide,
)
from tests.support.promises import ONE, TWO, admitted, some_terms, tried, turned, watched, what_broke

TERMS = some_terms(circuit_breaker_threshold=3, circuit_breaker_timeout=10.0)
FAILURES = [tried(at=at, error="ConnectionLost") for at in (1.0, 2.0, 3.0)]
OPENED = turned(CLOSED, OPEN, 5.0)


def _laws_broken(*happenings: Event) -> Sequence[str]:
    return what_broke(watched(BreakerOpensForFailures, *happenings, terms=TERMS))


def test_opening_for_failures_in_a_row_and_trying_again_later_is_lawful() -> None:
    """The whole way round."""
    way = [OPENED, turned(OPEN, HALF_OPEN, 15.0), turned(HALF_OPEN, CLOSED, 17.0)]

    assert _laws_broken(admitted(at=0.5), *FAILURES, *way, admitted(at=20.0)) == []


def test_opening_when_half_of_many_calls_fail_is_lawful() -> None:
    """Though never three in a row do."""
    mixed = [tried(at=float(at), error="ConnectionLost" if at % 2 else None) for at in range(8)]

    assert _laws_broken(*mixed, turned(CLOSED, OPEN, 9.0)) == []


def test_the_window_may_begin_at_any_moment_of_its_oldest_second() -> None:
    """It counts by whole seconds; it was blamed where only a start in between shows a half that failed."""
    ended = [(40.2, False), (40.4, True), *((50.0 + at, at % 2 == 1) for at in range(7))]

    right = [tried(at=at - 0.1, error="Unreachable" if has_failed else None) for at, has_failed in ended]

    assert _laws_broken(*right, turned(CLOSED, OPEN, 100.0)) == []


@pytest.mark.parametrize(
    ("happenings", "said"),
    [
        ([*FAILURES[:2], OPENED], "opened after 2 failures in a row"),
        ([*FAILURES, tried(at=4.0), OPENED], "opened after 0 failures in a row"),
        (
            [*FAILURES[:2], tried(at=3.0, error="QuotaExceeded"), OPENED],
            "opened after 2 failures in a row",
        ),
        ([*FAILURES, OPENED, admitted(at=6.0)], f"{ONE} was let through an open breaker"),
        ([*FAILURES, OPENED, turned(OPEN, HALF_OPEN, 8.0)], "was open for 3.000 s only"),
        ([*FAILURES, OPENED, turned(OPEN, CLOSED, 25.0)], "went ('open', 'closed')"),
        (
            [turned(HALF_OPEN, CLOSED, 5.0)],
            "went ('half-open', 'closed') and was closed",
        ),
        (
            [*FAILURES, tried(at=4.0, error="Unreachable"), admitted(at=4.5)],
            "still closed after 4 failures in a row",
        ),
    ],
)
def test_whatever_else_it_does_is_not(happenings: Sequence[Event], said: str) -> None:
    """Each of the laws, broken once."""
    assert [text.replace("000001 s", "000 s") for text in _laws_broken(*happenings)] == [said]


@pytest.mark.parametrize(
    ("error", "text"),
    [("AnswerTimedOut", "no answer within 2.9 s"), ("Unreachable", "no connection within 2.9 s")],
)
def test_tries_that_their_callers_deadlines_cut_short_need_not_open_it(error: str, text: str) -> None:
    """Two callers in a hurry, one slot: neither learned that the host is ill, and the engine was blamed."""
    hurried = [
        tried(at=at, error=error, error_text=text, duration_seconds=2.9) for at in (1.0, 4.0, 7.0, 10.0)
    ]

    assert _laws_broken(*hurried, admitted(at=13.0)) == []


def test_tries_that_took_all_the_time_there_is_must_open_it() -> None:
    """An answer that did not come in the time that the engine gives it is the host's failure."""
    facts = {
        "error_text": "no answer within 30 s",
        "duration_seconds": TERMS.settings.http_connection_timeout,
    }
    slow = [tried(at=at, error="AnswerTimedOut", **facts) for at in (1.0, 2.0, 3.0, 4.0)]

    assert _laws_broken(*slow, admitted(at=40.0)) == ["still closed after 4 failures in a row"]


def test_tries_that_were_cut_short_excuse_no_others() -> None:
    """A host that is ill stays ill while callers are in a hurry."""
    hurried = tried(at=3.5, error="AnswerTimedOut", error_text="no answer within 0.1 s")
    failures = [*FAILURES, hurried, tried(at=4.0, error="Unreachable")]

    assert _laws_broken(*failures, admitted(at=4.5)) == ["still closed after 4 failures in a row"]


def test_a_call_let_in_at_the_moment_it_opened_may_be_told_of_later() -> None:
    """The breaker told first."""
    assert _laws_broken(*FAILURES, OPENED, admitted(at=5.0)) == []


def test_what_was_refused_by_an_answering_server_is_no_failure() -> None:
    """A 400 is the caller's own fault."""
    refused = [tried(at=at, error="BadRequest", outcome=AttemptOutcome.REJECTED) for at in (1.0, 2.0, 3.0)]

    assert _laws_broken(*refused, OPENED) == ["opened after 0 failures in a row"]


TRIAL = admitted(ONE, 16.0, is_trial=True)
NEXT_TRIAL = admitted(TWO, 18.0, is_trial=True)
TRIES = turned(OPEN, HALF_OPEN, 15.0)


def test_two_good_trials_one_after_the_other_close_it() -> None:
    """And nobody else is out meanwhile."""
    happenings = [
        TRIES,
        TRIAL,
        tried(ONE, 16.0),
        NEXT_TRIAL,
        tried(TWO, 18.0),
        turned(HALF_OPEN, CLOSED, 19.0),
    ]

    assert what_broke(watched(TrialsDecide, *happenings)) == []


def test_one_failed_trial_opens_it_again() -> None:
    """The server has not recovered."""
    happenings = [TRIES, TRIAL, tried(ONE, 16.0, error="ConnectionLost"), turned(HALF_OPEN, OPEN, 17.0)]

    assert what_broke(watched(TrialsDecide, *happenings)) == []


@pytest.mark.parametrize(
    ("happenings", "said"),
    [
        ([TRIES, TRIAL, NEXT_TRIAL], "2 trials at once"),
        ([TRIES, admitted(at=16.0)], f"{ONE} is no trial, and the breaker half open"),
        ([TRIES, admitted(at=16.0, is_trial=True, limit=2)], "2 may be in flight right after an outage"),
        (
            [TRIES, TRIAL, tried(ONE, 16.0), turned(HALF_OPEN, CLOSED, 17.0)],
            "closed after 1 good trials",
        ),
        (
            [TRIES, TRIAL, tried(ONE, 16.0, error="QuotaExceeded"), turned(HALF_OPEN, OPEN, 17.0)],
            "opened again without a failed trial",
        ),
    ],
)
def test_whatever_else_decides_is_wrong(happenings: Sequence[Event], said: str) -> None:
    """Right after an outage one careless moment brings the next."""
    assert what_broke(watched(TrialsDecide, *happenings)) == [said]


def test_a_call_let_in_at_the_moment_of_half_opening_may_be_told_of_later() -> None:
    """It was let in before."""
    assert what_broke(watched(TrialsDecide, TRIES, admitted(at=15.0))) == []


SICK = "presentation:deck"


def test_trials_of_a_sick_presentation_say_nothing_of_the_host() -> None:
    """They fail for as long as it is sick, and the host's breaker is right to stay closed."""
    trials = [
        happening
        for at in (30.0, 60.0, 120.0, 240.0)
        for happening in (
            admitted(at=at, is_trial=True),
            tried(at=at + 0.1, error="ServerFailed", outcome=AttemptOutcome.UNKNOWN),
        )
    ]

    told = [turned(CLOSED, OPEN, 1.0, SICK), *trials, turned(OPEN, CLOSED, 300.0, SICK), admitted(at=301.0)]

    assert _laws_broken(*told) == []


def test_trials_of_a_sick_presentation_that_find_no_host_are_a_reason_to_open() -> None:
    """A connection that breaks says nothing of any presentation."""
    trials = [
        happening
        for at in (30.0, 40.0, 50.0)
        for happening in (
            admitted(at=at, is_trial=True),
            tried(at=at + 0.1, error="ConnectionLost", outcome=AttemptOutcome.UNKNOWN),
        )
    ]

    assert _laws_broken(turned(CLOSED, OPEN, 1.0, SICK), *trials, turned(CLOSED, OPEN, 50.2)) == []


def test_a_presentation_whose_breaker_is_open_is_left_alone_and_then_tried() -> None:
    """Otherwise it would be a breaker in name only."""
    opened, tried_again = turned(CLOSED, OPEN, 1.0, SICK), turned(OPEN, HALF_OPEN, 20.0, SICK)

    right = watched(
        SickPresentationsAreLeftAlone,
        opened,
        admitted("other/s1/0", at=2.0),
        tried_again,
        admitted(at=20.5, is_trial=True),
    )
    while_open = watched(SickPresentationsAreLeftAlone, opened, admitted(at=2.0))
    no_trial = watched(SickPresentationsAreLeftAlone, opened, tried_again, admitted(at=21.0))

    assert what_broke(right) == []
    assert what_broke(while_open) == [f"{ONE} was sent about a presentation whose breaker is open"]
    assert what_broke(no_trial) == [f"{ONE} was sent about a presentation whose breaker is half-open"]
