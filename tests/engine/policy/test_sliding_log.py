"""Never more than the quota in any window, and never much less."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.policy.sliding_log import Learned, SlidingLog

SPAN_SECONDS = 61.0


def _send(log: SlidingLog, *, times: int, at: float) -> list[int]:
    numbers = []
    for _ in range(times):
        number = log.reserve(at)
        log.sent(number, at)
        numbers.append(number)
    return numbers


def _drain(log: SlidingLog, count: int, *, start: float = 0.0) -> list[float]:
    """Send `count` calls, each as soon as it may, and return when."""
    now, sent_at = start, []
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

    @given(st.integers(1, 8), st.integers(1, 40), st.floats(0, 5))
    def test_no_call_waits_longer_than_the_quota_demands(self, quota: int, count: int, start: float) -> None:
        """The bound: call number i + quota leaves one span after call number i, and no later."""
        sent_at = _drain(SlidingLog(quota), count, start=start)

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

        assert at + eta == pytest.approx(max([at, *_drain(log, count, start=at)]))

    @given(st.integers(2, 60), st.integers(1, 60), st.integers(0, 150), st.floats(0, 200))
    def test_is_exact_while_the_quota_is_won_back(self, quota: int, sent: int, count: int, at: float) -> None:
        """After a 429 every window holds a little more than the one before, and a promise should know it."""
        log = SlidingLog(quota)
        numbers = _send(log, times=min(sent, quota - 1), at=0.0)
        log.throttled(numbers[-1], 1.0, retry_after_seconds=3.0)

        eta = log.eta_seconds(count, at)

        assert at + eta == pytest.approx(max([at, *_drain(log, count, start=at)]))

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

    def test_what_is_regained_is_used_from_the_first_moment(self) -> None:
        """Whoever slept until an old call left the window slept through the end of the clean window."""
        log = SlidingLog(60)
        log.throttled(_send(log, times=10, at=0.0)[-1], 1.0)
        late = _send(log, times=7, at=SPAN_SECONDS)

        assert late
        assert log.ready_at(61.5) == 1.0 + SPAN_SECONDS

    @given(st.integers(2, 60), st.integers(1, 60))
    def test_nobody_who_waits_gets_less_than_what_is_allowed(self, quota: int, sent: int) -> None:
        """Caution that outlasts its cause is paid for by every user, window after window."""
        log = SlidingLog(quota)
        log.throttled(_send(log, times=min(sent, quota - 1), at=0.0)[-1], 0.0)

        sent_at = _drain(log, 5 * quota, start=0.0)

        for window in range(1, math.floor(sent_at[-1] / SPAN_SECONDS)):
            start = window * SPAN_SECONDS
            used = sum(start <= at < start + SPAN_SECONDS for at in sent_at)
            assert used >= log.allowed_count(start)

    def test_a_call_that_was_sent_twice_does_not_turn_a_cut_into_a_rise(self) -> None:
        """Ten calls that were counted twenty times once raised the allowance from ten to fourteen."""
        log = SlidingLog(60)
        log.throttled(_send(log, times=10, at=0.0)[-1], 0.0)
        twice = _send(log, times=10, at=SPAN_SECONDS)
        for number in twice:
            log.sent(number, SPAN_SECONDS)
        before = log.allowed_count(SPAN_SECONDS)

        log.throttled(twice[-1], SPAN_SECONDS)

        assert log.allowed_count(SPAN_SECONDS) <= before

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

    def test_a_cut_of_much_is_won_back_in_larger_steps_than_one_of_little(self) -> None:
        """Who shares a large quota with others gets back a part of what was used, not of what there is."""
        little, much = SlidingLog(600, least_scale_count=60), SlidingLog(600, least_scale_count=60)
        little.throttled(_send(little, times=20, at=0.0)[-1], 0.0)
        much.throttled(_send(much, times=400, at=0.0)[-1], 0.0)

        assert [little.allowed_count(0.0), little.allowed_count(SPAN_SECONDS)] == [14, 17]
        assert [much.allowed_count(0.0), much.allowed_count(SPAN_SECONDS)] == [280, 300]

    def test_sends_nothing_before_the_time_it_was_asked_to_wait(self) -> None:
        """The server knows its own window."""
        log = SlidingLog(60)
        [number] = _send(log, times=1, at=0.0)

        log.throttled(number, 1.0, retry_after_seconds=200.0)

        assert log.ready_at(100.0) == 201.0
        assert log.eta_seconds(1, 100.0) == 101.0


class TestRestore:
    def test_a_log_that_was_restored_goes_on_like_the_one_it_was_taken_from(self) -> None:
        """A process that starts must not spend again what the one before it has spent."""
        before, after = SlidingLog(60), SlidingLog(60)
        numbers = _send(before, times=20, at=0.0)
        before.throttled(numbers[-1], 1.0, retry_after_seconds=3.0)

        after.restore([0.0] * 20, before.learned, numbers[-1])

        for at in (1.0, 5.0, SPAN_SECONDS, 200.0):
            assert after.ready_at(at) == before.ready_at(at)
            assert after.allowed_count(at) == before.allowed_count(at)
            assert after.eta_seconds(70, at) == before.eta_seconds(70, at)

    def test_a_call_that_may_leave_until_some_time_is_counted_until_a_window_after_it(self) -> None:
        """Nobody can tell when it left, so the worst is taken for true."""
        log = SlidingLog(1)

        log.restore([30.0], Learned(), 1)

        assert log.ready_at(0.0) == 30.0 + SPAN_SECONDS


class LogLaws(RuleBasedStateMachine):
    """Whatever is reserved, sent late, given back or refused: the law of the window, and honest times."""

    @initialize(quota=st.integers(1, 6), share=st.sampled_from([0.5, 0.9, 1.0]))
    def begin(self, quota: int, share: float) -> None:
        """A quota of a few calls, so that it is full all the time."""
        self.log = SlidingLog(quota, max(share, 1 / quota))
        self.ceiling = self.log.allowed_count(0.0)
        self.now = 1_000.0
        self.unsent: list[int] = []
        self.sent: list[tuple[int, float]] = []

    @rule(seconds=st.sampled_from([0.0, 0.25, 1.0, 7.5, 30.0, 60.0, SPAN_SECONDS, 300.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    @rule()
    def wait_until_ready(self) -> None:
        """The time that is named is neither too early nor too late."""
        ready_at = self.log.ready_at(self.now)
        if ready_at == math.inf:
            assert self.unsent
            return
        if ready_at > self.now:
            just_before = ready_at - 1e-3
            assert just_before < self.now or self.log.ready_at(just_before) > just_before
        self.now = ready_at
        self.reserve()

    @rule()
    def reserve(self) -> None:
        """A place is given exactly when it was said to be there."""
        if self.log.ready_at(self.now) <= self.now:
            self.unsent.append(self.log.reserve(self.now))
        else:
            with pytest.raises(ValueError, match="no place"):
                self.log.reserve(self.now)

    @precondition(lambda self: self.unsent)
    @rule()
    def send(self) -> None:
        """The call that has waited longest leaves."""
        number = self.unsent.pop(0)
        self.log.sent(number, self.now)
        self.sent.append((number, self.now))

    @precondition(lambda self: self.unsent)
    @rule()
    def refund(self) -> None:
        """A place that is given back is as good as one that was never taken."""
        before = self.log._used_count()

        self.log.refund(self.unsent.pop())

        assert self.log._used_count() == before - 1

    @precondition(lambda self: self.sent)
    @rule(retry_after=st.none() | st.sampled_from([0.0, 5.0, 90.0]))
    def refuse(self, retry_after: float | None) -> None:
        """A refusal is never a reason to send more, or sooner than asked."""
        before = self.log.allowed_count(self.now)

        self.log.throttled(self.sent[-1][0], self.now, retry_after)

        assert self.log.allowed_count(self.now) <= before
        assert self.log.ready_at(self.now) >= self.now + (retry_after or 0.0)

    @invariant()
    def no_window_holds_more_than_the_ceiling_however_close_the_calls_arrive(self) -> None:
        """Calls sent a window apart may arrive a second closer together."""
        times = [at for _, at in self.sent]
        in_windows = [sum(start <= at < start + SPAN_SECONDS for at in times) for start in times]
        assert max(in_windows, default=0) <= self.ceiling

    @invariant()
    def always_allows_something_and_never_more_than_the_ceiling(self) -> None:
        """Without any call it could never learn that the others have gone."""
        assert 1 <= self.log.allowed_count(self.now) <= self.ceiling

    @invariant()
    def the_estimate_for_one_call_is_when_it_may_be_sent(self) -> None:
        """Two answers to one question would be two promises."""
        ready_at = self.log.ready_at(self.now)
        if not self.unsent:
            assert self.log.eta_seconds(1, self.now) == pytest.approx(ready_at - self.now)

    def teardown(self) -> None:
        """Others have gone, so in the end everything is allowed again."""
        if hasattr(self, "log"):
            assert self.log.allowed_count(self.now + 30 * SPAN_SECONDS) == self.ceiling


TestLogLaws = LogLaws.TestCase
TestLogLaws.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


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
