"""Counting over the last minute."""

from hypothesis import given
from hypothesis import strategies as st

from engine.policy.call_window import WINDOW_SECONDS, CallWindow

CALLS = st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=60)


def test_a_window_without_calls_has_no_failures() -> None:
    """The first caller of the day must not meet a division by zero."""
    assert CallWindow().failure_share == 0.0


def test_old_failures_are_forgotten() -> None:
    """Three failures among thirty thousand calls are not an outage."""
    window = CallWindow()

    window.add(0.0, failed=True)
    window.add(30.0, failed=False)
    window.add(60.0, failed=False)

    assert (window.calls_count, window.failures_count) == (2, 0)


@given(CALLS)
def test_counts_what_a_list_of_all_calls_would_count(calls: list[tuple[float, bool]]) -> None:
    """Running totals are fast and easily wrong."""
    window, now, ended = CallWindow(), 0.0, list[tuple[int, bool]]()

    for pause, failed in calls:
        now += pause
        window.add(now, failed=failed)
        ended.append((int(now), failed))

    recent = [failed for second, failed in ended if second > int(now) - WINDOW_SECONDS]
    assert (window.calls_count, window.failures_count) == (len(recent), sum(recent))
    assert len(window._seconds) <= WINDOW_SECONDS
