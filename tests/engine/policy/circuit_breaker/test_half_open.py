"""It lets one trial through at a time, and never gets stuck."""

import pytest

from engine.policy.circuit_breaker import (
    BreakerState,
    Permit,
    Refusal,
)
from tests.support.circuit_breakers import LEASE_SECONDS, fail, leave, open_breaker, succeed


def test_lets_exactly_one_trial_through_when_the_time_is_up() -> None:
    """A crowd waiting behind an outage must not all rush in at once."""
    breaker = open_breaker(at=100.0)

    answers = [breaker.permit(116.0) for _ in range(200)]

    assert sum(isinstance(answer, Permit) and answer.is_trial for answer in answers) == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 199


def test_closes_after_two_trials_that_succeed() -> None:
    """One good answer of a flapping server is luck."""
    breaker = open_breaker(at=100.0)

    succeed(breaker, at=116.0)
    between = breaker.state
    succeed(breaker, at=117.0)

    assert (between, breaker.state) == (BreakerState.HALF_OPEN, BreakerState.CLOSED)


def test_opens_again_when_a_trial_fails() -> None:
    """The server said so itself."""
    breaker = open_breaker(at=100.0)
    succeed(breaker, at=116.0)

    fail(breaker, at=117.0)

    assert breaker.state is BreakerState.OPEN


def test_an_ignored_trial_gives_its_place_to_the_next() -> None:
    """A cancelled trial that kept its place would shut the shop for ever."""
    breaker = open_breaker(at=100.0)

    breaker.on_ignored(leave(breaker, 116.0))

    assert breaker.state is BreakerState.HALF_OPEN
    assert isinstance(breaker.permit(116.0), Permit)


def test_a_trial_that_is_never_settled_loses_its_place() -> None:
    """Programs have bugs; a breaker that trusts them gets stuck."""
    breaker = open_breaker(at=100.0)
    leave(breaker, 116.0)

    refusal, wait_seconds = breaker.permit(117.0), breaker.wait_seconds(117.0)
    later = breaker.permit(116.0 + LEASE_SECONDS)

    assert isinstance(refusal, Refusal)
    assert refusal.retry_after_seconds == wait_seconds == pytest.approx(LEASE_SECONDS - 1.0)
    assert isinstance(later, Permit)


@pytest.mark.parametrize("settle", ["on_success", "on_failure"])
def test_a_trial_whose_place_was_taken_changes_nothing(settle: str) -> None:
    """Its answer is older than the trial that is out."""
    breaker = open_breaker(at=100.0)
    lost = leave(breaker, 116.0)
    leave(breaker, 116.0 + LEASE_SECONDS)

    getattr(breaker, settle)(lost, 150.0)

    assert breaker.state is BreakerState.HALF_OPEN
    assert isinstance(breaker.permit(150.0), Refusal)


def test_a_trial_of_an_earlier_outage_is_not_taken_for_the_one_that_is_out() -> None:
    """Both were the first of their kind, and only one of them knows the server as it is."""
    breaker = open_breaker(at=100.0)
    lost = leave(breaker, 116.0)
    fail(breaker, at=116.0 + LEASE_SECONDS)
    leave(breaker, 200.0)

    breaker.on_failure(lost, 201.0)

    assert breaker.state is BreakerState.HALF_OPEN


def test_a_trial_settled_twice_counts_once() -> None:
    """Two words of one trial are not two trials."""
    breaker = open_breaker(at=100.0)
    trial = leave(breaker, 116.0)

    breaker.on_success(trial, 116.0)
    breaker.on_success(trial, 116.0)

    assert breaker.state is BreakerState.HALF_OPEN
