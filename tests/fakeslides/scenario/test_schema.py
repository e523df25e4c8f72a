import json
from pathlib import Path

import pytest
import yaml

from fakeslides.scenario.loader import shipped_scenarios
from fakeslides.scenario.schema import FILE_NAME, scenario_schema, schema_text
from tests.support.json_schema import complaints
from tests.support.source_tree import ROOT

SCHEMA = scenario_schema()


def said_of(text: str) -> list[str]:
    """Return what an editor underlines in a scenario."""
    return complaints(yaml.safe_load(f"version: 1\npromise: p\n{text}"), SCHEMA)


def test_the_committed_schema_is_the_one_of_the_models() -> None:
    """Renew it with: deckstorm scenarios schema > scenarios/scenario.schema.json."""
    committed = (ROOT / "scenarios" / FILE_NAME).read_text("utf-8")

    assert committed == schema_text()


@pytest.mark.parametrize("path", shipped_scenarios(), ids=lambda path: path.stem)
def test_every_scenario_that_ships_names_the_schema_and_obeys_it(path: Path) -> None:
    """An editor that underlines a good file is soon not believed any more."""
    text = path.read_text("utf-8")

    assert text.startswith(f"# yaml-language-server: $schema=./{FILE_NAME}\n")
    assert complaints(yaml.safe_load(text), SCHEMA) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("phasse: []", ".phasse"),
        ("phases: [{name: calm, for: 60}]", ".phases[0].for"),
        ("time_scale: 20", ".time_scale"),
        ("faults: [{id: a, often: {rate: 5}, fault: {kind: tcp.reset}}]", ".faults[0].often.rate"),
        ("faults: [{id: a, often: {rate: 5%}, fault: {kind: tcp.rest}}]", ".faults[0].fault"),
        ("faults: [{id: a, often: {rate: 5%}}]", ".faults[0]"),
        ("gates: [{id: a, metric: lost, require: '== 0'}]", ".gates[0].metric"),
    ],
)
def test_an_editor_underlines_what_the_loader_would_refuse(text: str, place: str) -> None:
    """The sooner a slip is seen, the cheaper it is."""
    assert [said.split(": ")[0] for said in said_of(text)] == [place]


@pytest.mark.parametrize(
    "text",
    [
        "time_scale: 0.05",
        "time_scale: 1/20",
        "faults: [{id: a, when: {attempt: 1}, often: {rate: {from: 0%, to: 5%}}, fault: {kind: tcp.reset}}]",
        "faults: [{id: a, when: {attempt: [1, 2]}, often: {count: 3}, fault: {kind: tcp.reset}}]",
    ],
)
def test_an_editor_accepts_every_form(text: str) -> None:
    """What the loader takes in two forms, the schema knows in both."""
    assert said_of(text) == []


def test_holds_nothing_that_depends_on_the_models_units() -> None:
    """A default of 60.0 would be wrong in a file, where it is written 60s."""
    text = json.dumps(SCHEMA)

    assert '"default"' not in text
    assert '"null"' not in text
