"""Some dozens of worlds of a few scenarios: the shortest hunt that is one.

`deckstorm simulate SCENARIO --seeds 10000` is the long one.
"""

import pytest

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.swarm.promises import EVERY_PROMISE
from loadtests.swarm.tally import Tally
from loadtests.swarm.trial import try_seed
from loadtests.swarm.vocabulary import names

_FIRST_SEEDS = {"production_incident": 1000, "outage": 2000, "quota_squeeze": 3000}
_SEEDS_COUNT = 40


@pytest.fixture(scope="module")
def tally() -> Tally:
    """Live through all seeds."""
    tried = Tally()
    for name, first_seed in _FIRST_SEEDS.items():
        scenario = load_scenario(find_scenario(name))
        for seed in range(first_seed, first_seed + _SEEDS_COUNT):
            tried.add(try_seed(scenario, seed))
    return tried


def test_every_promise_holds_in_every_world(tally: Tally) -> None:
    """Which scenario's seed it is stands above: `deckstorm replay SCENARIO --seed SEED`."""
    assert [(trial.seed, trial.broken[0]) for trial in tally.failed] == []


def test_every_promise_was_looked_at(tally: Tally) -> None:
    """One that is never looked at cannot break."""
    assert [promise.__name__ for promise in EVERY_PROMISE if not tally.checked[promise.__name__]] == []


def test_most_kinds_of_faults_struck(tally: Tally) -> None:
    """A hunt in fair weather finds nothing."""
    struck = [name for name in names() if tally.strikes[name]]

    assert len(struck) > 0.75 * len(names())
    assert {name.partition(".")[0] for name in struck} == {"tcp", "tls", "http", "api"}


def test_hours_went_by(tally: Tally) -> None:
    """In the time of a test."""
    assert tally.virtual_seconds > 2 * 3600
