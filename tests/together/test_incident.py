"""The weather of the incident breaks a client without safeguards, and not the engine."""

from pathlib import Path

from engine.clock import MonotonicClock
from loadtests.gates import SPEEDUP, Verdict
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.run_plan import RunPlan
from loadtests.sweep import run_sweep
from tests.support.incident import UNGUARDED, a_small_incident
from tests.support.virtual_worlds import judged
from tests.support.worlds import Watcher, a_plan

PRODUCTION = (
    Setting("sequential", 1),
    Setting("per_slide", 3),
    Setting("semaphore", 8),
    Setting("coalesced", 3),
)


async def test_production_settings_hold_every_gate_while_every_fault_fires(tmp_path: Path) -> None:
    """The promise of the whole project; the strictly sequential setting, which takes longest, waits below."""
    plan = a_plan(a_small_incident(tmp_path))

    sweep = await run_sweep(plan, PRODUCTION[1:], Watcher(), MonotonicClock())

    assert all(_has_been_struck(plan, outcome) for outcome in sweep.settings)
    assert {
        judgement.metric
        for outcome in sweep.settings
        for judgement in outcome.judgements
        if judgement.verdict is not Verdict.PASS
    } <= {SPEEDUP}


def test_no_time_has_to_pass_for_it_to_hold_against_the_sequential_baseline_as_well(tmp_path: Path) -> None:
    """Under one quota, time goes with the writes: a tenth of them makes coalescing ten times as fast."""
    plan = a_plan(a_small_incident(tmp_path))

    outcomes = judged(plan, PRODUCTION)

    assert all(_has_been_struck(plan, outcome) for outcome in outcomes)
    assert {judgement.verdict for outcome in outcomes for judgement in outcome.judgements} == {Verdict.PASS}
    metrics = {outcome.setting.strategy: _metrics(outcome) for outcome in outcomes}
    assert metrics["sequential"]["writes_committed"] >= 10 * metrics["coalesced"]["writes_committed"]
    assert metrics["coalesced"]["speedup_over_sequential"] >= 10


async def test_without_safeguards_the_symptoms_of_the_incident_surface(tmp_path: Path) -> None:
    """A weather that could not hurt anybody would prove nothing."""
    # Fewer decks than writes in flight: the dispatcher lets decks take turns, and of many no writes meet.
    plan = a_plan(
        a_small_incident(tmp_path, presentations=4), engine={**UNGUARDED, "batch_retry_attempts": 0}
    )
    # Five connections are allowed, so with five writes in flight all get through to meet each other.
    settings = [Setting("semaphore", 5), Setting("semaphore", 8)]

    sweep = await run_sweep(plan, settings, Watcher(), MonotonicClock())

    metrics = [_metrics(outcome) for outcome in sweep.settings]
    causes = {cause for o in sweep.settings if o.measurement for cause in o.measurement.failed_attempts}
    assert sum(each["ssl_record_layer_failures"] for each in metrics) > 0
    assert sum(each["cannot_be_applied_errors"] for each in metrics) > 0
    assert sweep.verdict is Verdict.FAIL
    assert {"organic: connection_limit", "organic: overlapping_write"} <= causes


def _has_been_struck(plan: RunPlan, outcome: SettingOutcome) -> bool:
    assert outcome.measurement is not None
    fired = {count.id: count.fired for count in outcome.measurement.faults}
    is_struck = all(fired[rule.id] for rule in plan.scenario.faults)
    return is_struck and bool(outcome.measurement.metrics["ssl_record_layer_attempts"])


def _metrics(outcome: SettingOutcome) -> dict[str, float]:
    assert outcome.measurement is not None
    return {name: value for name, value in outcome.measurement.metrics.items() if value is not None}
