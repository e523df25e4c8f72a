"""Never more than the quota in any window, and never much less."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy.sliding_log import Learned, SlidingLog
from tests.support.sliding_logs import SPAN_SECONDS, drain, send


def test_a_whole_window_may_be_spent_at_once() -> None:
    """A small job must not be stretched over a minute."""
    assert drain(SlidingLog(54), 54) == [0.0] * 54


def test_the_first_two_minutes_do_not_hold_two_quotas_at_once() -> None:
    """A bucket of sixty that refills at one per second lets 119 through in the first minute."""
    sent_at = drain(SlidingLog(60), 300)

    assert sent_at[59] == 0.0
    assert sent_at[60] == SPAN_SECONDS
    assert sent_at[-1] == 4 * SPAN_SECONDS


def test_the_part_of_the_quota_for_others_is_left() -> None:
    """People edit too, with the same account."""
    log = SlidingLog(60, 0.9)

    send(log, times=54, at=0.0)

    assert log.ready_at(0.0) == SPAN_SECONDS


def test_a_call_that_waits_to_be_sent_keeps_its_place() -> None:
    """Reserved at 0 but sent at 50, it still counts at 61: the window guarantee is about sending."""
    log = SlidingLog(2)
    late, punctual = log.reserve(0.0), log.reserve(0.0)
    log.sent(punctual, 0.0)

    while_waiting = [log.ready_at(1.0), log.ready_at(61.0)]
    third = log.reserve(61.0)
    log.sent(late, 65.0)
    log.sent(third, 65.0)

    assert while_waiting == [61.0, 61.0]
    assert log.ready_at(70.0) == 65.0 + SPAN_SECONDS


def test_only_a_settlement_can_tell_when_all_places_are_unsent() -> None:
    """A made-up time would wake waiters for nothing."""
    log = SlidingLog(1)
    number = log.reserve(0.0)

    before = log.ready_at(1_000.0)
    log.refund(number)

    assert before == math.inf
    assert log.ready_at(1_000.0) == 1_000.0


def test_a_call_that_was_never_sent_costs_nothing() -> None:
    """A refused connection must not use up the minute."""
    log = SlidingLog(1)

    log.refund(log.reserve(0.0))

    assert log.ready_at(0.0) == 0.0


def test_a_call_that_was_sent_twice_counts_twice() -> None:
    """An HTTP library may resend by itself; the server counts both."""
    log = SlidingLog(2)
    number = log.reserve(0.0)

    log.sent(number, 0.0)
    log.sent(number, 1.0)

    assert log.ready_at(2.0) == SPAN_SECONDS


def test_a_place_that_is_not_free_cannot_be_taken() -> None:
    """Whoever forgets to ask must hear of it, not overrun the quota."""
    log = SlidingLog(1)
    log.reserve(0.0)

    with pytest.raises(ValueError, match="no place in the quota"):
        log.reserve(0.0)


def test_a_share_that_leaves_nothing_is_refused() -> None:
    """Every call would wait for ever."""
    with pytest.raises(ValueError, match="leaves no call"):
        SlidingLog(1, 0.9)


@given(st.integers(1, 8), st.integers(1, 40), st.floats(0, 5))
def test_no_call_waits_longer_than_the_quota_demands(quota: int, count: int, start: float) -> None:
    """The bound: call number i + quota leaves one span after call number i, and no later."""
    sent_at = drain(SlidingLog(quota), count, start=start)

    assert sent_at == pytest.approx([start + (i // quota) * SPAN_SECONDS for i in range(count)])


def test_a_log_that_was_restored_goes_on_like_the_one_it_was_taken_from() -> None:
    """A process that starts must not spend again what the one before it has spent."""
    before, after = SlidingLog(60), SlidingLog(60)
    numbers = send(before, times=20, at=0.0)
    before.throttled(numbers[-1], 1.0, retry_after_seconds=3.0)

    after.restore([0.0] * 20, before.learned, numbers[-1])

    for at in (1.0, 5.0, SPAN_SECONDS, 200.0):
        assert after.ready_at(at) == before.ready_at(at)
        assert after.allowed_count(at) == before.allowed_count(at)
        assert after.eta_seconds(70, at) == before.eta_seconds(70, at)


def test_a_call_that_may_leave_until_some_time_is_counted_until_a_window_after_it() -> None:
    """Nobody can tell when it left, so the worst is taken for true."""
    log = SlidingLog(1)

    log.restore([30.0], Learned(), 1)

    assert log.ready_at(0.0) == 30.0 + SPAN_SECONDS


@given(
    st.lists(
        st.tuples(st.floats(-500, 100), st.sampled_from(["reserve", "sent", "refund", "429"])), max_size=40
    )
)
def test_a_clock_that_runs_backwards_does_no_harm(steps: list[tuple[float, str]]) -> None:
    """It once divided by a negative allowance; a clock that is set must not stop all writes."""
    log, now, unsent = SlidingLog(4), 0.0, list[int]()

    for change, step in steps:
        now += change
        if step == "reserve" and log.ready_at(now) <= now:
            unsent.append(log.reserve(now))
        elif step == "sent" and unsent:
            log.sent(unsent.pop(0), now)
        elif step == "refund" and unsent:
            log.refund(unsent.pop())
        elif step == "429":
            log.throttled(1, now)
        assert 1 <= log.allowed_count(now) <= 4
        assert log.ready_at(now) >= now
        assert log.eta_seconds(9, now) >= 0.0

    for number in unsent:
        log.refund(number)
    assert log.ready_at(50_000.0) == 50_000.0
