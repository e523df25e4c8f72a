"""The breaker does what a model of its three rules does, whatever happens."""

import math
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.policy.circuit_breaker import (
    LONGEST_OPEN_SECONDS,
    BreakerState,
    Permit,
    Refusal,
)
from tests.support.circuit_breakers import (
    LEASE_SECONDS,
    closed_breaker,
    settle,
    succeed,
)


@dataclass(frozen=True)
class _Leave:
    stretch: int
    trial: int | None


class _Model:
    """The three rules of the breaker, with a list of everything that ever ended where it has a ring."""

    def __init__(self) -> None:
        self.state = BreakerState.CLOSED
        self.stretch = 0
        self._openings_in_a_row = 0
        self._enter(BreakerState.CLOSED)

    def ask(self, now: float) -> _Leave | float:
        """Return leave, or after how many seconds to ask again."""
        if self.state is BreakerState.OPEN and now >= self.until:
            self._enter(BreakerState.HALF_OPEN)
        if self.state is BreakerState.OPEN:
            return self.until - now
        if self.state is BreakerState.CLOSED:
            return _Leave(self.stretch, None)
        if self.trial_until is not None and now < self.trial_until:
            return self.trial_until - now
        self.trial += 1
        self.trial_until = now + LEASE_SECONDS
        return _Leave(self.stretch, self.trial)

    def settle(self, leave: _Leave, how: str, now: float) -> None:
        """Learn how it ended, unless another stretch has begun or another trial is out."""
        if leave.stretch != self.stretch:
            return
        if self.state is BreakerState.CLOSED and how != "ignored":
            self._count(now, failed=how == "failure")
        elif (
            self.state is BreakerState.HALF_OPEN
            and leave.trial == self.trial
            and self.trial_until is not None
        ):
            self.trial_until = None
            self.successes += how == "success"
            if how == "failure":
                self._open(now)
            elif self.successes == 2:
                self._openings_in_a_row = 0
                self._enter(BreakerState.CLOSED)

    def _count(self, now: float, *, failed: bool) -> None:
        self.ended.append((math.floor(now), failed))
        recent = [was_failed for second, was_failed in self.ended if second > math.floor(now) - 60]
        self.row = self.row + 1 if failed else 0
        if self.row >= 5 or (failed and len(recent) >= 8 and 2 * sum(recent) >= len(recent)):
            self._open(now)

    def _open(self, now: float) -> None:
        self._enter(BreakerState.OPEN)
        self.until = now + min(300.0, 15.0 * 2**self._openings_in_a_row)
        self._openings_in_a_row += 1

    def _enter(self, state: BreakerState) -> None:
        self.state, self.stretch = state, self.stretch + 1
        self.ended: list[tuple[int, bool]] = []
        self.row = self.trial = self.successes = 0
        self.trial_until: float | None = None


class BreakerLaws(RuleBasedStateMachine):
    """The breaker and the model, under any order of answers, cancellations, losses and late words."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker, self.model, self.now = closed_breaker(), _Model(), 1_000.0
        self.held: list[tuple[Permit, _Leave]] = []

    @initialize(is_down=st.booleans())
    def begin(self, *, is_down: bool) -> None:
        """Half of all stories begin with an outage."""
        if is_down:
            self.fail_at_once(5)

    @rule(seconds=st.sampled_from([0.0, 0.5, 1.0, 14.9, 15.0, LEASE_SECONDS, 61.0, LONGEST_OPEN_SECONDS]))
    def wait(self, seconds: float) -> None:
        """Time passes; nothing changes by itself."""
        self.now += seconds

    @precondition(lambda self: self.model.state is not BreakerState.CLOSED)
    @rule()
    def wait_for_the_next_trial(self) -> None:
        """The moment at which a crowd comes back."""
        self.now = max(self.now, self.model.until)
        self.ask(2)

    @rule(times=st.integers(1, 6))
    def ask(self, times: int) -> None:
        """The same answer as the model's, to each of a crowd."""
        for _ in range(times):
            answer, expected = self.breaker.permit(self.now), self.model.ask(self.now)
            if isinstance(answer, Refusal):
                assert answer.retry_after_seconds == pytest.approx(expected)
                assert answer.retry_after_seconds > 0
            else:
                assert isinstance(expected, _Leave)
                assert answer.is_trial is (expected.trial is not None)
                self.held.append((answer, expected))

    @precondition(lambda self: self.held)
    @rule(
        which=st.sampled_from([-1, -1, -1, -2, -3, 0, 1]),
        how=st.sampled_from(["success", "failure", "ignored"]),
        is_forgotten=st.booleans(),
    )
    def settle(self, which: int, how: str, *, is_forgotten: bool) -> None:
        """Any permit that was ever given, oldest or newest, may be settled, and then again."""
        place = which % len(self.held)
        permit, leave = self.held[place]
        if is_forgotten:
            del self.held[place]
        settle(self.breaker, how, permit, self.now)
        self.model.settle(leave, how, self.now)

    @rule(count=st.integers(1, 10))
    def fail_at_once(self, count: int) -> None:
        """An outage meets several calls in flight."""
        self.ask(count)
        for permit, leave in self.held[-count:]:
            settle(self.breaker, "failure", permit, self.now)
            self.model.settle(leave, "failure", self.now)

    @invariant()
    def is_in_the_state_of_the_model(self) -> None:
        """Neither opens nor closes for any other reason."""
        assert self.breaker.state is self.model.state

    @invariant()
    def tells_a_story_without_gaps(self) -> None:
        """Each change begins where the last one ended, and time does not run backwards in it."""
        told = self.breaker._transitions
        assert all(before.after is after.before for before, after in pairwise(told))
        assert all(before.at_seconds <= after.at_seconds for before, after in pairwise(told))
        assert self.breaker._epoch == len(told)

    def teardown(self) -> None:
        """Never stuck: once the server is well, two calls close it, whatever was left unsettled."""
        end = self.now + LONGEST_OPEN_SECONDS * 1.2 + LEASE_SECONDS
        succeed(self.breaker, at=end, times=2)
        assert self.breaker.state is BreakerState.CLOSED


TestBreakerLaws = BreakerLaws.TestCase
TestBreakerLaws.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
