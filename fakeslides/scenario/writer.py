"""Scenarios as data and as text, the way files say it: what comes out can be read in again."""

from typing import Any

import yaml

from fakeslides.scenario.model import Scenario


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data, with units, and without what is left at its default."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def scenario_yaml(scenario: Scenario) -> str:
    """Return a scenario as the text of a file."""
    return yaml.safe_dump(scenario_data(scenario), sort_keys=False, allow_unicode=True, width=110)
