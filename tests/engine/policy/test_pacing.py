"""Never more than the quota in any window, and never much less."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy.pacing import CallKind, Pacing, SlidingLog
from engine.settings import EngineSettings

SPAN_SECONDS = 61.0


def _send(log: SlidingLog, *, times: int, at: float) -> list[int]:
    numbers = []
    for _ in range(times):
        number = log.reserve(at)
        log.sent(number, at)
        numbers.append(number)
    return numbers


def _drain(log: SlidingLog, count: int) -> list[float]:
    """Send `count` calls, each as soon as it may, and return when."""
    now, sent_at = 0.0, []
    for _ in range(count):
        now = log.ready_at(now)
        _send(log, times=1, at=now)
        sent_at.append(now)
    return sent_at


class TestWindow:
    def test_a_whole_window_may_be_spent_at_once(self) -> None:
        """A small job must not be stretched over a minute."""
        assert _drain(SlidingLog(54), 54) == [0.0] * 54

    def test_the_first_two_minutes_do_not_hold_two_quotas_at_once(self) -> None:
        """A bucket of sixty that refills at one per second lets 119 through in the first minute."""
        sent_at = _drain(SlidingLog(60), 300)

        assert sent_at[59] == 0.0
        assert sent_at[60] == SPAN_SECONDS
        assert sent_at[-1] == 4 * SPAN_SECONDS

    def test_the_part_of_the_quota_for_others_is_left(self) -> None:
        """People edit too, with the same account."""
        log = SlidingLog(60, 0.9)

        _send(log, times=54, at=0.0)

        assert log.ready_at(0.0) == SPAN_SECONDS

    def test_a_call_that_waits_to_be_sent_keeps_its_place(self) -> None:
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

    def test_only_a_settlement_can_tell_when_all_places_are_unsent(self) -> None:
        """A made-up time would wake waiters for nothing."""
        log = SlidingLog(1)
        number = log.reserve(0.0)

        before = log.ready_at(1_000.0)
        log.refund(number)

        assert before == math.inf
        assert log.ready_at(1_000.0) == 1_000.0

    def test_a_call_that_was_never_sent_costs_nothing(self) -> None:
        """A refused connection must not use up the minute."""
        log = SlidingLog(1)

        log.refund(log.reserve(0.0))

        assert log.ready_at(0.0) == 0.0

    def test_a_call_that_was_sent_twice_counts_twice(self) -> None:
        """An HTTP library may resend by itself; the server counts both."""
        log = SlidingLog(2)
        number = log.reserve(0.0)

        log.sent(number, 0.0)
        log.sent(number, 1.0)

        assert log.ready_at(2.0) == SPAN_SECONDS

    def test_a_place_that_is_not_free_cannot_be_taken(self) -> None:
        """Whoever forgets to ask must hear of it, not overrun the quota."""
        log = SlidingLog(1)
        log.reserve(0.0)

        with pytest.raises(ValueError, match="no place in the quota"):
            log.reserve(0.0)

    def test_a_share_that_leaves_nothing_is_refused(self) -> None:
        """Every call would wait for ever."""
        with pytest.raises(ValueError, match="leaves no call"):
            SlidingLog(1, 0.9)

    @given(
        st.integers(1, 6),
        st.lists(st.tuples(st.floats(0, 25), st.sampled_from(["reserve", "sent", "refund", "429"]))),
    )
    def test_no_window_ever_holds_more_than_the_quota(
        self, quota: int, steps: list[tuple[float, str]]
    ) -> None:
        """The law of the pacer, whatever is sent late, given back or refused."""
        log, now, waiting, sent_at = SlidingLog(quota), 0.0, list[int](), list[float]()

        for pause, step in steps:
            now += pause
            if step == "reserve" and log.ready_at(now) <= now:
                waiting.append(log.reserve(now))
            elif step == "sent" and waiting:
                log.sent(waiting.pop(0), now)
                sent_at.append(now)
            elif step == "refund" and waiting:
                log.refund(waiting.pop())
            elif step == "429" and sent_at:
                log.throttled(len(sent_at), now)

        in_windows = [sum(start <= at < start + 60.0 for at in sent_at) for start in sent_at]
        assert max(in_windows, default=0) <= quota

    @given(st.integers(1, 8), st.integers(1, 40), st.floats(0, 5))
    def test_no_call_waits_longer_than_the_quota_demands(self, quota: int, count: int, start: float) -> None:
        """The bound: call number i + quota leaves one span after call number i, and no later."""
        log, now, sent_at = SlidingLog(quota), start, list[float]()

        for _ in range(count):
            now = log.ready_at(now)
            _send(log, times=1, at=now)
            sent_at.append(now)

        assert sent_at == pytest.approx([start + (i // quota) * SPAN_SECONDS for i in range(count)])


class TestEta:
    @given(st.integers(1, 7), st.integers(0, 7), st.integers(0, 30), st.floats(0, 100))
    def test_is_when_the_last_call_can_really_be_sent(
        self, quota: int, sent: int, count: int, at: float
    ) -> None:
        """A caller who is promised a time plans with it."""
        log = SlidingLog(quota)
        _send(log, times=min(sent, quota), at=0.0)

        eta = log.eta_seconds(count, at)

        now = at
        for _ in range(count):
            now = log.ready_at(now)
            _send(log, times=1, at=now)
        assert at + eta == pytest.approx(now)

    def test_counts_calls_that_wait_to_be_sent(self) -> None:
        """They go first."""
        log = SlidingLog(1)
        log.reserve(0.0)

        assert log.eta_seconds(2, 0.0) == 2 * SPAN_SECONDS


class TestLearning:
    def test_goes_below_its_own_count_when_others_use_the_quota(self) -> None:
        """Twenty of ours were too many, so forty must be somebody else's."""
        log = SlidingLog(60)
        numbers = _send(log, times=20, at=0.0)

        log.throttled(numbers[-1], 1.0)

        assert log.allowed_count(1.0) == 14
        assert log.ready_at(1.0) == SPAN_SECONDS

    def test_regains_a_little_with_every_clean_window(self) -> None:
        """Others go home; then the quota is ours again."""
        log = SlidingLog(60, 0.9)
        numbers = _send(log, times=20, at=0.0)
        log.throttled(numbers[-1], 0.0)

        allowed = [log.allowed_count(window * SPAN_SECONDS) for window in (0, 1, 2, 13, 14, 1_000)]

        assert allowed == [14, 17, 20, 53, 54, 54]

    def test_calls_under_way_at_the_last_cut_teach_nothing_new(self) -> None:
        """Ten refusals of one burst are one piece of news."""
        log = SlidingLog(60)
        numbers = _send(log, times=20, at=0.0)
        log.throttled(numbers[0], 1.0)

        log.throttled(numbers[-1], 60.0 + 2.0)

        assert log.allowed_count(2.0) == 14

    def test_a_second_cut_goes_lower_never_higher(self) -> None:
        """A refusal is never a reason to send more."""
        log = SlidingLog(60)
        log.throttled(_send(log, times=10, at=0.0)[-1], 0.0)
        second = _send(log, times=7, at=SPAN_SECONDS)

        log.throttled(second[-1], SPAN_SECONDS)

        assert log.allowed_count(SPAN_SECONDS) == 4

    def test_one_call_per_window_always_remains(self) -> None:
        """Without any call it could never learn that the others have gone."""
        log = SlidingLog(60)

        log.throttled(_send(log, times=1, at=0.0)[0], 0.0)

        assert log.allowed_count(0.0) == 1

    def test_a_full_quota_of_our_own_teaches_nothing_about_others(self) -> None:
        """Then the refusal was ours."""
        log = SlidingLog(10)

        log.throttled(_send(log, times=10, at=0.0)[-1], 1.0)

        assert log.allowed_count(1.0) == 10

    def test_sends_nothing_before_the_time_it_was_asked_to_wait(self) -> None:
        """The server knows its own window."""
        log = SlidingLog(60)
        [number] = _send(log, times=1, at=0.0)

        log.throttled(number, 1.0, retry_after_seconds=200.0)

        assert log.ready_at(100.0) == 201.0
        assert log.eta_seconds(1, 100.0) == 101.0


class TestPacing:
    def test_reads_and_writes_are_counted_apart(self) -> None:
        """A full write quota must not keep the engine from looking."""
        pacing = Pacing(EngineSettings(writes_per_minute=2, quota_use_share=0.5))

        pacing.sent(pacing.reserve(0.0, CallKind.WRITE), 0.0)

        assert pacing.ready_at(0.0, CallKind.WRITE) == SPAN_SECONDS
        assert pacing.ready_at(0.0, CallKind.READ) == 0.0
        assert pacing.eta_seconds(2, 0.0, CallKind.WRITE) == 2 * SPAN_SECONDS

    def test_a_refund_and_a_refusal_reach_the_log_of_their_kind(self) -> None:
        """Mixed up, a failing read would slow down writes."""
        pacing = Pacing(EngineSettings(writes_per_minute=10, quota_use_share=1.0))
        pacing.refund(pacing.reserve(0.0, CallKind.WRITE))
        reservation = pacing.reserve(0.0, CallKind.WRITE)
        pacing.sent(reservation, 0.0)

        pacing.throttled(reservation, 0.0, retry_after_seconds=99.0)

        assert pacing.ready_at(0.0, CallKind.WRITE) == 99.0
        assert pacing.ready_at(0.0, CallKind.READ) == 0.0
