import io

from rich.console import Console

from loadtests.report import hunting
from loadtests.report.hunting import HuntProgress, hunt_lines
from loadtests.simulation.replaced import replaced
from loadtests.swarm.tally import Tally
from loadtests.swarm.trial import Trial
from loadtests.swarm.vocabulary import names
from tests.support.manual_clock import ManualClock
from tests.support.swarms import LOST, a_trial


def _tally(*trials: Trial) -> Tally:
    tally = Tally()
    for trial in trials:
        tally.add(trial)
    return tally


def _lines(*trials: Trial, seconds: float = 4.0) -> list[str]:
    return list(hunt_lines("calm", _tally(*trials), seconds))


def test_the_first_lines_say_how_much_was_tried_and_how_fast() -> None:
    """Two seeds of half an hour each, in four seconds."""
    lines = _lines(a_trial(1), a_trial(2))

    assert lines[0] == (
        "2 seeds of calm: 1.0 hours of virtual time in 4 s (30 seeds a minute, 900 times real time)"
    )
    assert lines[1] == "4 strikes; 8 checks of 1 promises:"


def test_every_promise_has_a_line_with_how_often_it_was_looked_at() -> None:
    """One that was not looked at has not been kept."""
    held, broken = _lines(a_trial(1))[2], _lines(a_trial(1, LOST), a_trial(2))[2]

    assert held.split() == ["EveryEditIsToldTruly", "4", "held"]
    assert broken.split() == ["EveryEditIsToldTruly", "8", "broken", "in", "1", "seeds"]


def test_a_promise_that_nothing_was_about_is_not_said_to_have_held() -> None:
    """Few seeds drain an engine; that it holds nobody up is not shown by those that do not."""
    line = _lines(a_trial(1, checked_counts={"NothingNewOnceDraining": 0}))[2]

    assert line.split() == ["NothingNewOnceDraining", "0", "nothing", "came", "that", "it", "is", "about"]


def test_faults_that_never_struck_are_named() -> None:
    """Green says nothing about them."""
    most = {name: 1 for name in names() if name != "tcp.reset@before_commit"}

    assert "never struck: tcp.reset@before_commit" in _lines(a_trial(1, strikes=most))


def test_after_a_few_seeds_it_is_said_how_many_never_struck() -> None:
    """Their names filled the screen, and what the hunt came to had left it."""
    few = _lines(a_trial(1, strikes={"tcp.reset@after_commit": 1}))

    count = len(names())
    assert f"never struck: {count - 1} of {count} faults; with more seeds fewer do not" in few


def test_a_seed_that_failed_is_told_with_what_to_type_next() -> None:
    """To see it, and to see the least of it."""
    lines = _lines(a_trial(7, LOST))

    assert lines[-3:] == [
        f"seed 7 broke EveryEditIsToldTruly at 12.500 s: {LOST.text}",
        "  see it:   deckstorm replay calm --seed 7",
        "  least of: deckstorm replay calm --seed 7 --shrink",
    ]


def test_what_to_type_next_works_for_any_name_of_a_file() -> None:
    """It is copied and pasted."""
    (see, least) = list(hunt_lines("my weather.yaml", _tally(a_trial(7, LOST)), 1.0))[-2:]

    assert see.endswith("deckstorm replay 'my weather.yaml' --seed 7")
    assert least.endswith("deckstorm replay 'my weather.yaml' --seed 7 --shrink")


def test_of_many_that_failed_the_first_are_told_and_the_others_counted_up() -> None:
    """A hundred texts are no help."""
    lines = _lines(*(a_trial(seed, LOST) for seed in range(1, 7)))

    assert lines[-1] == "other seeds that failed: 4, 5, 6"
    assert sum("broke" in line and line.startswith("seed") for line in lines) == 3


def test_dead_workers_and_runs_that_differ_are_told() -> None:
    """Neither is a promise, and both end the trust in a green run."""
    tally = _tally(a_trial(1), a_trial(1, digest="another"))
    tally.deaths[5] = "a worker process ended by SIGKILL"

    assert list(hunt_lines("calm", tally, 1.0))[-2:] == [
        "seed 5: a worker process ended by SIGKILL",
        "two runs of a seed differed: 1",
    ]


def test_a_hunt_that_was_over_at_once_can_be_told() -> None:
    """Interrupted before the first seed, at no measurable time."""
    assert _lines(seconds=0.0)[0].startswith("0 seeds of calm: 0.0 hours")


def _go_on(screen: Console, *pauses_seconds: float) -> str:
    clock = ManualClock()
    with replaced(hunting, "MonotonicClock", lambda: clock), HuntProgress(screen, 9) as progress:
        for number, pause in enumerate(pauses_seconds, start=1):
            clock._now += pause
            progress.tried(_tally(*(a_trial(seed) for seed in range(number))))
        assert progress.seconds == sum(pauses_seconds)
        assert progress.tally.seeds_count == len(pauses_seconds)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_a_log_gets_a_line_now_and_then() -> None:
    """A night of silence looks like a hang, and a line for each seed like noise."""
    shown = _go_on(Console(file=io.StringIO(), width=100), 1.0, 1.0, 30.0, 1.0)

    assert shown.splitlines() == ["3 of 9 runs of seeds, 0.1/s, 0 failed"]


def test_a_terminal_sees_a_bar_with_the_pace() -> None:
    """Whoever waits wants to know for how long."""
    shown = _go_on(Console(file=io.StringIO(), width=100, force_terminal=True), 1.0, 1.0)

    assert "0 failed" in shown


def test_a_first_seed_at_no_measurable_time_has_no_pace_to_divide_by() -> None:
    """A clock may stand still between two looks at it."""
    assert _go_on(Console(file=io.StringIO(), width=100), 0.0) == ""
