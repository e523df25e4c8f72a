"""Scenarios in one line, for tests that need one fault."""

from collections.abc import Mapping
from typing import Any

from fakeslides.scenario.model import Scenario

WRITES = {"method": "presentations.batchUpdate"}


def weather(
    fault: Mapping[str, Any] | None = None,
    *,
    where: Mapping[str, Any] = WRITES,
    when: Mapping[str, Any] | None = None,
    often: Mapping[str, Any] | None = None,
    **sections: object,
) -> Scenario:
    """Return a scenario in which `fault` strikes: every time, unless `often` says otherwise.

    Its rule is called `struck`.
    """
    rule = {
        "id": "struck",
        "where": where,
        "often": often or {"rate": "100%"},
        "fault": fault,
        **({"when": when} if when else {}),
    }
    faults = [] if fault is None else [rule]
    return Scenario.model_validate({"version": 1, "promise": "A test.", "faults": faults, **sections})
