import io
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fakeslides.scenario.gates import Gate
from loadtests.capacity import plan as capacities
from loadtests.commands.gate import judge_sweep_again
from loadtests.measurements import Setting, StateChange
from loadtests.outcomes import SettingOutcome
from loadtests.report.results import ResultsError, gate_document, load_results, results_document
from loadtests.report.table import PLAIN_WIDTH_COLUMNS, sweep_report
from tests.support.runs import a_fault, a_measurement, a_sweep, an_outcome

GATE = Gate(id="slides", metric="slide_success_share", require="> 95%", confidence="95%", min_samples=60)

GONE = object()
LOW = ("settings", 0, "intervals", "slide_success_share", "low")
Place = tuple[str | int, ...]


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


@pytest.mark.parametrize("confidence", ["99.99999%", "50.000001%", "97.5%"])
def test_a_confidence_is_written_to_its_last_digit(confidence: str) -> None:
    """Rounded to 100 % it could not be read again, and the results of a sweep were lost."""
    gate = Gate(id="g", metric="slide_success_share", require="> 95%", confidence=confidence)

    assert gate_document(gate)["confidence"] == confidence
    assert Gate.model_validate(gate_document(gate)) == gate


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "not JSON"),
        ("[]", "schema_version: None is not known here"),
        ('{"schema_version": 99}', "schema_version: 99 is not known here"),
        ('{"schema_version": 1}', "the key 'settings' is missing"),
    ],
)
def test_a_file_that_holds_no_results_is_refused_by_name(tmp_path: Path, text: str | None, said: str) -> None:
    """One clear line, and no traceback."""
    if text is not None:
        (tmp_path / "results.json").write_text(text, "utf-8")

    with pytest.raises(ResultsError, match=r"results\.json") as refused:
        load_results(tmp_path / "results.json")

    assert said in str(refused.value)


def _edits(
    value: object, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Yield each place in a document with something of the wrong kind for it, or nothing at all."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from (((*place, key), wrong) for wrong in (GONE, None, "x", 0, []))
        yield from _edits(below, (*place, key))


def _edited(document: Any, place: Place, value: object) -> Any:  # noqa: ANN401 - JSON
    copy = json.loads(json.dumps(document))
    owner = reduce(lambda part, key: part[key], place[:-1], copy)
    if value is GONE:
        del owner[place[-1]]
    else:
        owner[place[-1]] = value
    return copy


def test_whatever_was_edited_is_refused_or_can_be_judged_planned_and_shown(tmp_path: Path) -> None:
    """A number that had become a word came back as a traceback, from deep within a table."""
    document, refused = json.loads(json.dumps(results_document(_sweep()))), set()
    for place, value in _edits(document):
        (tmp_path / "results.json").write_text(json.dumps(_edited(document, place, value)), "utf-8")
        try:
            judged = judge_sweep_again(load_results(tmp_path))
        except ResultsError as error:
            assert str(error).startswith(f"{tmp_path / 'results.json'}: ")  # noqa: PT017 - of many
            refused.add(place)
            continue
        Console(file=io.StringIO(), width=PLAIN_WIDTH_COLUMNS).print(
            sweep_report(judged, PLAIN_WIDTH_COLUMNS)
        )
        capacities(judged.settings, writes_per_minute=54, pool_size=3)

    assert ("settings", 0, "metrics", "lost_edits") in refused
    assert LOW in refused


def test_an_edited_value_is_refused_by_its_place_in_the_file(tmp_path: Path) -> None:
    """Whoever edited it by hand has some thousand lines to look through."""
    edited = _edited(
        results_document(_sweep()), ("settings", 0, "intervals", "slide_success_share", "low"), "x"
    )
    (tmp_path / "results.json").write_text(json.dumps(edited), "utf-8")

    with pytest.raises(ResultsError, match=r": settings\.0\.intervals\.slide_success_share\.low: not what"):
        load_results(tmp_path)
