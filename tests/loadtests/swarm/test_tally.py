import json

from loadtests.swarm.promises import Broken
from loadtests.swarm.tally import Tally
from loadtests.swarm.trial import Trial
from tests.support.swarms import LOST, a_trial


def _tally(*trials: Trial) -> Tally:
    tally = Tally()
    for trial in trials:
        tally.add(trial)
    return tally


def test_sums_up_checks_strikes_and_time() -> None:
    """What stands in the report."""
    tally = _tally(a_trial(1), a_trial(2, strikes={"reset": 1, "stall": 3}))

    assert tally.seeds_count == 2
    assert tally.checked == {"EveryEditIsToldTruly": 8}
    assert tally.strikes == {"reset": 3, "stall": 3}
    assert tally.virtual_seconds == 3600.0
    assert (tally.failed, tally.unlike) == ([], [])


def test_counts_in_how_many_seeds_a_promise_broke_not_how_often() -> None:
    """One bug can break it a hundred times in one seed."""
    again = Broken(LOST.promise, 13.0, "lost again")
    failed = a_trial(2, LOST, again, Broken("NothingIsLeft", 14.0, "a lock"))

    tally = _tally(a_trial(1), failed, a_trial(3, LOST))

    assert tally.broken == {LOST.promise: 2, "NothingIsLeft": 1}
    assert [trial.seed for trial in tally.failed] == [2, 3]


def test_a_second_run_that_differs_is_noticed_whichever_came_first() -> None:
    """Then no seed of that world can be relied on."""
    tally = _tally(a_trial(1), a_trial(2), a_trial(2), a_trial(1, digest="another"))

    assert tally.unlike == [1]


def test_a_second_run_that_is_alike_adds_nothing_but_a_trial() -> None:
    """To run each seed twice is no way to twice as many seeds, strikes and failures."""
    once = _tally(a_trial(1), a_trial(2, LOST))
    twice = _tally(a_trial(1), a_trial(2, LOST), a_trial(2, LOST), a_trial(1))

    assert twice.as_dict() == once.as_dict()
    assert (once.trials_count, twice.trials_count) == (2, 4)


def test_what_breaks_in_the_second_run_only_is_a_failure_all_the_same() -> None:
    """A seed that cannot be relied on has shown a broken promise still; it counts once."""
    tally = _tally(a_trial(1), a_trial(2, LOST), a_trial(2, LOST, digest="x"), a_trial(1, LOST, digest="y"))

    assert (tally.unlike, [trial.seed for trial in tally.failed]) == ([2, 1], [2, 1])
    assert tally.broken == {LOST.promise: 2}


def test_tells_which_faults_never_struck() -> None:
    """Whoever believes a green run must know what it did not show."""
    assert _tally(a_trial(1)).never_struck(["stall", "reset", "fin"]) == ["stall", "fin"]


def test_as_data_it_holds_the_first_break_of_each_seed() -> None:
    """The rest of a seed's story is a replay away."""
    tally = _tally(a_trial(2, LOST, Broken("NothingIsLeft", 14.0, "a lock")))
    tally.deaths[5] = "a worker process ended by SIGKILL"

    data = json.loads(json.dumps(tally.as_dict()))

    assert data["seeds"] == 1
    assert data["promises"] == {"EveryEditIsToldTruly": {"checked": 4, "broken_in_seeds": 1}}
    assert data["failed"] == [{"seed": 2, "promise": LOST.promise, "at_seconds": 12.5, "text": LOST.text}]
    assert data["workers_died"] == {"5": "a worker process ended by SIGKILL"}
