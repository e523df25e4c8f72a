import itertools

from loadtests.timeline.attempts import Attempt, Seen
from loadtests.timeline.steps import Step
from loadtests.timeline.strips import (
    BreakerChange,
    LimitChange,
    Permits,
    PhaseSpan,
    breaker_changes,
    limit_changes,
    permits_of,
    phases_of,
    quotas_of,
)
from tests.support.stories import FIRST, SECOND, ZERO, admission, ending, real_story, small_run


def _arrival(at: float, method: str = "presentations.batchUpdate", user: str | None = "ada") -> Attempt:
    return Attempt(
        FIRST, 1, "deck", method, at, at + 1, seen=Seen(at, at + 1, 1, 200, committed=True, user=user)
    )


def test_permits_are_taken_at_admission_and_given_back_at_the_end() -> None:
    """What is in flight, against what may be."""
    facts = [
        admission(FIRST, 1.0, in_flight=1),
        admission(SECOND, 2.0, in_flight=2),
        {"event": "LimitChanged", "before": 3, "after": 1, "reason": "decrease", "at_seconds": ZERO + 2.5},
        ending(FIRST, 1.0, 2.0),
    ]

    assert permits_of(facts, ZERO) == (
        Permits(1.0, 1, 3), Permits(2.0, 2, 3), Permits(2.5, 2, 1), Permits(3.0, 1, 1),
    )  # fmt: skip


def test_permits_of_one_instant_are_one_step() -> None:
    """One try ends and the next begins: the last word counts."""
    facts = [admission(FIRST, 1.0), ending(FIRST, 1.0, 1.0), admission(SECOND, 2.0, in_flight=1)]

    assert permits_of(facts, ZERO) == (Permits(1.0, 1, 3), Permits(2.0, 1, 3))


def test_in_a_real_run_there_is_never_more_in_flight_than_there_may_be_when_one_is_admitted() -> None:
    """The limit's promise, as the story tells it; a limit that falls finds some still in flight."""
    steps = real_story("flaky_network").permits

    rises = [after for before, after in itertools.pairwise(steps) if after.in_flight > before.in_flight]
    assert len(rises) > 10
    assert all(step.in_flight <= step.limit for step in rises)
    assert steps[-1].in_flight == 0


def test_changes_of_breaker_and_limit_are_told() -> None:
    """With why."""
    facts = small_run()

    assert breaker_changes(facts, ZERO) == (BreakerChange(1000.6 - ZERO, "host", "closed", "open"),)
    assert limit_changes(facts, ZERO) == (LimitChange(1000.6 - ZERO, 3, 1, "decrease"),)


def test_calls_count_for_a_window_from_their_arrival() -> None:
    """As the server counts them, not as the client sent them."""
    (writes,) = quotas_of([_arrival(1.0), _arrival(2.0)], 60.0, {"write": 60})

    assert (writes.kind, writes.user, writes.limit) == ("write", "ada", 60)
    assert writes.steps == (Step(1.0, 1), Step(2.0, 2), Step(61.0, 1), Step(62.0, 0))


def test_reads_and_writes_and_users_are_counted_apart() -> None:
    """Each has its own window; writes, which are scarce, come first."""
    calls = [_arrival(1.0, "presentations.get"), _arrival(2.0), _arrival(3.0, user="bob")]

    found = quotas_of(calls, 60.0, {})

    assert [(use.kind, use.user, use.limit) for use in found] == [
        ("write", "ada", None), ("write", "bob", None), ("read", "ada", None),
    ]  # fmt: skip


def test_what_the_server_never_counted_does_not_count() -> None:
    """A call that was struck before anybody knew whose it was; a token; a collaborator's edit."""
    calls = [_arrival(1.0, user=None), _arrival(2.0, "token"), _arrival(3.0, "collaborator.edit")]

    assert quotas_of(calls, 60.0, {}) == ()


def test_phases_begin_with_the_first_call_of_the_api() -> None:
    """Getting a token does not start the weather; the last phase never ends."""
    calls = [_arrival(0.5, "token"), _arrival(1.0), _arrival(3.0)]

    assert phases_of([("storm", 10.0), ("calm", 5.0)], calls) == (
        PhaseSpan("storm", 1.0, 11.0), PhaseSpan("calm", 11.0, None),
    )  # fmt: skip


def test_without_a_call_there_are_no_phases() -> None:
    """The weather never began."""
    assert phases_of([("storm", 10.0)], []) == ()


def test_a_killed_process_has_nothing_in_flight() -> None:
    """Nobody gives its permits back."""
    killed = {"event": "ProcessKilled", "at_seconds": ZERO + 2.0}

    steps = permits_of([admission(FIRST, 1.0), killed], ZERO)

    assert [(step.at_seconds, step.in_flight) for step in steps] == [(1.0, 1), (2.0, 0)]
