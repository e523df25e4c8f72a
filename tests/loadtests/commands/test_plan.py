import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.settings import EngineSettings
from loadtests.capacity import Capacity, Step
from loadtests.commands.plan import as_text, own_writes_per_minute, plan
from loadtests.report.files import write_reports
from loadtests.statistics import Interval
from tests.support.runs import a_measurement, a_sweep, an_outcome


def test_stored_results_are_enough_for_a_plan(tmp_path: Path) -> None:
    """A sweep takes minutes, a plan none."""
    write_reports(tmp_path, a_sweep(an_outcome()), {})

    result = CliRunner().invoke(plan, [str(tmp_path), "--json"])

    (capacity,) = json.loads(result.output)
    assert (capacity["strategy"], capacity["concurrency"], capacity["limit"]) == ("coalesced", 3, "latency")


def test_says_how_far_what_limits_and_what_the_next_step_gains() -> None:
    """The three questions of whoever wants to raise the concurrency."""
    step = Step(5, 0.02, Interval(-0.01, 0.05), holds=True)
    capacity = Capacity("per_slide", 3, 88.0, "quota", {"quota": 63.9, "pool": 11.8}, {"quota": 823.0}, step)

    text = as_text([capacity])

    assert "per_slide: up to concurrency 3, in 88.0s; no schedule beats 63.9s at the usual latency" in text
    assert "limited by quota" in text
    assert "5 saves +2.0% [-1.0%, +5.0%] of the time; all gates held there" in text


def test_a_time_that_beats_the_bound_was_measured_under_other_settings() -> None:
    """It said of a sweep that took 4 s that no schedule beats 120 s."""
    capacity = Capacity("per_slide", 3, 4.2, "quota", {"quota": 120.0, "pool": 2.0})

    said = "in 4.20s, measured under other SCALAPAY_* settings than these, whose quota takes 120s"
    assert said in as_text([capacity])


def test_an_engine_that_does_not_pace_itself_has_no_quota_of_its_own() -> None:
    """Its bound is what connections allow; a quota that nobody keeps to is no limit."""
    assert own_writes_per_minute(EngineSettings(pacer_enabled=False)) is None
    assert own_writes_per_minute(EngineSettings(writes_per_minute=60, quota_use_share=0.9)) == 54


def test_the_plan_goes_by_whether_the_pacer_is_on(tmp_path: Path) -> None:
    """As the sweep before it did."""
    busy = replace(a_measurement(), metrics={**a_measurement().metrics, "writes_committed": 80})
    write_reports(tmp_path, a_sweep(an_outcome(busy)), {})

    paced, free = (
        json.loads(CliRunner().invoke(plan, [str(tmp_path), "--json"], env=env).output)
        for env in ({}, {"SCALAPAY_PACER_ENABLED": "false"})
    )

    assert "quota" in paced[0]["needs_seconds"]
    assert "quota" not in free[0]["needs_seconds"]


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        (Capacity("semaphore", None), "at no measured concurrency did all gates hold"),
        (Capacity("coalesced", 8, next_step=Step(9, 0.0, None, None)), "9 was not measured"),
        (Capacity("sequential", 1), "writes one after the other"),
    ],
)
def test_says_so_when_there_is_no_answer(capacity: Capacity, said: str) -> None:
    """A blank would be read as zero."""
    assert said in as_text([capacity])


def test_a_bad_environment_variable_is_told_plainly(tmp_path: Path) -> None:
    """The plan's quota and pool are the engine's settings."""
    write_reports(tmp_path, a_sweep(an_outcome()), {})

    result = CliRunner().invoke(plan, [str(tmp_path)], env={"SCALAPAY_WRITES_PER_MINUTE": "many"})

    assert result.exit_code == 2
    assert "SCALAPAY_WRITES_PER_MINUTE" in result.stderr


@pytest.mark.parametrize("option", [["--seed", "3"], ["--clock", "real"], ["--strategy", "coalesced"]])
def test_options_of_a_sweep_are_refused_where_nothing_is_swept(tmp_path: Path, option: list[str]) -> None:
    """They were read and forgotten, and the plan was about something else."""
    write_reports(tmp_path, a_sweep(an_outcome()), {})

    result = CliRunner().invoke(plan, [str(tmp_path), *option])

    assert result.exit_code == 2
    assert result.stderr == (
        f"{option[0]}: {tmp_path} has been measured already; leave it out, or name a scenario to sweep\n"
    )
