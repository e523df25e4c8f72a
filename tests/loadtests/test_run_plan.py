from pathlib import Path

from engine.settings import EngineSettings
from fakeslides.scenario.model import SweepSettings
from loadtests.measurements import Setting
from tests.support.worlds import a_plan, a_scenario_file


def test_each_repeat_has_the_next_seed(tmp_path: Path) -> None:
    """Two repeats in the same weather would be one."""
    plan = a_plan(a_scenario_file(tmp_path), seed=5)

    assert [plan.seed_of(Setting("coalesced", 3, repeat)) for repeat in (1, 2)] == [5, 6]


def test_the_setting_decides_over_everything_else(tmp_path: Path) -> None:
    """A sweep over concurrency that an override could freeze would compare a setting with itself."""
    plan = a_plan(a_scenario_file(tmp_path), engine={"max_concurrent_slides": 9, "lock_enabled": False})

    assert plan.engine_settings(Setting("coalesced", 3)) == {
        "max_concurrent_slides": 3,
        "batch_strategy": "coalesced",
        "lock_enabled": False,
    }


def test_counts_the_edits_of_a_setting(tmp_path: Path) -> None:
    """Two decks, two slides, two keys."""
    assert a_plan(a_scenario_file(tmp_path)).edits_count() == 8


def test_the_highest_concurrency_of_a_scenario_is_the_highest_that_the_engine_takes() -> None:
    """A file that passed its check was refused in the midst of the sweep, by the name of a variable."""
    asked = SweepSettings.model_json_schema()["properties"]["concurrency"]["items"]["maximum"]
    taken = EngineSettings.model_json_schema()["properties"]["max_concurrent_slides"]["maximum"]

    assert asked == taken
