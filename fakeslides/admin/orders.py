"""What a request to change the weather asks for.  Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakeslides.admin.answers import AdminError
from fakeslides.scenario.loader import ScenarioError, parse_scenario
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.problems import suggest
from fakeslides.scenario.rules import FaultRule
from fakeslides.scenario.units import parse_duration_seconds
from fakeslides.scenario.writer import scenario_data

_BODY = Path("body")
_PARTS_OF_A_FAULT = {"fault", "where", "when", "often", "draw", "limit", "for"}
_EACH_CALL = {"every": 1}


@dataclass(frozen=True, slots=True)
class FaultOrder:
    """A rule to inject, and for how long, in seconds of the server's clock."""

    rule: FaultRule
    for_seconds: float


def read_scenario(body: bytes) -> Scenario:
    """Read a scenario, written as in a file: YAML, or JSON.

    Raises:
        AdminError: 400, with the loader's messages.
    """
    try:
        return parse_scenario(body.decode(), _BODY)
    except UnicodeDecodeError as error:
        raise AdminError(400, "the body is not UTF-8 text; send it as UTF-8") from error
    except ScenarioError as error:
        problems = str(error).splitlines()
        raise AdminError(400, f"the scenario is refused: {problems[0]}", problems=problems) from error


def read_fault_order(body: bytes, scenario: Scenario) -> FaultOrder:
    """Read `{"fault": {...}, "for": "5s"}`, and the other parts of a rule where wanted.

    Without `often`, every call that the rule looks at is struck.

    Args:
        body: as it came.
        scenario: whose phases the rule may name.

    Raises:
        AdminError: 400, with the loader's messages.
    """
    order = _read_object(body, '{"fault": {"kind": "tcp.reset"}, "for": "5s"}')
    for key in order.keys() - _PARTS_OF_A_FAULT:
        raise AdminError(400, f"{key}: is not a known key; {suggest(key, _PARTS_OF_A_FAULT)}")
    rule = {"id": "injected", "often": _EACH_CALL} | order
    return FaultOrder(_read_rule(rule, scenario), _read_span(rule.pop("for", None)))


def read_phase_order(body: bytes) -> str | None:
    """Return the phase that `{"to": name}` names, or None for `{"advance": true}`.

    Raises:
        AdminError: 400, it is neither.
    """
    order = _read_object(body, '{"advance": true} or {"to": "storm"}')
    match order:
        case {"to": str(name)} if len(order) == 1:
            return name
        case {"advance": True} if len(order) == 1:
            return None
    raise AdminError(400, 'the body says neither; write {"advance": true} or {"to": "storm"}')


def _read_object(body: bytes, example: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AdminError(400, f"the body is not JSON; write {example}") from error
    if not isinstance(found, dict):
        raise AdminError(400, f"the body is not an object; write {example}")
    return found


def _read_span(given: object) -> float:
    if given is None:
        raise AdminError(400, 'for: is missing; say how long the fault may last, like "for": "5s"')
    try:
        seconds = parse_duration_seconds(given)
    except ValueError as error:
        raise AdminError(400, f"for: {error}") from error
    if seconds <= 0:
        raise AdminError(400, f"for: {given!r} is no time at all; write more, like 5s")
    return seconds


def _read_rule(rule: Mapping[str, Any], scenario: Scenario) -> FaultRule:
    """Read a rule as the only one of a scenario, so that it is told what a file would be told."""
    parts = {key: part for key, part in rule.items() if key != "for"}
    phases = scenario_data(scenario).get("phases", [])
    text = json.dumps({"version": 1, "promise": "injected", "phases": phases, "faults": [parts]})
    try:
        return parse_scenario(text, _BODY).faults[0]
    except ScenarioError as error:
        problems = [_without_place(line) for line in str(error).splitlines()]
        raise AdminError(400, problems[0], problems=problems) from error


def _without_place(line: str) -> str:
    """Leave out what only a file has: the line, and the place among other rules."""
    return line.removeprefix(f"{_BODY}:1: ").removeprefix("faults[0].")
