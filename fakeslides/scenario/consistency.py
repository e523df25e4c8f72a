"""What must hold between the sections of a scenario.

These checks read the file's plain data, whatever else is wrong with it, so that all problems are told at
once.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fakeslides.scenario.problems import Problem, suggest
from fakeslides.scenario.units import parse_share


def check_consistency(data: object) -> Iterator[Problem]:
    """Yield what is wrong between sections: doubled names, phases that don't exist, shares over 100 %."""
    yield from _doubled(data, "phases", "name")
    yield from _doubled(data, "faults", "id")
    yield from _doubled(data, "gates", "id")
    yield from _missing_phases(data)
    yield from _rates_over_the_whole(data)


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


def _rates_over_the_whole(data: object) -> Iterator[Problem]:
    sums: defaultdict[str, float] = defaultdict(float)
    for index, rule in _entries(data, "faults"):
        try:
            share = parse_share(_part(rule, "often").get("rate"))
        except ValueError:
            continue
        scope = repr((_sorted(_part(rule, "where")), _sorted(_part(rule, "when"))))
        sums[scope] += share
        if sums[scope] > 1 + 1e-9:
            text = (
                f"the rates of rules with this where and when add up to {sums[scope]:.0%}; keep them to 100%"
            )
            yield Problem(("faults", index, "often", "rate"), text)


def _sorted(part: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((key, str(value)) for key, value in part.items())
