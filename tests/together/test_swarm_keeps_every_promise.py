"""Some dozens of worlds of a few scenarios: the shortest hunt that is one.

`deckstorm simulate SCENARIO --seeds 10000` is the long one.
"""

from collections import Counter
from functools import cache

import pytest

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.swarm.promises import EVERY_PROMISE
from loadtests.swarm.tally import Tally
from loadtests.swarm.trial import try_seed
from loadtests.swarm.vocabulary import names

_FIRST_SEEDS = {"production_incident": 1060, "outage": 2000, "quota_squeeze": 3000}
_SEEDS_COUNT = 40


@cache
def _tally_of(name: str) -> Tally:
    """Live through the seeds of one scenario."""
    tally, scenario, first_seed = Tally(), load_scenario(find_scenario(name)), _FIRST_SEEDS[name]
    for seed in range(first_seed, first_seed + _SEEDS_COUNT):
        tally.add(try_seed(scenario, seed))
    return tally


@pytest.mark.parametrize("name", _FIRST_SEEDS)
def test_every_promise_holds_in_every_world(name: str) -> None:
    """To see one that does not: `deckstorm replay SCENARIO --seed SEED`."""
    tally = _tally_of(name)

    assert [(trial.seed, trial.broken[0]) for trial in tally.failed] == []
    assert tally.virtual_seconds > 1800


def test_every_promise_was_looked_at_while_most_kinds_of_faults_struck() -> None:
    """One that is never looked at cannot break, and a hunt in fair weather finds nothing."""
    tallies = [_tally_of(name) for name in _FIRST_SEEDS]

    checked, struck = (
        sum((getattr(tally, counts) for tally in tallies), Counter()) for counts in ("checked", "strikes")
    )

    assert [promise.__name__ for promise in EVERY_PROMISE if not checked[promise.__name__]] == []
    assert len(struck.keys() & set(names())) > 0.75 * len(names())
    assert {name.partition(".")[0] for name in struck.keys() & set(names())} == {"tcp", "tls", "http", "api"}
