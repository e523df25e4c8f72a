"""When the last of some calls may leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy.sliding_log import SlidingLog
from tests.support.sliding_logs import SPAN_SECONDS, drain, send


@given(st.integers(1, 7), st.integers(0, 7), st.integers(0, 30), st.floats(0, 100))
def test_is_when_the_last_call_can_really_be_sent(quota: int, sent: int, count: int, at: float) -> None:
    """A caller who is promised a time plans with it."""
    log = SlidingLog(quota)
    send(log, times=min(sent, quota), at=0.0)

    eta = log.eta_seconds(count, at)

    assert at + eta == pytest.approx(max([at, *drain(log, count, start=at)]))


@given(st.integers(2, 60), st.integers(1, 60), st.integers(0, 150), st.floats(0, 200))
def test_is_exact_while_the_quota_is_won_back(quota: int, sent: int, count: int, at: float) -> None:
    """After a 429 every window holds a little more than the one before, and a promise should know it."""
    log = SlidingLog(quota)
    numbers = send(log, times=min(sent, quota - 1), at=0.0)
    log.throttled(numbers[-1], 1.0, retry_after_seconds=3.0)

    eta = log.eta_seconds(count, at)

    assert at + eta == pytest.approx(max([at, *drain(log, count, start=at)]))


def test_counts_calls_that_wait_to_be_sent() -> None:
    """They go first."""
    log = SlidingLog(1)
    log.reserve(0.0)

    assert log.eta_seconds(2, 0.0) == 2 * SPAN_SECONDS
