"""The weather of the incident breaks a client without safeguards, and not the engine."""

from pathlib import Path

from engine.clock import MonotonicClock
from loadtests.gates import Verdict
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.report.summary import objections
from loadtests.sweep import run_sweep
from tests.support.incident import UNGUARDED, a_small_incident
from tests.support.worlds import Watcher, a_plan

PRODUCTION = (
    Setting("sequential", 1),
    Setting("per_slide", 3),
    Setting("semaphore", 8),
    Setting("coalesced", 3),
)


async def test_production_settings_hold_every_gate_while_every_fault_fires(tmp_path: Path) -> None:
    """The promise of the whole project."""
    plan = a_plan(a_small_incident(tmp_path))

    sweep = await run_sweep(plan, PRODUCTION, Watcher(), MonotonicClock())

    assert objections(sweep) == []
    assert sweep.verdict is Verdict.PASS
    for outcome in sweep.settings:
        assert outcome.measurement is not None
        fired = {count.id: count.fired for count in outcome.measurement.faults}
        assert all(fired[rule.id] >= 1 for rule in plan.scenario.faults)
        assert outcome.measurement.metrics["ssl_record_layer_attempts"]
    # Under one quota, time goes with the writes: a tenth of them is what makes coalescing ten times as fast.
    writes = {outcome.setting.strategy: _metrics(outcome)["writes_committed"] for outcome in sweep.settings}
    assert writes["sequential"] >= 10 * writes["coalesced"]


async def test_without_safeguards_the_symptoms_of_the_incident_surface(tmp_path: Path) -> None:
    """A weather that could not hurt anybody would prove nothing."""
    plan = a_plan(a_small_incident(tmp_path), engine=UNGUARDED)
    # Which writes meet is a true race, so no single run is sure to show it.
    settings = [Setting("semaphore", 8, repeat) for repeat in (1, 2, 3)]

    sweep = await run_sweep(plan, settings, Watcher(), MonotonicClock())

    metrics = [_metrics(outcome) for outcome in sweep.settings]
    causes = {cause for o in sweep.settings if o.measurement for cause in o.measurement.failed_attempts}
    assert sum(each["ssl_record_layer_failures"] for each in metrics) > 0
    assert sum(each["cannot_be_applied_errors"] for each in metrics) > 0
    assert sweep.verdict is Verdict.FAIL
    assert {"organic: connection_limit", "organic: overlapping_write"} <= causes


def _metrics(outcome: SettingOutcome) -> dict[str, float]:
    assert outcome.measurement is not None
    return {name: value for name, value in outcome.measurement.metrics.items() if value is not None}
