"""The laws of the log, whatever is reserved, sent late, given back or refused."""

import math

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.policy.sliding_log import SlidingLog
from tests.support.sliding_logs import SPAN_SECONDS


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
