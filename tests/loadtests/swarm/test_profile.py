import os
import subprocess
import sys
from typing import Any

import pytest

from fakeslides.scenario.consistency import check_consistency
from fakeslides.scenario.loader import find_scenario, load_scenario, shipped_scenarios
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.writer import scenario_data
from loadtests.swarm.play import settings_of
from loadtests.swarm.profile import CALM, STORM, Profile, swarm_profile
from loadtests.swarm.vocabulary import names
from tests.support.swarms import RESET, a_profile, a_scenario

INCIDENT = load_scenario(find_scenario("production_incident"))
MANY = [swarm_profile(INCIDENT, seed) for seed in range(200)]

SHOWN_ELSEWHERE = """
from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.swarm.profile import swarm_profile
scenario = load_scenario(find_scenario("flaky_network"))
print([swarm_profile(scenario, seed) for seed in range(20)])
"""


def _problems(profile: Profile) -> list[str]:
    return [str(problem) for problem in check_consistency(scenario_data(profile.scenario))]


def _shown_in_another_process(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    shown = subprocess.run(
        [sys.executable, "-c", SHOWN_ELSEWHERE], env=environment, capture_output=True, text=True, check=True
    )
    return shown.stdout.strip()


def test_a_seed_is_the_same_profile_in_every_process() -> None:
    """It is found in a worker, and replayed in a shell of tomorrow."""
    scenario = load_scenario(find_scenario("flaky_network"))
    here = str([swarm_profile(scenario, seed) for seed in range(20)])

    assert _shown_in_another_process("1") == _shown_in_another_process("2") == here


def test_no_two_seeds_are_alike() -> None:
    """Else the second one is wasted."""
    assert len({str(profile) for profile in MANY}) == len(MANY)


def test_no_profile_asks_for_more_than_there_is() -> None:
    """Two hundred seeds of one scenario, and some of every other, are scenarios without a flaw."""
    others = [swarm_profile(load_scenario(file), seed) for file in shipped_scenarios() for seed in range(12)]

    assert [_problems(profile) for profile in (*MANY, *others) if _problems(profile)] == []


@pytest.mark.parametrize(
    "often",
    [{"rate": "25%"}, {"rate": {"from": "5%", "to": "25%"}}, {"burst": {"enter": "9%", "leave": "50%"}}],
)
def test_a_scenario_of_many_heavy_rules_leaves_room_for_others(often: dict[str, Any]) -> None:
    """Its swarm asked for more than the whole, and ended with an error instead of a world."""
    methods = ("presentations.get", "presentations.batchUpdate", "token", "presentations.create")
    rules = [
        {
            **RESET,
            "id": f"{where}-{number}",
            "often": often,
            "where": {"method": where},
            "when": {"attempt": 1},
        }
        for where in methods
        for number in (1, 2, 3, 4)
    ]

    profiles = [swarm_profile(a_scenario(*rules), seed) for seed in range(60)]

    assert [_problems(profile) for profile in profiles if _problems(profile)] == []
    assert any(rule.id in names() for profile in profiles for rule in profile.scenario.faults)


def test_every_profile_is_a_storm_and_then_calm() -> None:
    """What must hold after a storm can be looked at only when it is over."""
    for profile in MANY:
        assert [phase.name for phase in profile.scenario.phases] == [STORM, CALM]
        assert {rule.when.phase for rule in profile.scenario.faults} <= {STORM}
        assert 15 <= profile.storm_seconds <= 240


def test_some_faults_are_off_in_every_seed_and_each_is_on_in_some() -> None:
    """Runs that each lack some features find more than runs that have all of them."""
    on = [{rule.id for rule in profile.scenario.faults} & set(names()) for profile in MANY]

    assert max(map(len, on)) < len(names()) / 2
    assert set().union(*on) == set(names())


def test_the_scenarios_own_faults_are_among_them() -> None:
    """Else its swarm would be everybody's."""
    own = {rule.id for rule in INCIDENT.faults}

    assert own <= {rule.id for profile in MANY for rule in profile.scenario.faults}
    assert any(not own & {rule.id for rule in profile.scenario.faults} for profile in MANY)


def test_an_own_fault_need_not_strike_any_more_and_keeps_which_tries_it_asks_for() -> None:
    """It strikes in the storm alone, and more seldom or more often than it did."""
    scenario = a_scenario({**RESET, "often": {"rate": "10%"}, "expect_fired": {"at_least": 3}})
    own = [
        rule
        for seed in range(40)
        for rule in swarm_profile(scenario, seed).scenario.faults
        if rule.id == "reset"
    ]

    assert 5 < len(own) < 35
    assert {rule.expect_fired for rule in own} == {None}
    assert {rule.when.attempt for rule in own} == {(1,)}
    rates = [rule.often.rate for rule in own if isinstance(rule.often.rate, float)]
    assert len(rates) == len(own)
    assert 0.02 <= min(rates) < 0.1 < max(rates) <= 0.15


def test_every_profiles_settings_are_ones_that_the_engine_takes() -> None:
    """Each is left alone more often than not, and each is changed in some seed."""
    assert all(settings_of(profile) for profile in MANY)
    changed = [name for profile in MANY for name in profile.engine]
    assert len(set(changed)) == 12
    assert len(changed) < 10 * len(MANY) / 2


def test_callers_are_in_a_hurry_and_change_their_minds_in_some_seeds() -> None:
    """And in most they do not, or their failures would hide those of others."""
    kinds = [
        (bool(whims.deadlines_seconds), bool(whims.cancels_at_seconds), whims.closes_at_seconds is not None)
        for whims in (profile.whims for profile in MANY)
    ]

    for kind in zip(*kinds, strict=True):
        assert 0 < sum(kind) < len(MANY) / 2
    assert kinds.count((False, False, False)) > len(MANY) / 4


def test_a_workload_is_never_larger_than_the_scenarios() -> None:
    """It is the largest that somebody thought of."""
    most = INCIDENT.workload
    for profile in MANY:
        workload = profile.scenario.workload
        assert 1 <= workload.presentations <= most.presentations
        assert 1 <= workload.slides <= most.slides
        assert 1 <= workload.replacements <= most.replacements
        assert max([*profile.whims.cancels_at_seconds, 0]) < workload.presentations


def test_a_storm_lasts_as_long_as_its_phase() -> None:
    """A shrunk profile may have lost it."""
    assert a_profile().storm_seconds == 30.0
    calm = Scenario(version=1, promise="A test.")
    assert Profile(1, calm, a_profile().setting).storm_seconds == 0
