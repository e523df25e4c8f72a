import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.api.steady_calls import SteadyCalls


def test_the_first_look_sees_the_calls_of_the_past() -> None:
    """Others did not begin to call when the scenario did."""
    assert list(SteadyCalls(6, memory_seconds=60).due(1000.0)) == [950, 960, 970, 980, 990, 1000]


def test_each_call_is_seen_once() -> None:
    """Counted twice, others would take twice their share."""
    calls = SteadyCalls(6, memory_seconds=60)
    list(calls.due(1000.0))

    assert list(calls.due(1000.0)) == []
    assert list(calls.due(1025.0)) == [1010, 1020]


def test_who_looks_after_a_day_does_not_count_a_day() -> None:
    """What left every window long ago is not worth counting."""
    calls = SteadyCalls(600, memory_seconds=60)
    list(calls.due(0.0))

    assert len(list(calls.due(86_400.0))) == 600


def test_nobody_makes_no_calls() -> None:
    """Most scenarios have no other tenants."""
    assert list(SteadyCalls(0, memory_seconds=60).due(1000.0)) == []


@given(gaps=st.lists(st.floats(0, 20), max_size=30), per_minute=st.integers(1, 600))
def test_there_are_as_many_as_the_rate_says_however_often_somebody_looks(
    gaps: list[float], per_minute: int
) -> None:
    """The rate is theirs, not the looker's."""
    calls, now, count = SteadyCalls(per_minute, memory_seconds=20), 0.0, 0
    list(calls.due(now))

    for gap in gaps:
        now += gap
        count += len(list(calls.due(now)))

    assert count == pytest.approx(now * per_minute / 60, abs=1)
