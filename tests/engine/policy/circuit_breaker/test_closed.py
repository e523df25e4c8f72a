"""A breaker that opens in time, and for no other reason."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine import errors
from engine.policy.circuit_breaker import (
    BatchOperationCircuitBreaker,
    BreakerState,
    Permit,
)
from engine.policy.verdicts import judge
from engine.settings import EngineSettings
from tests.support.circuit_breakers import closed_breaker, fail, leave, settle, succeed


def test_opens_after_failures_in_a_row() -> None:
    """At one call per second no share over hundreds of calls would ever be reached."""
    breaker = closed_breaker()

    fail(breaker, at=0.0, times=4)
    before = breaker.state
    fail(breaker, at=1.0)

    assert (before, breaker.state) == (BreakerState.CLOSED, BreakerState.OPEN)


def test_a_success_ends_the_row() -> None:
    """A counter that never forgets successes opens on a sunny day."""
    breaker = closed_breaker()

    for second in range(0, 70_000, 70):
        fail(breaker, at=float(second), times=4)
        succeed(breaker, at=float(second), times=5)

    assert breaker.state is BreakerState.CLOSED


def test_opens_within_twenty_seconds_when_half_of_one_call_per_second_fails() -> None:
    """Alternating failures never make a row, and are an outage all the same."""
    breaker = closed_breaker()

    seconds = 0
    while breaker.state is BreakerState.CLOSED:
        seconds += 1
        settle = breaker.on_failure if seconds % 2 else breaker.on_success
        settle(leave(breaker, float(seconds)), float(seconds))

    assert seconds < 20


def test_stays_closed_on_few_calls_however_bad_their_share() -> None:
    """Two failures of three calls say nothing yet."""
    breaker = closed_breaker()

    fail(breaker, at=0.0, times=3)
    succeed(breaker, at=0.0)
    fail(breaker, at=0.0, times=3)

    assert breaker.state is BreakerState.CLOSED
    fail(breaker, at=0.0)  # the eighth call
    assert breaker.state is BreakerState.OPEN


def test_old_failures_do_not_count() -> None:
    """Last hour's trouble is not this minute's."""
    breaker = closed_breaker()
    for second in (0.0, 1.0, 2.0):
        fail(breaker, at=second)
        succeed(breaker, at=second)

    succeed(breaker, at=100.0)
    fail(breaker, at=100.0, times=4)

    assert breaker.state is BreakerState.CLOSED


def test_ten_thousand_ignored_outcomes_never_open_it() -> None:
    """Cancellations and 429s are not ill health."""
    breaker = closed_breaker()

    for second in range(10_000):
        breaker.on_ignored(leave(breaker, float(second)))

    assert breaker.state is BreakerState.CLOSED


def test_the_threshold_is_the_operators() -> None:
    """`SCALAPAY_CIRCUIT_BREAKER_THRESHOLD` must do what it says."""
    breaker = BatchOperationCircuitBreaker(EngineSettings(circuit_breaker_threshold=2), Random(1))

    fail(breaker, at=0.0, times=2)

    assert breaker.state is BreakerState.OPEN


@given(
    history=st.lists(st.booleans() | st.none(), max_size=80),
    threshold=st.integers(1, 20),
    seconds_per_call=st.floats(0.05, 1.0),
)
def test_opens_within_twenty_seconds_at_one_call_per_second_whatever_was_before(
    history: list[bool | None], threshold: int, seconds_per_call: float
) -> None:
    """A long good past must not keep it closed while every call fails."""
    breaker, now = (
        BatchOperationCircuitBreaker(EngineSettings(circuit_breaker_threshold=threshold), Random(1)),
        0.0,
    )
    for outcome in history:
        now += 1.0
        answer = breaker.permit(now)
        if isinstance(answer, Permit):
            settle(breaker, {True: "success", False: "failure", None: "ignored"}[outcome], answer, now)
    if breaker.state is not BreakerState.CLOSED:
        return

    failing_since = now
    while breaker.state is BreakerState.CLOSED:
        now += seconds_per_call
        fail(breaker, at=now)

    assert now - failing_since <= 20.0 + 1e-9


REFUSALS = [
    errors.QuotaExceeded, errors.RevisionConflict, errors.CannotBeApplied, errors.InvalidRequest,
    errors.Unauthenticated, errors.PermissionDenied, errors.NotFound, errors.Rejected,
]  # fmt: skip


@given(st.lists(st.sampled_from(REFUSALS) | st.none(), min_size=1, max_size=100), st.floats(0, 5))
def test_no_row_of_refusals_and_cancellations_ever_opens_it(
    ends: list[type[errors.Rejected] | None], seconds_per_call: float
) -> None:
    """What the server answers shows that it lives, and what the caller breaks off shows nothing."""
    breaker, now = BatchOperationCircuitBreaker(EngineSettings(circuit_breaker_threshold=1), Random(1)), 0.0

    for kind in ends:
        now += seconds_per_call
        how = "ignored" if kind is None else judge(kind("no", http_status=400)).breaker.value
        settle(breaker, how, leave(breaker, now), now)

    assert breaker.state is BreakerState.CLOSED
