"""What a refusal teaches about others who use the same quota."""

import math

from hypothesis import given
from hypothesis import strategies as st

from engine.policy.sliding_log import SlidingLog
from tests.support.sliding_logs import SPAN_SECONDS, drain, send


def test_goes_below_its_own_count_when_others_use_the_quota() -> None:
    """Twenty of ours were too many, so forty must be somebody else's."""
    log = SlidingLog(60)
    numbers = send(log, times=20, at=0.0)

    log.throttled(numbers[-1], 1.0)

    assert log.allowed_count(1.0) == 14
    assert log.ready_at(1.0) == SPAN_SECONDS


def test_regains_a_little_with_every_clean_window() -> None:
    """Others go home; then the quota is ours again."""
    log = SlidingLog(60, 0.9)
    numbers = send(log, times=20, at=0.0)
    log.throttled(numbers[-1], 0.0)

    allowed = [log.allowed_count(window * SPAN_SECONDS) for window in (0, 1, 2, 13, 14, 1_000)]

    assert allowed == [14, 17, 20, 53, 54, 54]


def test_what_is_regained_is_used_from_the_first_moment() -> None:
    """Whoever slept until an old call left the window slept through the end of the clean window."""
    log = SlidingLog(60)
    log.throttled(send(log, times=10, at=0.0)[-1], 1.0)
    late = send(log, times=7, at=SPAN_SECONDS)

    assert late
    assert log.ready_at(61.5) == 1.0 + SPAN_SECONDS


@given(st.integers(2, 60), st.integers(1, 60))
def test_nobody_who_waits_gets_less_than_what_is_allowed(quota: int, sent: int) -> None:
    """Caution that outlasts its cause is paid for by every user, window after window."""
    log = SlidingLog(quota)
    log.throttled(send(log, times=min(sent, quota - 1), at=0.0)[-1], 0.0)

    sent_at = drain(log, 5 * quota, start=0.0)

    for window in range(1, math.floor(sent_at[-1] / SPAN_SECONDS)):
        start = window * SPAN_SECONDS
        used = sum(start <= at < start + SPAN_SECONDS for at in sent_at)
        assert used >= log.allowed_count(start)


def test_a_call_that_was_sent_twice_does_not_turn_a_cut_into_a_rise() -> None:
    """Ten calls that were counted twenty times once raised the allowance from ten to fourteen."""
    log = SlidingLog(60)
    log.throttled(send(log, times=10, at=0.0)[-1], 0.0)
    twice = send(log, times=10, at=SPAN_SECONDS)
    for number in twice:
        log.sent(number, SPAN_SECONDS)
    before = log.allowed_count(SPAN_SECONDS)

    log.throttled(twice[-1], SPAN_SECONDS)

    assert log.allowed_count(SPAN_SECONDS) <= before


def test_calls_under_way_at_the_last_cut_teach_nothing_new() -> None:
    """Ten refusals of one burst are one piece of news."""
    log = SlidingLog(60)
    numbers = send(log, times=20, at=0.0)
    log.throttled(numbers[0], 1.0)

    log.throttled(numbers[-1], 60.0 + 2.0)

    assert log.allowed_count(2.0) == 14


def test_a_second_cut_goes_lower_never_higher() -> None:
    """A refusal is never a reason to send more."""
    log = SlidingLog(60)
    log.throttled(send(log, times=10, at=0.0)[-1], 0.0)
    second = send(log, times=7, at=SPAN_SECONDS)

    log.throttled(second[-1], SPAN_SECONDS)

    assert log.allowed_count(SPAN_SECONDS) == 4


def test_one_call_per_window_always_remains() -> None:
    """Without any call it could never learn that the others have gone."""
    log = SlidingLog(60)

    log.throttled(send(log, times=1, at=0.0)[0], 0.0)

    assert log.allowed_count(0.0) == 1


def test_a_full_quota_of_our_own_teaches_nothing_about_others() -> None:
    """Then the refusal was ours."""
    log = SlidingLog(10)

    log.throttled(send(log, times=10, at=0.0)[-1], 1.0)

    assert log.allowed_count(1.0) == 10


def test_a_cut_of_much_is_won_back_in_larger_steps_than_one_of_little() -> None:
    """Who shares a large quota with others gets back a part of what was used, not of what there is."""
    little, much = SlidingLog(600, least_scale_count=60), SlidingLog(600, least_scale_count=60)
    little.throttled(send(little, times=20, at=0.0)[-1], 0.0)
    much.throttled(send(much, times=400, at=0.0)[-1], 0.0)

    assert [little.allowed_count(0.0), little.allowed_count(SPAN_SECONDS)] == [14, 17]
    assert [much.allowed_count(0.0), much.allowed_count(SPAN_SECONDS)] == [280, 300]


def test_sends_nothing_before_the_time_it_was_asked_to_wait() -> None:
    """The server knows its own window."""
    log = SlidingLog(60)
    [number] = send(log, times=1, at=0.0)

    log.throttled(number, 1.0, retry_after_seconds=200.0)

    assert log.ready_at(100.0) == 201.0
    assert log.eta_seconds(1, 100.0) == 101.0
