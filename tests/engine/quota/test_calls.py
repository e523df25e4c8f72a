"""The rows of a quota file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.policy.pacing import CallKind
from engine.policy.sliding_log import Cut, Learned
from engine.quota.file import QuotaFile
from tests.support.shared_quotas import ADA, BOB, StillClock

READ, WRITE = CallKind.READ, CallKind.WRITE
CUT = Cut(14, 900.0, 21, 3)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[QuotaFile]:
    """Return an empty file, open."""
    with QuotaFile(tmp_path / "quota") as file:
        yield file


def test_a_call_counts_for_its_user_and_its_project(file: QuotaFile) -> None:
    """And for nobody else's, nor for the other kind."""
    with file.locked(StillClock()) as calls:
        calls.reserve(WRITE, ADA, 7.0)
        calls.reserve(WRITE, BOB, 8.0)
        calls.reserve(READ, ADA, 9.0)

        assert calls.taken_at("user", ADA.user, WRITE) == [7.0]
        assert sorted(calls.taken_at("project", ADA.project, WRITE)) == [7.0, 8.0]
        assert calls.taken_at("user", "somebody else", WRITE) == []


def test_a_call_counts_from_when_it_was_really_sent(file: QuotaFile) -> None:
    """Until then it counts as sent at the latest time at which it can be."""
    with file.locked(StillClock(1.0)) as calls:
        number = calls.reserve(WRITE, ADA, 31.0)
        was_unsent = calls.has_unsent(BOB, WRITE)
        calls.sent(number, WRITE, ADA, 2.0)

        assert was_unsent
        assert not calls.has_unsent(BOB, WRITE)
        assert calls.taken_at("user", ADA.user, WRITE) == [2.0]


def test_a_call_that_was_sent_twice_or_late_is_another_call(file: QuotaFile) -> None:
    """The server counts both; and one whose place was forgotten counts all the same."""
    with file.locked(StillClock()) as calls:
        number = calls.reserve(WRITE, ADA, 31.0)
        calls.sent(number, WRITE, ADA, 2.0)
        calls.sent(number, WRITE, ADA, 3.0)
        late = calls.reserve(WRITE, ADA, 4.0)
        calls.forget_until(4.0)
        calls.sent(late, WRITE, ADA, 9.0)

        assert calls.taken_at("user", ADA.user, WRITE) == [9.0]


def test_only_a_call_that_was_not_sent_can_be_given_back(file: QuotaFile) -> None:
    """The server does not take back what it counted."""
    with file.locked(StillClock()) as calls:
        sent, unsent = calls.reserve(WRITE, ADA, 31.0), calls.reserve(WRITE, ADA, 31.0)
        calls.sent(sent, WRITE, ADA, 2.0)
        calls.refund(sent)
        calls.refund(unsent)

        assert calls.taken_at("user", ADA.user, WRITE) == [2.0]


def test_a_number_is_never_given_twice(file: QuotaFile) -> None:
    """A note that comes late would be about somebody else's call."""
    with file.locked(StillClock()) as calls:
        first = calls.reserve(WRITE, ADA, 31.0)
        calls.refund(first)

        assert calls.reserve(WRITE, ADA, 31.0) > first


def test_a_place_whose_time_to_leave_is_over_is_waited_for_no_more(file: QuotaFile) -> None:
    """Its process is dead, and gives nothing back."""
    clock = StillClock(30.0)
    with file.locked(clock) as calls:
        calls.reserve(WRITE, ADA, 31.0)
    clock.put(31.0)

    with file.locked(clock) as calls:
        assert not calls.has_unsent(ADA, WRITE)


@pytest.mark.parametrize("learned", [Learned(), Learned(CUT, 950.0), Learned(None, 950.0), Learned(CUT)])
def test_what_was_learned_is_kept_by_owner_and_kind(file: QuotaFile, learned: Learned) -> None:
    """The next process knows it, and readers are not slowed down by writers."""
    with file.locked(StillClock()) as calls:
        calls.learn(ADA.user, WRITE, Learned(CUT, 1.0))
        calls.learn(ADA.user, WRITE, learned)

        assert calls.learned(ADA.user, WRITE) == learned
        assert calls.learned(ADA.user, READ) == calls.learned(ADA.project, WRITE) == Learned()


def test_a_clock_that_began_anew_moves_all_times_as_if_no_time_had_passed(file: QuotaFile) -> None:
    """A machine that was started again must neither forget its last minute nor wait for its old clock."""
    clock = StillClock(100_000.0)
    with file.locked(clock) as calls:
        calls.sent(calls.reserve(WRITE, ADA, 1.0), WRITE, ADA, clock.now() - 50.0)
        calls.learn(ADA.user, WRITE, Learned(Cut(14, clock.now() - 10.0, 21, 3), clock.now() + 5.0))
    clock.put(20.0)

    with file.locked(clock) as calls:
        assert calls.taken_at("user", ADA.user, WRITE) == [-30.0]
        assert calls.learned(ADA.user, WRITE) == Learned(Cut(14, 10.0, 21, 3), 25.0)
    clock.put(21.0)
    with file.locked(clock) as calls:
        assert calls.taken_at("user", ADA.user, WRITE) == [-30.0]
