"""No metric is 0 for want of looking: each failure is planted, counted, and does not stop the sweep."""

from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from loadtests.gates import Verdict
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.sweep import run_sweep
from tests.support.virtual_worlds import judged
from tests.support.worlds import Watcher, a_plan, a_scenario_file, sabotaged

# Two settings: the second must be run although the first went wrong.
SETTINGS = (Setting("coalesced", 1), Setting("coalesced", 2))
ALL_EDITS = 8
ALL_SLIDES = 4


async def _sweep(plan: object) -> list[SettingOutcome]:
    sweep = await run_sweep(plan, SETTINGS, Watcher(), MonotonicClock())
    assert [outcome.setting for outcome in sweep.settings] == list(SETTINGS)
    assert sweep.verdict is Verdict.FAIL
    assert sweep.exit_code == 1
    return list(sweep.settings)


def _failed(outcome: SettingOutcome) -> set[str]:
    return {judgement.id for judgement in outcome.judgements if judgement.verdict is Verdict.FAIL}


@pytest.mark.parametrize(
    ("deed", "metric", "count", "gates"),
    [
        ("segfault", "segmentation_faults", 1, {"no-process-dies", "nothing-hangs", "slides-succeed"}),
        ("lose", "lost_edits", 4,
         {"nothing-is-lost", "reports-are-true", "slides-succeed", "deck-as-computed"}),
        ("double", "duplicated_edits", 4, {"nothing-lands-twice", "slides-succeed"}),
        ("lie", "wrong_reports", 1, {"reports-are-true", "slides-succeed", "deck-as-computed"}),
    ],
)  # fmt: skip
async def test_a_failure_of_the_client_is_counted(
    tmp_path: Path, deed: str, metric: str, count: int, gates: set[str]
) -> None:
    """The client is the suspect, so nothing it says about itself may be the only witness."""
    plan = a_plan(a_scenario_file(tmp_path), client_command=sabotaged(deed))

    outcomes = await _sweep(plan)

    for outcome in outcomes:
        assert outcome.measurement is not None
        assert outcome.measurement.metrics[metric] == count
        assert _failed(outcome) == gates


async def test_a_client_that_hangs_past_its_deadline_is_counted_and_killed(tmp_path: Path) -> None:
    """The note's fourth goal: no hanging processes."""
    plan = a_plan(
        a_scenario_file(tmp_path),
        client_command=sabotaged("hang"),
        engine={"operation_deadline": 25.0},
        grace_seconds=2.0,
    )

    outcomes = await _sweep(plan)

    for outcome in outcomes:
        assert outcome.measurement is not None
        completion = outcome.measurement.shares["operation_completion_share"]
        assert (completion.successes, completion.count) == (ALL_EDITS - ALL_SLIDES, ALL_EDITS)
        assert outcome.measurement.processes.client_was_killed_at_deadline
        assert outcome.measurement.metrics["segmentation_faults"] == 0
        assert "nothing-hangs" in _failed(outcome)


@pytest.mark.parametrize(
    ("fault", "metric", "gate"),
    [
        ("{kind: tls.record_corrupt, point: before_commit}", "ssl_record_layer_failures",
         "no-tls-failure-surfaces"),
        ("{kind: api.conflict, at_request: 0}", "cannot_be_applied_errors", "no-write-is-refused"),
    ],
)  # fmt: skip
def test_a_failure_of_the_server_that_surfaces_is_counted(
    tmp_path: Path, fault: str, metric: str, gate: str
) -> None:
    """With every write struck and no retry left, each edit must end in the metric of its failure.

    No process of a client's own is needed to see that, nor that any time passes.
    """
    weather = (
        "faults:\n"
        "  - {id: always, where: {method: presentations.batchUpdate}, often: {rate: 100%}, "
        f"fault: {fault}, expect_fired: {{at_least: 1}}}}"
    )
    plan = a_plan(
        a_scenario_file(tmp_path, weather),
        engine={"batch_retry_attempts": 0, "operation_deadline": 120.0},
    )

    outcomes = judged(plan, SETTINGS)

    for outcome in outcomes:
        assert outcome.measurement is not None
        assert outcome.measurement.metrics[metric] == ALL_EDITS
        assert gate in _failed(outcome)
