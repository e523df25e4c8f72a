"""A breaker that opens in time, lets one trial through, and never gets stuck."""

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine import errors
from engine.policy.circuit_breaker import (
    LONGEST_OPEN_SECONDS,
    BatchOperationCircuitBreaker,
    BreakerState,
    Permit,
    Refusal,
)
from engine.policy.verdicts import judge
from engine.settings import EngineSettings

SETTINGS = EngineSettings(circuit_breaker_threshold=5, circuit_breaker_timeout=15, http_connection_timeout=30)
LEASE_SECONDS = 31.0


class _Middle(Random):
    """Draws the middle of every range, so that open periods have their nominal length."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def _breaker() -> BatchOperationCircuitBreaker:
    return BatchOperationCircuitBreaker(SETTINGS, _Middle())


def _leave(breaker: BatchOperationCircuitBreaker, now: float) -> Permit:
    permit = breaker.permit(now)
    assert isinstance(permit, Permit), f"refused at {now}"
    return permit


def _fail(breaker: BatchOperationCircuitBreaker, *, at: float, times: int = 1) -> None:
    for _ in range(times):
        breaker.on_failure(_leave(breaker, at), at)


def _succeed(breaker: BatchOperationCircuitBreaker, *, at: float, times: int = 1) -> None:
    for _ in range(times):
        breaker.on_success(_leave(breaker, at), at)


def _open_breaker(*, at: float = 100.0) -> BatchOperationCircuitBreaker:
    breaker = _breaker()
    _fail(breaker, at=at, times=5)
    return breaker


class TestClosed:
    def test_opens_after_failures_in_a_row(self) -> None:
        """At one call per second no share over hundreds of calls would ever be reached."""
        breaker = _breaker()

        _fail(breaker, at=0.0, times=4)
        before = breaker.state
        _fail(breaker, at=1.0)

        assert (before, breaker.state) == (BreakerState.CLOSED, BreakerState.OPEN)

    def test_a_success_ends_the_row(self) -> None:
        """A counter that never forgets successes opens on a sunny day."""
        breaker = _breaker()

        for second in range(0, 70_000, 70):
            _fail(breaker, at=float(second), times=4)
            _succeed(breaker, at=float(second), times=5)

        assert breaker.state is BreakerState.CLOSED

    def test_opens_within_twenty_seconds_when_half_of_one_call_per_second_fails(self) -> None:
        """Alternating failures never make a row, and are an outage all the same."""
        breaker = _breaker()

        seconds = 0
        while breaker.state is BreakerState.CLOSED:
            seconds += 1
            settle = breaker.on_failure if seconds % 2 else breaker.on_success
            settle(_leave(breaker, float(seconds)), float(seconds))

        assert seconds < 20

    def test_stays_closed_on_few_calls_however_bad_their_share(self) -> None:
        """Two failures of three calls say nothing yet."""
        breaker = _breaker()

        _fail(breaker, at=0.0, times=3)
        _succeed(breaker, at=0.0)
        _fail(breaker, at=0.0, times=3)

        assert breaker.state is BreakerState.CLOSED

    def test_old_failures_do_not_count(self) -> None:
        """Last hour's trouble is not this minute's."""
        breaker = _breaker()
        for second in (0.0, 1.0, 2.0):
            _fail(breaker, at=second)
            _succeed(breaker, at=second)

        _succeed(breaker, at=100.0)
        _fail(breaker, at=100.0, times=4)

        assert breaker.state is BreakerState.CLOSED

    def test_ten_thousand_ignored_outcomes_never_open_it(self) -> None:
        """Cancellations and 429s are not ill health."""
        breaker = _breaker()

        for second in range(10_000):
            breaker.on_ignored(_leave(breaker, float(second)))

        assert breaker.state is BreakerState.CLOSED

    def test_the_threshold_is_the_operators(self) -> None:
        """`SCALAPAY_CIRCUIT_BREAKER_THRESHOLD` must do what it says."""
        breaker = BatchOperationCircuitBreaker(EngineSettings(circuit_breaker_threshold=2), Random(1))

        _fail(breaker, at=0.0, times=2)

        assert breaker.state is BreakerState.OPEN


class TestOpen:
    def test_refuses_and_says_when_to_ask_again(self) -> None:
        """Whoever is parked must know how long."""
        breaker = _open_breaker(at=100.0)

        answer = breaker.permit(105.0)

        assert isinstance(answer, Refusal)
        assert answer.retry_after_seconds == pytest.approx(10.0)

    def test_periods_double_while_trials_fail_up_to_a_cap(self) -> None:
        """A server that is down for an hour need not be asked every 15 seconds."""
        breaker, now, periods = _open_breaker(at=0.0), 0.0, []

        for _ in range(8):
            refusal = breaker.permit(now)
            assert isinstance(refusal, Refusal)
            periods.append(refusal.retry_after_seconds)
            now += refusal.retry_after_seconds + 1e-6
            _fail(breaker, at=now)

        assert periods == pytest.approx([15, 30, 60, 120, 240, 300, 300, 300], abs=1e-3)

    def test_periods_are_short_again_after_a_recovery(self) -> None:
        """Yesterday's outage must not make today's hiccup long."""
        breaker = _open_breaker(at=0.0)
        _fail(breaker, at=16.0)
        _succeed(breaker, at=50.0, times=2)

        _fail(breaker, at=60.0, times=5)

        refusal = breaker.permit(60.0)
        assert isinstance(refusal, Refusal)
        assert refusal.retry_after_seconds == pytest.approx(15.0)

    def test_clients_do_not_all_come_back_at_the_same_moment(self) -> None:
        """A recovering server would be knocked down by the crowd."""
        ends = set()
        for seed in range(50):
            breaker = BatchOperationCircuitBreaker(SETTINGS, Random(seed))
            _fail(breaker, at=0.0, times=5)
            refusal = breaker.permit(0.0)
            assert isinstance(refusal, Refusal)
            ends.add(refusal.retry_after_seconds)

        assert len(ends) == 50
        assert min(ends) >= 12.0
        assert max(ends) <= 18.0

    def test_an_answer_from_before_it_opened_does_not_close_it(self) -> None:
        """Such an answer tells of a server that was."""
        breaker = _breaker()
        early = [_leave(breaker, 0.0) for _ in range(3)]
        _fail(breaker, at=1.0, times=5)

        for permit in early:
            breaker.on_success(permit, 2.0)

        assert breaker.state is BreakerState.OPEN

    def test_a_failure_from_before_it_opened_does_not_lengthen_it(self) -> None:
        """One outage with ten calls in flight is one outage."""
        breaker = _breaker()
        early = [_leave(breaker, 0.0) for _ in range(10)]

        for permit in early:
            breaker.on_failure(permit, 1.0)

        refusal = breaker.permit(1.0)
        assert isinstance(refusal, Refusal)
        assert refusal.retry_after_seconds == pytest.approx(15.0)

    def test_failures_from_before_the_outage_do_not_count_after_it(self) -> None:
        """Slow answers of the outage would open it again as soon as it has closed."""
        breaker = _breaker()
        early = [_leave(breaker, 0.0) for _ in range(10)]
        _fail(breaker, at=1.0, times=5)
        _succeed(breaker, at=20.0, times=2)

        for permit in early:
            breaker.on_failure(permit, 21.0)

        assert breaker.state is BreakerState.CLOSED


class TestHalfOpen:
    def test_lets_exactly_one_trial_through_when_the_time_is_up(self) -> None:
        """A crowd waiting behind an outage must not all rush in at once."""
        breaker = _open_breaker(at=100.0)

        answers = [breaker.permit(116.0) for _ in range(200)]

        assert sum(isinstance(answer, Permit) and answer.is_trial for answer in answers) == 1
        assert sum(isinstance(answer, Refusal) for answer in answers) == 199

    def test_closes_after_two_trials_that_succeed(self) -> None:
        """One good answer of a flapping server is luck."""
        breaker = _open_breaker(at=100.0)

        _succeed(breaker, at=116.0)
        between = breaker.state
        _succeed(breaker, at=117.0)

        assert (between, breaker.state) == (BreakerState.HALF_OPEN, BreakerState.CLOSED)

    def test_opens_again_when_a_trial_fails(self) -> None:
        """The server said so itself."""
        breaker = _open_breaker(at=100.0)
        _succeed(breaker, at=116.0)

        _fail(breaker, at=117.0)

        assert breaker.state is BreakerState.OPEN

    def test_an_ignored_trial_gives_its_place_to_the_next(self) -> None:
        """A cancelled trial that kept its place would shut the shop for ever."""
        breaker = _open_breaker(at=100.0)

        breaker.on_ignored(_leave(breaker, 116.0))

        assert breaker.state is BreakerState.HALF_OPEN
        assert isinstance(breaker.permit(116.0), Permit)

    def test_a_trial_that_is_never_settled_loses_its_place(self) -> None:
        """Programs have bugs; a breaker that trusts them gets stuck."""
        breaker = _open_breaker(at=100.0)
        _leave(breaker, 116.0)

        refusal = breaker.permit(117.0)
        later = breaker.permit(116.0 + LEASE_SECONDS)

        assert isinstance(refusal, Refusal)
        assert refusal.retry_after_seconds == pytest.approx(LEASE_SECONDS - 1.0)
        assert isinstance(later, Permit)

    @pytest.mark.parametrize("settle", ["on_success", "on_failure"])
    def test_a_trial_whose_place_was_taken_changes_nothing(self, settle: str) -> None:
        """Its answer is older than the trial that is out."""
        breaker = _open_breaker(at=100.0)
        lost = _leave(breaker, 116.0)
        _leave(breaker, 116.0 + LEASE_SECONDS)

        getattr(breaker, settle)(lost, 150.0)

        assert breaker.state is BreakerState.HALF_OPEN
        assert isinstance(breaker.permit(150.0), Refusal)

    def test_a_trial_of_an_earlier_outage_is_not_taken_for_the_one_that_is_out(self) -> None:
        """Both were the first of their kind, and only one of them knows the server as it is."""
        breaker = _open_breaker(at=100.0)
        lost = _leave(breaker, 116.0)
        _fail(breaker, at=116.0 + LEASE_SECONDS)
        _leave(breaker, 200.0)

        breaker.on_failure(lost, 201.0)

        assert breaker.state is BreakerState.HALF_OPEN

    def test_a_trial_settled_twice_counts_once(self) -> None:
        """Two words of one trial are not two trials."""
        breaker = _open_breaker(at=100.0)
        trial = _leave(breaker, 116.0)

        breaker.on_success(trial, 116.0)
        breaker.on_success(trial, 116.0)

        assert breaker.state is BreakerState.HALF_OPEN


def test_tells_every_change_once_in_order() -> None:
    """Whoever watches the breaker sees the outage as it went."""
    breaker = _open_breaker(at=100.0)
    _succeed(breaker, at=116.0, times=2)

    told = breaker.take_transitions()

    assert [(t.before, t.after, t.at_seconds) for t in told] == [
        ("closed", "open", 100.0),
        ("open", "half-open", 116.0),
        ("half-open", "closed", 116.0),
    ]
    assert breaker.take_transitions() == ()


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
            _settle(breaker, {True: "success", False: "failure", None: "ignored"}[outcome], answer, now)
    if breaker.state is not BreakerState.CLOSED:
        return

    failing_since = now
    while breaker.state is BreakerState.CLOSED:
        now += seconds_per_call
        _fail(breaker, at=now)

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
        _settle(breaker, how, _leave(breaker, now), now)

    assert breaker.state is BreakerState.CLOSED


def _settle(breaker: BatchOperationCircuitBreaker, how: str, permit: Permit, now: float) -> None:
    if how == "success":
        breaker.on_success(permit, now)
    elif how == "failure":
        breaker.on_failure(permit, now)
    elif how == "ignored":
        breaker.on_ignored(permit)


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
        self.breaker, self.model, self.now = _breaker(), _Model(), 1_000.0
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
        _settle(self.breaker, how, permit, self.now)
        self.model.settle(leave, how, self.now)

    @rule(count=st.integers(1, 10))
    def fail_at_once(self, count: int) -> None:
        """An outage meets several calls in flight."""
        self.ask(count)
        for permit, leave in self.held[-count:]:
            _settle(self.breaker, "failure", permit, self.now)
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
        _succeed(self.breaker, at=end, times=2)
        assert self.breaker.state is BreakerState.CLOSED


TestBreakerLaws = BreakerLaws.TestCase
TestBreakerLaws.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
