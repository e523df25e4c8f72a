"""The success metrics per concurrency, measured by pytest as the sweep measures them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from loadtests.gates import SPEEDUP, Verdict
from loadtests.measurements import Setting
from loadtests.outcomes import conclude
from loadtests.run import RunResult, run_setting
from loadtests.run_plan import RunPlan
from tests.support.incident import a_small_incident
from tests.support.virtual_worlds import measured
from tests.support.worlds import a_plan

Record = Callable[[str, object], None]
SUCCESS_METRICS = {
    "ssl_record_layer_failures",
    "ssl_record_layer_attempts",
    "segmentation_faults",
    "cannot_be_applied_errors",
    "cannot_be_applied_attempts",
    "operation_completion_share",
    "slide_success_share",
    "breaker_activation_share",
    "lost_edits",
    "duplicated_edits",
    "wrong_reports",
    "deck_differences",
}


@pytest.mark.parametrize("concurrency", [3, 8])
async def test_every_success_metric_is_measured_and_every_gate_holds(
    tmp_path: Path, concurrency: int, record_property: Record
) -> None:
    """Raising the concurrency must not cost a single edit."""
    plan = a_plan(a_small_incident(tmp_path))

    result = await run_setting(plan, Setting("coalesced", concurrency), MonotonicClock())

    assert objections(plan, result, record_property) == []


@pytest.mark.parametrize("concurrency", [1, 2, 3, 5, 8])
def test_they_are_measured_in_virtual_time_as_well(
    tmp_path: Path, concurrency: int, record_property: Record
) -> None:
    """Where no time has to pass, each step can be looked at."""
    plan = a_plan(a_small_incident(tmp_path))

    result = measured(plan, Setting("coalesced", concurrency))

    assert objections(plan, result, record_property) == []


def objections(plan: RunPlan, result: RunResult, record_property: Record) -> list[object]:
    """Note every metric beside the test's result; return missing ones, and gates that did not pass."""
    measurement = result.measurement
    for name, value in sorted(measurement.metrics.items()):
        record_property(name, value)
    gates = [gate for gate in plan.scenario.gates if gate.metric != SPEEDUP]
    outcome = conclude(measurement.setting, measurement, gates, baseline=None)
    failed = [judged for judged in outcome.judgements if judged.verdict is not Verdict.PASS]
    return [*(name for name in SUCCESS_METRICS if measurement.metrics[name] is None), *failed]
