"""From a bug in the engine to a file that shows it: found in a swarm, shrunk, and true in the real world."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from engine.clock import MonotonicClock
from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.gates import Judgement, Verdict, judge_setting
from loadtests.metrics import Measurement
from loadtests.mutants.trying import EVERY_MUTANT
from loadtests.run import run_setting
from loadtests.run_plan import RunPlan
from loadtests.swarm.episode import Episode, live_through
from loadtests.swarm.export import exported_yaml
from loadtests.swarm.profile import swarm_profile
from loadtests.swarm.promises import Broken
from loadtests.swarm.shrinking import Shrinking
from tests.support.virtual_worlds import measured
from tests.support.worlds import a_plan, sabotaged

SCENARIO = "lost_answers"
PROMISE, GATE = "EveryEditIsToldTruly", "nothing-lands-twice"


@dataclass(frozen=True)
class Found:
    """A bug, and the least that shows it."""

    bug: str
    smallest: Episode
    plan: RunPlan


@pytest.fixture(
    scope="module",
    params=[("no fence", 33), ("lost answers leave no doubt", 46)],  # the first seeds to try: quick ones
    ids=["no fence", "lost answers leave no doubt"],
)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Hunt for a bug that was planted, and shrink what was found."""
    bug, first_seed = request.param
    with EVERY_MUTANT[bug].planted():
        failed = next(_that_break(PROMISE, first_seed, most=30))
        smallest = Shrinking(live_through).smallest(failed)
    file = tmp_path_factory.mktemp("shrunk") / "least.yaml"
    file.write_text(exported_yaml(smallest.profile, _broken(smallest), SCENARIO), "utf-8")
    return Found(bug, smallest, a_plan(file, engine=smallest.profile.engine, time_scale=1 / 25))


def _that_break(promise: str, first_seed: int, most: int) -> Iterator[Episode]:
    scenario = load_scenario(find_scenario(SCENARIO))
    for seed in range(first_seed, first_seed + most):
        episode = live_through(swarm_profile(scenario, seed))
        if episode.broken and episode.broken[0].promise == promise:
            yield episode


def _broken(episode: Episode) -> Broken:
    return next(each for each in episode.broken if each.promise == PROMISE)


def test_the_least_of_it_is_a_fault_or_three_and_a_few_edits(found: Found) -> None:
    """Somebody has to read it."""
    profile = found.smallest.profile

    assert 1 <= len(profile.scenario.faults) <= 3
    assert profile.scenario.workload.presentations <= 3
    assert "landed more than once" in _broken(found.smallest).text


def test_without_the_bug_it_breaks_nothing(found: Found) -> None:
    """The weather alone is none."""
    assert live_through(found.smallest.profile).broken == []


def test_its_file_fails_a_gate_in_virtual_time_and_passes_without_the_bug(found: Found) -> None:
    """A sweep of it is a test for whoever mends the bug."""
    with EVERY_MUTANT[found.bug].planted():
        with_bug = _judged(found, measured(found.plan, found.smallest.profile.setting).measurement)
    without = _judged(found, measured(found.plan, found.smallest.profile.setting).measurement)

    assert GATE in _failed(with_bug)
    assert {judgement.verdict for judgement in without} == {Verdict.PASS}


async def test_its_file_fails_the_same_gate_in_the_real_world_and_passes_without_the_bug(
    found: Found,
) -> None:
    """Processes, sockets and TLS of the machine's own: what the simulation found is no artefact of it."""
    with_bug, without = [_judged(found, await _really(found, deed)) for deed in (found.bug, "none")]

    assert GATE in _failed(with_bug)
    assert {judgement.verdict for judgement in without} == {Verdict.PASS}


async def _really(found: Found, deed: str) -> Measurement:
    plan = replace(found.plan, client_command=sabotaged(deed))
    return (await run_setting(plan, found.smallest.profile.setting, MonotonicClock())).measurement


def _judged(found: Found, measurement: Measurement) -> Sequence[Judgement]:
    return judge_setting(found.plan.scenario.gates, measurement)


def _failed(judgements: Sequence[Judgement]) -> set[str]:
    return {judgement.id for judgement in judgements if judgement.verdict is Verdict.FAIL}
