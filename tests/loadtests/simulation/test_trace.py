from loadtests.simulation.trace import Trace, first_difference


def _trace(*notes: tuple[float, str]) -> Trace:
    trace = Trace(keeps_lines=True)
    for now, what in notes:
        trace.note(now, what)
    return trace


def test_the_same_events_have_one_digest() -> None:
    """It is what two runs are compared by."""
    assert _trace((1.0, "a"), (2.0, "b")).digest() == _trace((1.0, "a"), (2.0, "b")).digest()


def test_order_time_and_content_all_count() -> None:
    """Whatever it left out could differ unseen."""
    traces = (
        _trace((1.0, "a"), (1.0, "b")),
        _trace((1.0, "b"), (1.0, "a")),
        _trace((1.0, "a"), (1.000000001, "b")),
        _trace((1.0, "a"), (1.0, "c")),
        _trace((1.0, "a")),
    )

    assert len({trace.digest() for trace in traces}) == len(traces)


def test_takes_any_text() -> None:
    """What a client sent may be no proper text."""
    trace = _trace((1.0, "\udc80 \ud800 \N{SNOWMAN}"))

    assert (trace.count, len(trace.digest())) == (1, 32)


def test_keeps_lines_only_where_they_are_wanted() -> None:
    """A long run would keep hundreds of thousands."""
    trace = Trace()
    trace.note(1.0, "a")

    assert (trace.lines, _trace((1.0, "a")).lines) == (None, ["1.000000000 a\n"])


def test_says_where_two_runs_part() -> None:
    """A digest says that they differ; a person wants to know where."""
    told = first_difference(["1 a\n", "2 b\n"], ["1 a\n", "2 c\n"])

    assert told == "event 2:\n  first run:  2 b\n  second run: 2 c"


def test_says_which_run_went_on_longer() -> None:
    """One run may end where the other goes on."""
    assert first_difference(["1 a\n"], ["1 a\n", "2 b\n"]) == "event 2: only the second run has 2 b"
    assert first_difference(["1 a\n", "2 b\n"], ["1 a\n"]) == "event 2: only the first run has 2 b"


def test_says_nothing_of_runs_that_are_the_same() -> None:
    """There is nothing to say."""
    assert first_difference(["1 a\n"], ["1 a\n"]) is None
