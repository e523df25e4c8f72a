import json
from pathlib import Path

import pytest

from fakeslides.scenario.loader import load_scenario, parse_scenario, shipped_scenarios
from fakeslides.scenario.writer import scenario_data, scenario_yaml


@pytest.mark.parametrize("path", shipped_scenarios(), ids=lambda path: path.stem)
def test_what_is_written_reads_back_as_the_same_scenario(path: Path) -> None:
    """Whoever takes a scenario from a running fake must be able to put it back."""
    scenario = load_scenario(path)

    assert parse_scenario(scenario_yaml(scenario)) == scenario
    assert parse_scenario(json.dumps(scenario_data(scenario))) == scenario


def test_says_only_what_the_author_said() -> None:
    """A file of nothing but defaults would hide the weather in it."""
    text = """
version: 1
promise: "on: 5%"
phases: [{name: storm, for: 90ms}]
faults:
  - {id: it, when: {phase: storm}, often: {rate: 0.1%}, fault: {kind: http.delay, by: 2m}}
gates: [{id: all, metric: slide_success_share, require: ">= 99.5%"}]
"""

    data = scenario_data(parse_scenario(text))

    assert data == {
        "version": 1,
        "promise": "on: 5%",
        "phases": [{"name": "storm", "for": "0.09s"}],
        "faults": [
            {
                "id": "it",
                "when": {"phase": "storm"},
                "often": {"rate": "0.1%"},
                "fault": {"kind": "http.delay", "by": "120s"},
            }
        ],
        "gates": [{"id": "all", "metric": "slide_success_share", "require": ">= 99.5%"}],
    }
