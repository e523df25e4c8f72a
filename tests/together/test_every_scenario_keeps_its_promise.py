"""The library of scenarios: each is whole, and its weather really comes."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.clock import MonotonicClock
from fakeslides.scenario.loader import load_scenario, shipped_scenarios
from fakeslides.scenario.model import Scenario
from loadtests.commands.scenarios import scenarios
from loadtests.gates import Judgement, Verdict
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.run_plan import RunPlan
from loadtests.sweep import grid, run_sweep
from tests.support.virtual_worlds import judged
from tests.support.worlds import Watcher

LIBRARY = {path.stem: path for path in shipped_scenarios()}
WEATHER = {name: load_scenario(path) for name, path in LIBRARY.items() if name != "calm"}


def test_the_library_holds_at_least_fifteen_kinds_of_weather() -> None:
    """Every failure that the fake knows should be met in some plausible company."""
    assert len(LIBRARY) >= 15


@pytest.mark.parametrize("path", LIBRARY.values(), ids=LIBRARY)
class TestForm:
    def test_an_editor_can_complete_and_check_it(self, path: Path) -> None:
        """People write their own by copying one of these."""
        assert path.read_text("utf-8").startswith(
            "# yaml-language-server: $schema=./scenario.schema.json\n# "
        )

    def test_it_has_gates(self, path: Path) -> None:
        """A promise that nothing holds it to is none."""
        held_to = {gate.metric for gate in load_scenario(path).gates}

        assert held_to >= {"lost_edits", "duplicated_edits", "wrong_reports", "operation_completion_share"}


@pytest.mark.parametrize("scenario", WEATHER.values(), ids=WEATHER)
class TestWeather:
    def test_every_fault_is_expected_to_strike(self, scenario: Scenario) -> None:
        """Else the scenario would be green with the fault taken out."""
        assert scenario.faults
        assert [rule.id for rule in scenario.faults if rule.expect_fired is None] == []

    def test_it_ends_with_a_recovery_in_which_no_rule_strikes(self, scenario: Scenario) -> None:
        """Whoever only survives the storm may still be broken after it."""
        *storms, last = scenario.phases

        assert storms
        assert last.name == "recovery"
        assert {rule.when.phase for rule in scenario.faults} <= {phase.name for phase in storms}


@pytest.mark.parametrize("name", LIBRARY)
def test_its_faults_can_strike_and_its_gates_can_be_decided_at_its_size(name: str) -> None:
    """Known before any run, so that none is wasted on a scenario that could only be inconclusive."""
    result = CliRunner().invoke(scenarios, ["check", name])

    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", LIBRARY)
def test_its_faults_strike_and_its_promise_holds(name: str) -> None:
    """At each of its settings, in virtual time."""
    plan = plan_of(name)

    outcomes = judged(plan, settings_of(plan))

    assert objections(outcomes) == []


@pytest.mark.parametrize("name", ["flaky_network", "handshake_storm"])
async def test_its_promise_holds_for_real_processes_as_well(name: str) -> None:
    """Calls and connections that are struck, on sockets of the kernel and by the clock on the wall."""
    plan = plan_of(name)

    sweep = await run_sweep(plan, settings_of(plan)[-1:], Watcher(), MonotonicClock())

    assert objections(sweep.settings) == []


def plan_of(name: str) -> RunPlan:
    """Return the plan of a shipped scenario."""
    scenario = load_scenario(LIBRARY[name])
    return RunPlan(name, scenario, LIBRARY[name], scenario.seed, scenario.time_scale)


def settings_of(plan: RunPlan) -> list[Setting]:
    """Return the settings that a scenario wants to be run at."""
    wanted = plan.scenario.settings
    return grid(wanted.strategy, wanted.concurrency, 1, plan.scenario.gates)


def objections(outcomes: Iterable[SettingOutcome]) -> list[tuple[Setting, Judgement]]:
    """Return what keeps settings from passing."""
    return [
        (outcome.setting, judgement)
        for outcome in outcomes
        for judgement in outcome.judgements
        if judgement.verdict is not Verdict.PASS
    ]
