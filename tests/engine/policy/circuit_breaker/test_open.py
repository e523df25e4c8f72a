"""How long it stays open, and what it makes of answers from before."""

from random import Random

import pytest

from engine.policy.circuit_breaker import (
    BatchOperationCircuitBreaker,
    BreakerState,
    Refusal,
)
from tests.support.circuit_breakers import SETTINGS, closed_breaker, fail, leave, open_breaker, succeed


def test_refuses_and_says_when_to_ask_again() -> None:
    """Whoever is parked must know how long."""
    breaker = open_breaker(at=100.0)

    answer = breaker.permit(105.0)

    assert isinstance(answer, Refusal)
    assert answer.retry_after_seconds == pytest.approx(10.0)


def test_periods_double_while_trials_fail_up_to_a_cap() -> None:
    """A server that is down for an hour need not be asked every 15 seconds."""
    breaker, now, periods = open_breaker(at=0.0), 0.0, []

    for _ in range(8):
        refusal = breaker.permit(now)
        assert isinstance(refusal, Refusal)
        periods.append(refusal.retry_after_seconds)
        now += refusal.retry_after_seconds + 1e-6
        fail(breaker, at=now)

    assert periods == pytest.approx([15, 30, 60, 120, 240, 300, 300, 300], abs=1e-3)


def test_periods_are_short_again_after_a_recovery() -> None:
    """Yesterday's outage must not make today's hiccup long."""
    breaker = open_breaker(at=0.0)
    fail(breaker, at=16.0)
    succeed(breaker, at=50.0, times=2)

    fail(breaker, at=60.0, times=5)

    refusal = breaker.permit(60.0)
    assert isinstance(refusal, Refusal)
    assert refusal.retry_after_seconds == pytest.approx(15.0)


def test_clients_do_not_all_come_back_at_the_same_moment() -> None:
    """A recovering server would be knocked down by the crowd."""
    ends = set()
    for seed in range(50):
        breaker = BatchOperationCircuitBreaker(SETTINGS, Random(seed))
        fail(breaker, at=0.0, times=5)
        refusal = breaker.permit(0.0)
        assert isinstance(refusal, Refusal)
        ends.add(refusal.retry_after_seconds)

    assert len(ends) == 50
    assert min(ends) >= 12.0
    assert max(ends) <= 18.0


def test_an_answer_from_before_it_opened_does_not_close_it() -> None:
    """Such an answer tells of a server that was."""
    breaker = closed_breaker()
    early = [leave(breaker, 0.0) for _ in range(3)]
    fail(breaker, at=1.0, times=5)

    for permit in early:
        breaker.on_success(permit, 2.0)

    assert breaker.state is BreakerState.OPEN


def test_a_failure_from_before_it_opened_does_not_lengthen_it() -> None:
    """One outage with ten calls in flight is one outage."""
    breaker = closed_breaker()
    early = [leave(breaker, 0.0) for _ in range(10)]

    for permit in early:
        breaker.on_failure(permit, 1.0)

    refusal = breaker.permit(1.0)
    assert isinstance(refusal, Refusal)
    assert refusal.retry_after_seconds == pytest.approx(15.0)


def test_failures_from_before_the_outage_do_not_count_after_it() -> None:
    """Slow answers of the outage would open it again as soon as it has closed."""
    breaker = closed_breaker()
    early = [leave(breaker, 0.0) for _ in range(10)]
    fail(breaker, at=1.0, times=5)
    succeed(breaker, at=20.0, times=2)

    for permit in early:
        breaker.on_failure(permit, 21.0)

    assert breaker.state is BreakerState.CLOSED


def test_tells_every_change_once_in_order() -> None:
    """Whoever watches the breaker sees the outage as it went."""
    breaker = open_breaker(at=100.0)
    succeed(breaker, at=116.0, times=2)

    told = breaker.take_transitions()

    assert [(t.before, t.after, t.at_seconds) for t in told] == [
        ("closed", "open", 100.0),
        ("open", "half-open", 116.0),
        ("half-open", "closed", 116.0),
    ]
    assert breaker.take_transitions() == ()
