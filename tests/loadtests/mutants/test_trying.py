import pytest

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.mutants import (
    engine_endings,
    engine_load,
    engine_memory,
    engine_requests,
    engine_side,
    fake_side,
)
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.fake_side import FAKE
from loadtests.mutants.trying import EVERY_MUTANT, profiles_for, try_mutant
from loadtests.swarm.profile import swarm_profile
from tests.support.planted import assert_replaced_and_given_back, rooms_of

ROOM = {ENGINE: "engine", FAKE: "fakeslides"}


def test_no_two_mutants_have_one_name() -> None:
    """The second would take the first one's place, and nobody would try that any more."""
    sides = (engine_side, engine_endings, engine_load, engine_memory, engine_requests, fake_side)

    assert len(EVERY_MUTANT) == sum(len(side.MUTANTS) for side in sides)
    assert len(EVERY_MUTANT) >= 30


def test_the_first_seed_at_which_a_promise_breaks_ends_it() -> None:
    """What it broke, and what was seen."""
    kill = try_mutant(5, "fate told twice")

    assert (kill.name, kill.seeds_count, kill.promise) == ("fate told twice", 1, "EveryEditSettlesOnce")
    assert "settled, though it was not open" in kill.text


def test_one_that_nobody_notices_has_used_up_its_seeds() -> None:
    """It takes a caller who goes at the wrong moment to see this one."""
    kill = try_mutant(2, "cancelled writes given up at once")

    assert (kill.seeds_count, kill.promise, kill.text) == (2, None, "")


def test_seeds_are_those_of_the_mutants_scenario_from_the_first_on() -> None:
    """What a person replays is what was tried."""
    outage = load_scenario(find_scenario("outage"))

    profiles = list(profiles_for("breaker never opens", 2, first_seed=40))

    assert profiles == [swarm_profile(outage, 40), swarm_profile(outage, 41)]


@pytest.mark.parametrize("name", EVERY_MUTANT)
def test_each_takes_something_away_and_gives_it_back(name: str) -> None:
    """A process that tried one tries the next one on a sound engine and a sound fake."""
    assert_replaced_and_given_back(EVERY_MUTANT[name])


@pytest.mark.parametrize("name", EVERY_MUTANT)
def test_each_is_about_the_side_that_the_table_says(name: str) -> None:
    """Whoever reads which safeguard was missed looks for it there."""
    assert rooms_of(EVERY_MUTANT[name]) == {ROOM[EVERY_MUTANT[name].side]}
