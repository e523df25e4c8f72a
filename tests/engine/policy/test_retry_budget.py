"""Too few retries to keep a sick server sick, and always a few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import errors
from engine.policy.retry_budget import (
    CAPACITY_TOKENS,
    FAILED_TOKENS,
    FEWEST_RETRIES_COUNT,
    THROTTLED_TOKENS,
    TOKENS_PER_SECOND,
    RetryBudget,
    tokens_for,
)


def _take_all(budget: RetryBudget, now: float, *, ends_doubt: bool = False) -> int:
    """Return how many retries after failures may be promised at `now`, which promises them."""
    count = 0
    while budget.ready_at(FAILED_TOKENS, now, ends_doubt=ends_doubt) <= now:
        budget.take(FAILED_TOKENS, now, ends_doubt=ends_doubt)
        count += 1
    return count


def _busy(calls_count: int, now: float = 0.0) -> RetryBudget:
    budget = RetryBudget()
    for _ in range(calls_count):
        budget.called(now)
    return budget


class TestShareOfTheCalls:
    @pytest.mark.parametrize(("calls", "retries"), [(0, 3), (10, 3), (19, 3), (25, 5), (30, 6)])
    def test_is_a_fifth_of_the_last_minute_and_never_below_three(self, calls: int, retries: int) -> None:
        """Where little is called a share alone would forbid every retry."""
        assert _take_all(_busy(calls), 0.0) == retries

    def test_looks_at_the_last_minute_only(self) -> None:
        """Yesterday's crowd does not pay for today's retries."""
        assert _take_all(_busy(1_000), 60.0) == FEWEST_RETRIES_COUNT

    def test_says_when_time_alone_allows_one_more(self) -> None:
        """Whoever waits must know how long."""
        budget = RetryBudget()
        for at in (0.0, 10.0, 20.0):
            budget.take(0.0, at, ends_doubt=False)

        assert budget.ready_at(0.0, 30.0, ends_doubt=False) == 60.0
        assert budget.ready_at(0.0, 60.0, ends_doubt=False) == 60.0

    def test_does_not_hold_back_what_ends_a_doubt(self) -> None:
        """A write of unknown fate is worse than one call more."""
        budget = RetryBudget()
        _take_all(budget, 0.0)

        assert budget.ready_at(FAILED_TOKENS, 0.0, ends_doubt=True) == 0.0


class TestTokens:
    def test_a_failure_takes_more_than_a_refusal_for_quota_and_a_living_server_takes_none(self) -> None:
        """What strains the server is what costs."""
        assert tokens_for(errors.ConnectionLost("reset")) == FAILED_TOKENS
        assert tokens_for(errors.Unreachable("refused")) == FAILED_TOKENS
        assert tokens_for(errors.QuotaExceeded("429", http_status=429)) == THROTTLED_TOKENS
        assert tokens_for(errors.RevisionConflict("400", http_status=400)) == 0.0

    def test_seven_failures_at_once_use_them_up(self) -> None:
        """Ends of doubts are in no share, so these are what bounds them."""
        assert _take_all(_busy(1_000), 0.0, ends_doubt=True) == int(CAPACITY_TOKENS // FAILED_TOKENS)

    def test_a_success_gives_back_what_its_retries_took(self) -> None:
        """Retries that help cost nothing in the end."""
        budget = _busy(1_000)
        _take_all(budget, 0.0)

        budget.succeeded(2 * FAILED_TOKENS, 0.0)

        assert _take_all(budget, 0.0) == 2

    def test_successes_without_retries_fill_it_up_one_by_one(self) -> None:
        """A server that answers others is worth another try."""
        budget = _busy(1_000)
        _take_all(budget, 0.0)  # two tokens are left

        for _ in range(12):
            budget.succeeded(0.0, 0.0)

        assert _take_all(budget, 0.0) == 1

    def test_they_come_back_by_themselves_for_three_retries_a_minute(self) -> None:
        """If only a success gave tokens back, and only a retry could succeed, all would wait for ever."""
        budget = _busy(1_000)
        _take_all(budget, 0.0)
        left = CAPACITY_TOKENS % FAILED_TOKENS

        ready_at = budget.ready_at(FAILED_TOKENS, 0.0, ends_doubt=True)

        assert ready_at == pytest.approx((FAILED_TOKENS - left) / TOKENS_PER_SECOND)
        assert budget.ready_at(FAILED_TOKENS, ready_at, ends_doubt=True) == ready_at
        assert TOKENS_PER_SECOND * 60 == FEWEST_RETRIES_COUNT * FAILED_TOKENS

    def test_there_are_never_more_than_the_bucket_holds(self) -> None:
        """A good week is no licence for a storm."""
        budget = _busy(1_000)

        for second in range(10_000):
            budget.succeeded(FAILED_TOKENS, float(second))

        assert _take_all(budget, 10_000.0, ends_doubt=True) == int(CAPACITY_TOKENS // FAILED_TOKENS)


@given(
    st.lists(
        st.tuples(st.floats(0, 30), st.sampled_from(["call", "retry", "doubt", "success"])), max_size=200
    )
)
def test_whatever_happens_no_minute_holds_more_retries_than_its_share(
    deeds: list[tuple[float, str]],
) -> None:
    """The law that both gates are for: of the calls that came before, a fifth; or three."""
    budget, now = RetryBudget(), 0.0
    calls: list[float] = []
    retries: list[float] = []
    for pause, deed in deeds:
        now += pause
        if deed == "call":
            budget.called(now)
            calls.append(now)
        elif deed == "success":
            budget.succeeded(0.0, now)
        elif budget.ready_at(FAILED_TOKENS, now, ends_doubt=deed == "doubt") <= now:
            budget.take(FAILED_TOKENS, now, ends_doubt=deed == "doubt")
            if deed == "retry":
                retries.append(now)
                recent = [at for at in retries if at > now - 60.0]
                # Calls are counted by whole seconds.
                called = [at for at in calls if at >= now - 61.0]
                assert len(recent) <= max(3, 0.2 * len(called))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50), st.booleans())
def test_at_the_time_it_says_it_says_now(pauses: list[float], ends_doubt: bool) -> None:  # noqa: FBT001 - drawn
    """Whoever came back at that time and was sent away again would come back for ever."""
    budget, now = RetryBudget(), 0.0
    for pause in pauses:
        now += pause
        ready_at = budget.ready_at(FAILED_TOKENS, now, ends_doubt=ends_doubt)
        assert ready_at <= now + 60.0
        now = max(now, ready_at)
        assert budget.ready_at(FAILED_TOKENS, now, ends_doubt=ends_doubt) == now
        budget.take(FAILED_TOKENS, now, ends_doubt=ends_doubt)
