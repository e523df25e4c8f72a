"""What is made of the server's counts; that processes keep the quota is seen in tests/together."""

import pytest

from loadtests.benchmarks.shared_quota import Counted, Crowd

A_MINUTE_APART = [minute * 61.0 + place * 0.1 for minute in range(3) for place in range(60)]


def test_a_quota_that_is_kept_and_used_is_good() -> None:
    """Sixty in each window of sixty-one seconds is all there is."""
    counted = Counted(Crowd(spans=3), A_MINUTE_APART, 0)

    assert counted.most_in(60.0) == 60
    assert counted.least_in(61.0) == 60
    assert counted.use_share == pytest.approx(60 / 61)
    assert counted.is_good
    assert "at most 60 in any 60 s" in str(counted)


def test_one_write_too_many_is_seen() -> None:
    """It is one in any window, wherever that begins."""
    assert not Counted(Crowd(spans=3), sorted([*A_MINUTE_APART, 30.0]), 0).is_good


def test_a_quota_that_is_not_used_is_seen() -> None:
    """A gate that lets nobody through keeps every quota."""
    counted = Counted(Crowd(spans=3), [at for at in A_MINUTE_APART if not 61.5 <= at < 66.0], 0)

    assert counted.least_in(61.0) < 60
    assert not counted.is_good


def test_a_crowd_may_allow_itself_a_part() -> None:
    """Then that part is what it is measured by."""
    assert Crowd(use_share=0.9).allowed_count == 54
