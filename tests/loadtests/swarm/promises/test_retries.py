import pytest

from engine.events import RetryAllowed
from loadtests.simulation.network import SHORTEST_WAY_SECONDS
from loadtests.swarm.promises.retries import OneTokenRefreshAtATime, RetriesAreFew, RetriesAreSpread
from tests.support.promises import ONE, TWO, admitted, some_terms, tried, watched, what_broke
from tests.support.runs import an_entry


def _paused(identity: str, seconds: float) -> object:
    return tried(identity, waits_seconds={"backoff": seconds})


def _token(number: int, arrived: float, ended: float, rule_id: str | None = None) -> object:
    return an_entry(
        method="token", attempt=number, arrived_at_seconds=arrived, ended_at_seconds=ended, rule_id=rule_id
    )


def test_pauses_that_differ_keep_it_and_two_of_one_length_break_it() -> None:
    """Who fails together and pauses alike comes back together."""
    right = watched(RetriesAreSpread, _paused(ONE, 1.25), _paused(TWO, 1.250001))
    wrong = watched(RetriesAreSpread, _paused(ONE, 1.25), _paused(TWO, 1.25))

    assert what_broke(right) == []
    assert what_broke(wrong) == [f"{TWO} paused for 1.250000000 s, exactly as another did"]


@pytest.mark.parametrize("waits", [{}, {"backoff": 0.0}, {"lock": 3.0}])
def test_a_try_that_was_no_retry_has_no_pause(waits: dict[str, float]) -> None:
    """First tries wait for other things, and all of them for nothing."""
    one = tried(waits_seconds=waits)

    assert watched(RetriesAreSpread, one, one).checked_count == 0


def _allowed(at: float, *, ends_doubt: bool = False) -> RetryAllowed:
    return RetryAllowed(ONE, "p", ends_doubt=ends_doubt, at_seconds=at)


def test_three_retries_a_minute_are_always_right_and_a_fourth_needs_calls() -> None:
    """Retries are what a crowd of failing callers multiplies its load by."""
    few = [_allowed(float(second)) for second in (0, 10, 20, 60, 70)]
    busy = [admitted(at=0.0) for _ in range(20)]

    right = watched(RetriesAreFew, *few, _allowed(80.0))
    paid_for = watched(RetriesAreFew, *busy, *(_allowed(1.0) for _ in range(4)))
    wrong = watched(RetriesAreFew, *(_allowed(1.0) for _ in range(4)))

    assert what_broke(right) == what_broke(paid_for) == []
    assert what_broke(wrong) == ["4 retries in a minute of 0 calls"]


def test_what_ends_a_doubt_is_not_counted() -> None:
    """A write of unknown fate is worse than one call more."""
    many = [_allowed(1.0, ends_doubt=True) for _ in range(9)]

    assert watched(RetriesAreFew, *many).checked_count == 0


def test_a_token_that_is_asked_for_again_when_the_answer_is_there_is_right() -> None:
    """It may have been refused, or be old."""
    soon = 0.5 + 2 * SHORTEST_WAY_SECONDS
    assert what_broke(watched(OneTokenRefreshAtATime, _token(1, 0.0, 0.5), _token(2, soon, 0.9))) == []


@pytest.mark.parametrize("rule_id", [None, "stall"])
def test_one_that_comes_before_the_answer_to_another_can_be_heard_breaks_it(rule_id: str | None) -> None:
    """A simulated server gives a token in no time: no two were ever served at once, and nothing broke it."""
    answered, too_soon = _token(1, 0.5, 0.5), _token(2, 0.5 + SHORTEST_WAY_SECONDS, 60.0, rule_id)

    assert what_broke(watched(OneTokenRefreshAtATime, answered, too_soon)) == [
        "token request 2 came while another was served"
    ]


def test_two_at_once_break_it() -> None:
    """A hundred calls that find the token old would ask a hundred times."""
    wrong = watched(
        OneTokenRefreshAtATime,
        _token(1, 0.0, 0.5),
        _token(2, 0.4, 0.9),
        terms=some_terms(started_at_seconds=10.0),
    )

    assert what_broke(wrong) == ["token request 2 came while another was served"]
    assert wrong.broken[0].at_seconds == 10.4


def test_one_that_a_fault_held_up_is_not_held_against_the_next() -> None:
    """Its caller may have given it up long ago."""
    late = _token(1, 0.0, 60.0, rule_id="stall")  # told of when it ends

    assert what_broke(watched(OneTokenRefreshAtATime, _token(2, 30.0, 30.5), late, an_entry())) == []
