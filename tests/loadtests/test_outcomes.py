from dataclasses import replace

from fakeslides.scenario.gates import Gate
from loadtests.gates import Verdict
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome, baseline_of, conclude, judge_again, with_speedup
from tests.support.runs import a_document as deck
from tests.support.runs import a_measurement, a_row, a_sweep, an_outcome, edits_in

SEQUENTIAL = Setting("sequential", 1)


def _taking(seconds: float, setting: Setting = SEQUENTIAL):  # noqa: ANN202 - a Measurement
    measured = a_measurement(setting=setting)
    return replace(measured, metrics={**measured.metrics, "elapsed_seconds": seconds})


def test_speedup_is_the_baselines_time_over_ones_own() -> None:
    """Above one is faster."""
    assert with_speedup(_taking(10.0), _taking(200.0)).metrics["speedup_over_sequential"] == 20.0


def test_a_baseline_that_left_work_undone_gives_no_speedup() -> None:
    """A client that gives up early is not fast."""
    edits = edits_in(deck({"s1": "{{name}}", "s2": "{{name}}"}))
    gave_up = a_measurement(operations=(a_row(edits[0]), a_row(edits[1], fate=None)))

    assert with_speedup(_taking(10.0), gave_up).metrics["speedup_over_sequential"] is None


def test_the_baseline_is_of_the_same_repeat() -> None:
    """Another repeat had another seed, and so other weather."""
    first = an_outcome(_taking(100.0, SEQUENTIAL))
    second = an_outcome(_taking(200.0, Setting("sequential", 1, repeat=2)))

    found = baseline_of([first, second], repeat=2)

    assert found is not None
    assert found.metrics["elapsed_seconds"] == 200.0


def test_a_world_that_did_not_hold_is_unsound() -> None:
    """There is nothing to judge, and that must show."""
    outcome = SettingOutcome(Setting("coalesced", 3), None, problem="the fake did not start")

    assert outcome.verdict is Verdict.UNSOUND
    assert a_sweep(an_outcome(), outcome).exit_code == 4


def test_an_interrupted_sweep_says_so_whatever_it_found() -> None:
    """130 is what shells and pipelines know."""
    assert a_sweep(was_interrupted=True).exit_code == 130


def test_a_stored_setting_can_be_judged_by_other_gates() -> None:
    """Stricter gates need no new run."""
    strict = Gate(id="fast", metric="speedup_over_sequential", require=">= 50")
    outcome = conclude(Setting("coalesced", 3), _taking(10.0, Setting("coalesced", 3)), [], _taking(200.0))
    assert outcome.verdict is Verdict.PASS

    assert judge_again(outcome, [strict]).verdict is Verdict.FAIL
