"""The success metrics per concurrency, measured by pytest as the sweep measures them."""

from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from loadtests.gates import SPEEDUP, Verdict
from loadtests.measurements import Setting
from loadtests.outcomes import conclude
from loadtests.run import run_setting
from tests.support.incident import a_small_incident
from tests.support.worlds import a_plan

SUCCESS_METRICS = {
    "ssl_record_layer_failures",
    "ssl_record_layer_attempts",
    "segmentation_faults",
    "cannot_be_applied_errors",
    "cannot_be_applied_attempts",
    "operation_completion_share",
    "speedup_over_sequential",
    "slide_success_share",
    "breaker_activation_share",
    "lost_edits",
    "duplicated_edits",
    "wrong_reports",
    "deck_differences",
}


@pytest.mark.parametrize("concurrency", [1, 2, 3, 5, 8])
async def test_every_success_metric_is_measured_and_every_gate_holds(
    tmp_path: Path, concurrency: int, record_property: pytest.FixtureRequest
) -> None:
    """Raising the concurrency must not cost a single edit."""
    plan = a_plan(a_small_incident(tmp_path))
    gates = [gate for gate in plan.scenario.gates if gate.metric != SPEEDUP]

    result = await run_setting(plan, Setting("coalesced", concurrency), MonotonicClock())

    outcome = conclude(result.measurement.setting, result.measurement, gates, baseline=None)
    for name, value in sorted(result.measurement.metrics.items()):
        record_property(name, value)
    assert set(result.measurement.metrics) >= SUCCESS_METRICS
    assert [judged for judged in outcome.judgements if judged.verdict is not Verdict.PASS] == []
