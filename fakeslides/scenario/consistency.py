"""What must hold between the sections of a scenario.

These checks read the file's plain data, whatever else is wrong with it, so that all problems are told at
once.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import ValidationError

from fakeslides.scenario.problems import Problem, suggest
from fakeslides.scenario.rule_checks import check_rules
from fakeslides.scenario.rules import FaultRule, Phase
from fakeslides.scenario.section import Section

_Model = TypeVar("_Model", bound=Section)


def check_consistency(data: object) -> Iterator[Problem]:
    """Yield what is wrong between sections: doubled names, phases that don't exist, impossible rules."""
    yield from _doubled(data, "phases", "name")
    yield from _doubled(data, "faults", "id")
    yield from _doubled(data, "gates", "id")
    yield from _missing_phases(data)
    phases = [phase for _, phase in _well_formed(data, "phases", Phase)]
    yield from check_rules(_well_formed(data, "faults", FaultRule), phases)


def _entries(data: object, section: str) -> Iterator[tuple[int, dict[str, Any]]]:
    listed = data.get(section) if isinstance(data, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict):
            yield index, entry


def _part(entry: dict[str, Any], key: str) -> dict[str, Any]:
    part = entry.get(key)
    return part if isinstance(part, dict) else {}


def _doubled(data: object, section: str, key: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, entry in _entries(data, section):
        name = entry.get(key)
        if not isinstance(name, str):
            continue
        if name in seen:
            text = f"{name!r} is already {section}[{seen[name]}]; give each its own {key}"
            yield Problem((section, index, key), text)
        seen.setdefault(name, index)


def _missing_phases(data: object) -> Iterator[Problem]:
    known = [str(phase["name"]) for _, phase in _entries(data, "phases") if phase.get("name")]
    for index, rule in _entries(data, "faults"):
        wanted = _part(rule, "when").get("phase")
        if isinstance(wanted, str) and wanted not in known:
            advice = suggest(wanted, known) if known else "the scenario has no phases; add some"
            yield Problem(("faults", index, "when", "phase"), f"there is no phase {wanted!r}; {advice}")


def _well_formed(data: object, section: str, model: type[_Model]) -> list[tuple[int, _Model]]:
    """Return the entries of a section that are right in themselves, each with its place."""
    found = []
    for index, entry in _entries(data, section):
        with suppress(ValidationError):
            found.append((index, model.model_validate(entry)))
    return found
