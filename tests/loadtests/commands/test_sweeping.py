from pathlib import Path

import pytest

from fakeslides.scenario.loader import ScenarioError
from loadtests.commands.sweeping import Choices, plan_of, settings_of
from loadtests.measurements import Setting
from tests.support.worlds import a_scenario_file


def test_what_the_caller_chose_wins_over_the_scenario(tmp_path: Path) -> None:
    """The file is the default, not the law."""
    choices = Choices(strategies=("coalesced",), concurrencies=(7,), seed=99, time_scale=0.5)

    plan = plan_of(str(a_scenario_file(tmp_path)), choices)

    assert (plan.name, plan.seed, plan.time_scale) == ("small", 99, 0.5)
    assert settings_of(plan, choices) == [Setting("coalesced", 7)]


def test_what_the_caller_left_open_is_the_scenarios(tmp_path: Path) -> None:
    """Seed 0 is a choice, and not a blank."""
    file = str(a_scenario_file(tmp_path))

    assert plan_of(file, Choices()).seed == 5
    assert plan_of(file, Choices(seed=0)).seed == 0
    assert len(settings_of(plan_of(file, Choices()), Choices())) == 16


def test_a_missing_scenario_is_known_before_anything_runs() -> None:
    """A typing error should not cost an hour."""
    with pytest.raises(ScenarioError, match="nowhere"):
        plan_of("nowhere", Choices())
