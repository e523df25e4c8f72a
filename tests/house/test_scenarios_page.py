"""docs/scenarios.md explains the format and lists the library, and is held to both."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from fakeslides.scenario.gates import Metric
from fakeslides.scenario.loader import load_scenario, parse_scenario, shipped_scenarios
from fakeslides.scenario.model import Scenario
from tests.support.source_tree import ROOT

PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
LIBRARY = {row[0]: row[1:] for row in ROW.findall(PAGE.partition("## The library")[2])}
NAMES = [path.stem for path in shipped_scenarios()]


def _own_keys(schema: dict[str, Any], definition: dict[str, Any], seen: set[str]) -> Iterator[str]:
    """Yield the keys of a section and of all below it, but for the faults, which have a page of their own."""
    yield from definition.get("properties", {})
    for name in re.findall(r"#/\$defs/(\w+)", str(definition)):
        part = schema["$defs"][name]
        if name not in seen and "kind" not in part.get("properties", {}):
            seen.add(name)
            yield from _own_keys(schema, part, seen)


def test_every_scenario_that_ships_has_a_row_and_every_row_a_scenario() -> None:
    """A newcomer chooses from this table."""
    assert sorted(LIBRARY) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_gives_the_promise_in_the_words_of_the_file(name: str) -> None:
    """Two wordings would be two promises."""
    (path,) = [path for path in shipped_scenarios() if path.stem == name]

    assert LIBRARY[name][1] == load_scenario(path).promise


def test_every_key_of_the_format_is_explained() -> None:
    """What the schema allows and the page does not mention, nobody finds."""
    schema = Scenario.model_json_schema()
    prose = re.sub(r"```.+?```", "", PAGE, flags=re.DOTALL)
    written = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", prose))))

    assert set(_own_keys(schema, schema, set())) - written == set()


def test_every_metric_is_named() -> None:
    """A gate on a metric that does not exist is refused, so the page says which do."""
    assert [metric for metric in get_args(Metric) if f"`{metric}`" not in PAGE] == []


def test_the_example_is_a_scenario() -> None:
    """It is what people copy first."""
    (example,) = re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)

    assert parse_scenario(example).faults
