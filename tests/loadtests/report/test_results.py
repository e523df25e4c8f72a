import json
from dataclasses import replace
from pathlib import Path

import pytest

from fakeslides.scenario.gates import Gate
from loadtests.measurements import Setting, StateChange
from loadtests.outcomes import SettingOutcome
from loadtests.report.results import ResultsError, gate_document, load_results, results_document
from tests.support.runs import a_fault, a_measurement, a_sweep, an_outcome

GATE = Gate(id="slides", metric="slide_success_share", require="> 95%", confidence="95%", min_samples=60)


def _sweep():  # noqa: ANN202 - a SweepOutcome
    measured = a_measurement(faults=(a_fault(2),), trace_digest="5eed")
    states = (StateChange(1.0, "breaker", "closed", "open", "key"),)
    broken = SettingOutcome(Setting("coalesced", 5), None, problem="the fake did not start")
    return a_sweep(an_outcome(replace(measured, states=states), [GATE]), broken, gates=(GATE,))


def test_what_is_written_is_read_back_as_it_was(tmp_path: Path) -> None:
    """`gate` and `plan` must judge what was measured, and nothing else."""
    sweep = _sweep()
    (tmp_path / "results.json").write_text(json.dumps(results_document(sweep)), "utf-8")

    assert results_document(load_results(tmp_path)) == results_document(sweep)
    assert load_results(tmp_path / "results.json").settings[0] == sweep.settings[0]


def test_each_setting_has_the_documented_fields() -> None:
    """Other programs read this file."""
    setting = results_document(_sweep())["settings"][0]

    assert {"strategy", "concurrency", "metrics", "intervals", "latency_seconds", "faults", "gates"} <= set(
        setting
    )
    assert {"p50", "p90", "p99", "max"} <= set(setting["latency_seconds"])
    assert setting["faults"] == [
        {"id": "reset", "matched": 10, "fired": 2, "expected_at_least": 1, "is_organic": False}
    ]
    assert {"id", "verdict", "measured", "required"} <= set(setting["gates"][0])


def test_a_gate_is_written_in_the_words_of_a_scenario() -> None:
    """So it can be copied from one to the other."""
    document = gate_document(GATE)

    assert document == {
        "id": "slides", "metric": "slide_success_share", "require": "> 95%", "confidence": "95%",
        "min_samples": 60,
    }  # fmt: skip
    assert Gate.model_validate(document) == GATE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "not JSON"),
        ("[]", "schema_version: None is not known here"),
        ('{"schema_version": 99}', "schema_version: 99 is not known here"),
        ('{"schema_version": 1}', "the key 'scenario' is missing"),
    ],
)
def test_a_file_that_holds_no_results_is_refused_by_name(tmp_path: Path, text: str | None, said: str) -> None:
    """One clear line, and no traceback."""
    if text is not None:
        (tmp_path / "results.json").write_text(text, "utf-8")

    with pytest.raises(ResultsError, match=r"results\.json") as refused:
        load_results(tmp_path / "results.json")

    assert said in str(refused.value)


@pytest.mark.parametrize("key", ["gates", "settings", "versions"])
def test_an_edited_file_is_refused(tmp_path: Path, key: str) -> None:
    """A value of the wrong kind must not get as far as a verdict."""
    document = {**results_document(_sweep()), key: [3]} if key != "versions" else {"schema_version": 1}
    (tmp_path / "results.json").write_text(json.dumps(document), "utf-8")

    with pytest.raises(ResultsError):
        load_results(tmp_path)
