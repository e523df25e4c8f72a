import asyncio
from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from loadtests import runners
from loadtests.measurements import Setting
from loadtests.runners import run_virtually, runner
from loadtests.world import WorldError
from tests.support.deeds import die_of_a_setting
from tests.support.worlds import a_plan, a_scenario_file

SETTING = Setting("coalesced", 2)


@pytest.mark.parametrize("clock", ["real", "virtual"])
async def test_runs_settings_on_the_plans_clock(clock: str, tmp_path: Path) -> None:
    """A sweep does not care which."""
    plan = a_plan(a_scenario_file(tmp_path, presentations=1), clock=clock)
    settled: list[int] = []

    async with runner(plan, MonotonicClock()) as run:
        result = await run(plan, SETTING, settled.append)

    assert result.measurement.shares["slide_success_share"].successes == 2
    assert settled[-1] == 4


async def test_a_virtual_run_is_the_same_over_there(tmp_path: Path) -> None:
    """A setting measured alone must show what the sweep has shown."""
    plan = a_plan(a_scenario_file(tmp_path), clock="virtual")

    async with runner(plan, MonotonicClock()) as run:
        there = await run(plan, SETTING, lambda _: None)

    here = await asyncio.to_thread(run_virtually, plan, SETTING)
    assert there.attempts == here.attempts


async def test_settings_after_a_worker_that_died_get_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One crash of the interpreter must not cost all settings that come after it."""
    plan = a_plan(a_scenario_file(tmp_path), clock="virtual")

    async with runner(plan, MonotonicClock()) as run:
        with monkeypatch.context() as patched:
            patched.setattr(runners, "run_virtually", die_of_a_setting)
            with pytest.raises(WorldError, match="a worker process ended by SIGKILL"):
                await run(plan, SETTING, lambda _: None)
        result = await run(plan, SETTING, lambda _: None)

    assert result.measurement.shares["slide_success_share"].successes == 4
