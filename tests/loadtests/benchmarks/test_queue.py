from engine.clock import MonotonicClock
from loadtests.benchmarks.queue import Figure, measure


def test_measures_time_bytes_and_locks_and_says_what_is_wanted() -> None:
    """Whoever runs it reads whether a queue of a hundred thousand is as cheap as one of ten."""
    figures = list(measure(MonotonicClock(), sizes=(10, 1_000), presentations=1_000, operations=1_000))

    times, edits, call, locks = figures[-4:]
    assert [figure.name for figure in figures[:2]] == [
        f"microseconds each, {n} queued" for n in ("10", "1,000")
    ]
    assert all(figure.value > 0 for figure in figures[:5])
    assert edits.is_met
    assert edits.value < call.value
    assert call.most == edits.most == 2_048  # of a thousand calls, all are under way and none waits
    assert (times.most, locks.value) == (3.0, 0)


def test_a_figure_above_what_is_wanted_is_not_met() -> None:
    """The exit code is made of these."""
    assert not Figure("bytes", 3_000.0, 2_048.0).is_met
    assert Figure("bytes", 3_000.0).is_met
    assert str(Figure("bytes", 3_000.0, 2_048.0)) == "bytes: 3,000.0 (at most 2,048 wanted)"
