from engine.clock import MonotonicClock
from loadtests.benchmarks.queue import SETTINGS, Figure, measure


def test_measures_time_bytes_and_locks_and_says_what_is_wanted() -> None:
    """Whoever runs it reads whether a queue of a hundred thousand is as cheap as one of ten."""
    clock, sizes = MonotonicClock(), (10, 1_000)
    small = SETTINGS.model_copy(update={"max_calls_under_way": 10})
    figures = list(measure(clock, sizes, presentations=1_000, operations=1_000, settings=small))

    times, edits, call, locks = figures[-4:]
    assert [figure.name for figure in figures[:2]] == [
        f"microseconds each, {n} queued" for n in ("10", "1,000")
    ]
    assert all(figure.value > 0 for figure in figures[:5])
    assert edits.is_met
    assert edits.value < call.value
    assert call.is_met  # it took 8.4 kB when each call that waited had begun
    assert (times.most, locks.value) == (3.0, 0)


def test_a_figure_above_what_is_wanted_is_not_met() -> None:
    """The exit code is made of these."""
    assert not Figure("bytes", 3_000.0, 2_048.0).is_met
    assert Figure("bytes", 3_000.0).is_met
    assert str(Figure("bytes", 3_000.0, 2_048.0)) == "bytes: 3,000.0 (at most 2,048 wanted)"
