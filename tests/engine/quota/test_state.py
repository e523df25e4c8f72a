"""The calls of all, as a text that a server keeps."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.errors import QuotaScope
from engine.policy.pacing import CallKind
from engine.policy.sliding_log import Cut, Learned
from engine.quota.state import Held, QuotaState
from tests.support.shared_quotas import ADA, BOB

WRITE, SPAN_SECONDS = CallKind.WRITE, 61.0
EMPTY = Held(None, 1_000.0, "run", 1e6)
CUT = Cut(14, 900.0, 21, 3)


def _opened(held: Held = EMPTY, known_generation: str | None = None) -> QuotaState:
    return QuotaState(held, ADA.project, "new", known_generation)


def _again(state: QuotaState, **changes: object) -> QuotaState:
    """Return a state as the next one reads it."""
    held = replace(EMPTY, text=state.text("door", 1), now=state.now)
    return _opened(replace(held, **changes))


def _blocked_for_seconds(state: QuotaState) -> float:
    return max(0.0, state.learned(ADA.project, WRITE).blocked_until - state.now)


class TestCalls:
    def test_a_call_counts_for_its_user_and_its_project(self) -> None:
        """And for nobody else."""
        state = _opened()
        state.reserve(WRITE, ADA, 1_007.0)
        state.sent(state.reserve(WRITE, BOB, 1_030.0), WRITE, BOB, 1_008.0)

        again = _again(state)

        assert again.taken_at(QuotaScope.USER, ADA.user, WRITE) == [1_007.0]
        assert sorted(again.taken_at(QuotaScope.PROJECT, ADA.project, WRITE)) == [1_007.0, 1_008.0]
        assert again.has_unsent(BOB, WRITE)

    def test_a_call_that_was_sent_twice_or_late_is_another_call(self) -> None:
        """The server counts both; and one whose place was forgotten counts all the same."""
        state = _opened()
        number = state.reserve(WRITE, ADA, 1_031.0)
        state.sent(number, WRITE, ADA, 1_002.0)
        state.sent(number, WRITE, ADA, 1_003.0)
        late = state.reserve(WRITE, ADA, 1_004.0)
        state.forget_until(1_004.0)
        state.sent(late, WRITE, ADA, 1_009.0)

        assert state.taken_at(QuotaScope.USER, ADA.user, WRITE) == [1_009.0]
        assert not state.has_unsent(ADA, WRITE)

    def test_only_a_call_that_was_not_sent_can_be_given_back_and_numbers_are_never_given_twice(self) -> None:
        """The server does not take back what it counted."""
        state = _opened()
        sent, unsent = state.reserve(WRITE, ADA, 1_031.0), state.reserve(WRITE, ADA, 1_031.0)
        state.sent(sent, WRITE, ADA, 1_002.0)
        state.refund(sent)
        state.refund(unsent)

        assert state.taken_at(QuotaScope.USER, ADA.user, WRITE) == [1_002.0]
        assert state.reserve(WRITE, ADA, 1_031.0) > unsent

    @given(st.floats(1e9, 2e9))
    def test_rounding_never_lets_a_call_count_for_less(self, at: float) -> None:
        """A millisecond too early is one call too many."""
        state = _opened(replace(EMPTY, now=at))
        state.sent(1, WRITE, ADA, at)

        [counts_at] = _again(state).taken_at(QuotaScope.USER, ADA.user, WRITE)

        assert at <= counts_at <= at + 0.0011

    @pytest.mark.parametrize("learned", [Learned(), Learned(CUT, 950.0), Learned(None, 950.0), Learned(CUT)])
    def test_what_was_learned_is_kept_by_owner(self, learned: Learned) -> None:
        """The next process knows it."""
        state = _opened()
        state.learn(ADA.user, WRITE, learned)

        assert _again(state).learned(ADA.user, WRITE) == learned
        assert _again(state).learned(ADA.project, WRITE) == Learned()

    def test_it_says_which_change_of_a_process_is_in_it(self) -> None:
        """An answer may get lost, and then nobody else knows."""
        state = _again(_opened())

        assert (state.commit_number("door"), state.commit_number("another")) == (1, 0)
        state.forget_until(state.now)
        assert state.commit_number("door") == 0

    def test_looking_and_forgetting_changes_nothing(self) -> None:
        """Who waits would write each time it looks, and everybody else would have to read."""
        state = _again(_opened())
        state.forget_until(state.now)
        state.refund(7)

        assert not state.is_changed


class TestClock:
    def test_a_clock_that_was_set_back_moves_all_times_as_if_no_time_had_passed(self) -> None:
        """Neither is the last minute forgotten nor waited for until the old time comes again."""
        state = _opened()
        state.sent(1, WRITE, ADA, 950.0)
        state.reserve(WRITE, BOB, 1_030.0)
        state.learn(ADA.user, WRITE, Learned(CUT, 1_005.0))

        again = _again(state, now=400.0)

        assert again.taken_at(QuotaScope.USER, ADA.user, WRITE) == [350.0]
        assert again.taken_at(QuotaScope.USER, BOB.user, WRITE) == [430.0]
        assert again.learned(ADA.user, WRITE) == Learned(replace(CUT, at=300.0), 405.0)
        assert again.is_changed
        again.forget_until(again.now)
        assert again.commit_number("door") == 0

    def test_it_was_set_back_if_it_was_later_at_the_last_change(self) -> None:
        """And not only if it was later when the log began."""
        later = _again(_opened(), now=1_400.0)
        later.sent(1, WRITE, ADA, 1_390.0)

        again = _again(later, now=1_200.0)

        assert again.taken_at(QuotaScope.USER, ADA.user, WRITE) == [1_190.0]


class TestLoss:
    def test_nothing_in_a_server_that_has_been_up_for_a_window_is_nothing_lost(self) -> None:
        """The first one ever need not wait."""
        assert _blocked_for_seconds(_opened()) == 0.0

    def test_a_server_that_was_just_started_may_have_known_calls(self) -> None:
        """It is waited until they count no more."""
        assert _blocked_for_seconds(_opened(replace(EMPTY, uptime_seconds=20.0))) == 41.0

    def test_another_start_or_replica_with_a_text_may_have_an_old_one(self) -> None:
        """It was saved some time before the end, and what was sent since is not in it."""
        again = _again(_opened(), run_id="another")

        assert _blocked_for_seconds(again) == SPAN_SECONDS
        assert _blocked_for_seconds(_again(again, run_id="another")) == SPAN_SECONDS
        assert _blocked_for_seconds(_again(again, run_id="another", now=again.now + SPAN_SECONDS)) == 0.0

    @pytest.mark.parametrize("is_there_another", [True, False])
    def test_a_log_that_was_there_a_moment_ago_and_is_gone_is_missed(self, *, is_there_another: bool) -> None:
        """Somebody has flushed the server, and it has been up all the time."""
        text = _opened().text("door", 1) if is_there_another else None

        state = _opened(replace(EMPTY, text=text), known_generation="old")

        assert _blocked_for_seconds(state) == SPAN_SECONDS

    def test_a_longer_wait_that_was_asked_for_stays(self) -> None:
        """The API said when."""
        state = _opened()
        state.learn(ADA.project, WRITE, Learned(CUT, state.now + 300.0))

        assert _again(state, run_id="another").learned(ADA.project, WRITE) == Learned(CUT, state.now + 300.0)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 2}', "\x00", _opened().text("d", 1)[:-1]])
def test_something_else_is_refused(text: str) -> None:
    """Somebody else uses the key, or another version of deckstorm does."""
    with pytest.raises(ValidationError):
        _opened(replace(EMPTY, text=text))


def test_it_can_be_foreseen_how_it_stands_later() -> None:
    """An estimate need not ask again."""
    state = _opened()
    state.reserve(WRITE, ADA, 1_031.0)
    held = replace(EMPTY, text=state.text("door", 1))

    later = QuotaState.foreseen(held, 1_040.0, ADA.project)

    assert (later.now, later.has_unsent(ADA, WRITE)) == (1_040.0, False)
