"""A call goes when the user's quota and the project's both have room, and counts in both."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.errors import QuotaScope
from engine.policy.pacing import CallKind, Pacing, Reservation
from engine.settings import EngineSettings

SPAN_SECONDS = 61.0
WRITE, READ = CallKind.WRITE, CallKind.READ


def _pacing(*, user: int = 10, project: int = 600) -> Pacing:
    return Pacing(
        EngineSettings(writes_per_minute=user, project_writes_per_minute=project, quota_use_share=1.0)
    )


def _send(pacing: Pacing, *, times: int, at: float) -> list[Reservation]:
    reservations = [pacing.reserve(at, WRITE) for _ in range(times)]
    for reservation in reservations:
        pacing.sent(reservation, at)
    return reservations


class TestKinds:
    def test_reads_and_writes_are_counted_apart(self) -> None:
        """A full write quota must not keep the engine from looking."""
        pacing = Pacing(EngineSettings(writes_per_minute=2, quota_use_share=0.5))

        pacing.sent(pacing.reserve(0.0, WRITE), 0.0)

        assert pacing.ready_at(0.0, WRITE) == SPAN_SECONDS
        assert pacing.ready_at(0.0, READ) == 0.0
        assert pacing.eta_seconds(2, 0.0, WRITE) == 2 * SPAN_SECONDS

    def test_a_refund_and_a_refusal_reach_the_logs_of_their_kind(self) -> None:
        """Mixed up, a failing read would slow down writes."""
        pacing = _pacing(user=1)
        pacing.refund(pacing.reserve(0.0, WRITE))
        [reservation] = _send(pacing, times=1, at=0.0)

        pacing.throttled(reservation, 0.0, retry_after_seconds=99.0)

        assert pacing.ready_at(0.0, WRITE) == 99.0
        assert pacing.ready_at(0.0, READ) == 0.0
        assert pacing.allowed_count(0.0, WRITE) == 1
        assert pacing.allowed_count(0.0, READ) == 600


class TestScopes:
    @pytest.mark.parametrize(("user", "project"), [(3, 5), (5, 3)])
    def test_the_fuller_of_the_two_quotas_decides(self, user: int, project: int) -> None:
        """Google refuses a call that exceeds either."""
        pacing = _pacing(user=user, project=project)

        _send(pacing, times=3, at=0.0)

        assert pacing.ready_at(1.0, WRITE) == SPAN_SECONDS
        assert pacing.allowed_count(1.0, WRITE) == 3
        assert pacing.eta_seconds(1, 1.0, WRITE) == SPAN_SECONDS - 1.0

    def test_a_call_that_waits_for_one_quota_takes_no_place_in_the_other(self) -> None:
        """All or none: a place held while waiting is a place that nobody uses."""
        pacing = _pacing(user=5, project=1)
        _send(pacing, times=1, at=0.0)

        answer = pacing.take(1.0, WRITE)
        with pytest.raises(ValueError, match="no place"):
            pacing.reserve(1.0, WRITE)

        assert answer == SPAN_SECONDS
        assert [log._used_count() for log in pacing._logs[WRITE].values()] == [1, 1]

    def test_a_place_that_is_free_is_taken_at_once(self) -> None:
        """Asking first and taking then would be two looks, between which another process may be faster."""
        pacing = _pacing(user=1)

        assert isinstance(pacing.take(0.0, WRITE), Reservation)
        assert pacing.take(0.0, WRITE) == math.inf

    def test_a_refusal_teaches_about_the_quota_it_names(self) -> None:
        """A full project says nothing of who else uses this account."""
        pacing = _pacing(user=60, project=600)
        reservations = _send(pacing, times=20, at=0.0)

        pacing.throttled(reservations[-1], 0.0, scope=QuotaScope.PROJECT)

        allowed = {scope: log.allowed_count(0.0) for scope, log in pacing._logs[WRITE].items()}
        assert allowed == {QuotaScope.USER: 60, QuotaScope.PROJECT: 14}

    def test_a_refusal_that_names_none_teaches_about_both(self) -> None:
        """Whichever it was, fewer calls are the answer."""
        pacing = _pacing(user=60, project=600)
        reservations = _send(pacing, times=20, at=0.0)

        pacing.throttled(reservations[-1], 0.0)

        assert [log.allowed_count(0.0) for log in pacing._logs[WRITE].values()] == [14, 14]

    def test_one_user_wins_the_projects_quota_back_in_steps_of_a_users(self) -> None:
        """A twentieth of the project's quota is half of a user's: the next refusal would be certain."""
        pacing = _pacing(user=60, project=600)
        reservations = _send(pacing, times=20, at=0.0)

        pacing.throttled(reservations[-1], 0.0, scope=QuotaScope.PROJECT)

        assert pacing.allowed_count(SPAN_SECONDS, WRITE) == 17


class PacingLaws(RuleBasedStateMachine):
    """Whatever is taken, sent late or given back: the law of the window, in both scopes."""

    @initialize(user=st.integers(1, 5), project=st.integers(1, 5))
    def begin(self, user: int, project: int) -> None:
        """Quotas of a few calls, so that one of them is full all the time."""
        self.pacing, self.most, self.now = _pacing(user=user, project=project), min(user, project), 1_000.0
        self.unsent: list[Reservation] = []
        self.sent_at: list[float] = []

    @rule(seconds=st.sampled_from([0.0, 0.25, 7.5, 30.0, SPAN_SECONDS]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    @rule()
    def take(self) -> None:
        """A place is given exactly when it is said to be there."""
        ready_at = self.pacing.ready_at(self.now, WRITE)
        answer = self.pacing.take(self.now, WRITE)
        if isinstance(answer, Reservation):
            assert ready_at == self.now
            self.unsent.append(answer)
        else:
            assert answer == ready_at > self.now

    @precondition(lambda self: self.unsent)
    @rule(gives_back=st.booleans())
    def settle(self, *, gives_back: bool) -> None:
        """The call that has waited longest leaves, or never will."""
        if gives_back:
            self.pacing.refund(self.unsent.pop(0))
        else:
            self.pacing.sent(self.unsent.pop(0), self.now)
            self.sent_at.append(self.now)

    @invariant()
    def no_window_holds_more_than_either_quota(self) -> None:
        """The smaller one is what counts."""
        counts = [sum(start <= at < start + SPAN_SECONDS for at in self.sent_at) for start in self.sent_at]
        assert max(counts, default=0) <= self.most

    @invariant()
    def both_scopes_count_the_same_calls(self) -> None:
        """What is in one and not in the other was lost."""
        logs = self.pacing._logs[WRITE].values()
        for log in logs:
            log._forget_old(self.now)
        assert len({(tuple(log._sent_at), frozenset(log._unsent)) for log in logs}) == 1


TestPacingLaws = PacingLaws.TestCase
TestPacingLaws.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 6), st.integers(0, 20))
def test_the_estimate_holds_in_both_scopes(user: int, project: int, sent: int, count: int) -> None:
    """A caller who is promised a time plans with it."""
    pacing = _pacing(user=user, project=project)
    _send(pacing, times=min(sent, user, project), at=0.0)

    eta, now = pacing.eta_seconds(count, 1.0, WRITE), 1.0
    for _ in range(count):
        now = pacing.ready_at(now, WRITE)
        _send(pacing, times=1, at=now)

    assert 1.0 + eta == pytest.approx(now)
