"""Every fault that can be injected, as a form needs to know it; read from the models themselves."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypedDict

from pydantic import TypeAdapter

from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.stages import stage_of

_CONTROLS = {"integer": "number", "number": "number", "string": "text", "boolean": "flag"}


class Field(TypedDict):
    """One thing to fill in: `control` is number, text, flag or choice."""

    name: str
    control: str
    choices: list[Any]
    default: Any
    example: Any
    is_required: bool


class Kind(TypedDict):
    """A fault kind, the points at which it can strike (none: it has but one), and what else it asks."""

    kind: str
    says: str
    points: list[str]
    point: str | None
    fields: list[Field]


def fault_kinds() -> list[Kind]:
    """Return the kinds in the order in which the models stand."""
    schema = TypeAdapter(Fault).json_schema()
    return [_kind(name, definition) for name, definition in _definitions(schema)]


def connection_points(kinds: Iterable[Kind]) -> list[str]:
    """Return the points of `kinds` at which there is a connection, but no call yet that could be chosen."""
    points = {point for kind in kinds for point in kind["points"]}
    return sorted(point for point in points if stage_of(point) == "accepted")


def _definitions(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each kind with its model's schema."""
    for name, reference in schema["discriminator"]["mapping"].items():
        yield name, schema["$defs"][reference.rpartition("/")[2]]


def _kind(name: str, definition: Mapping[str, Any]) -> Kind:
    properties, required = definition["properties"], definition.get("required", ())
    point = properties.get("point", {})
    return {
        "kind": name,
        "says": definition.get("description", "").partition("\n\n")[0].replace("\n", " "),
        "points": point.get("enum") or ([point["const"]] if "const" in point else []),
        "point": point.get("default"),
        "fields": [
            _field(key, _without_null(value), is_required=key in required)
            for key, value in properties.items()
            if key not in {"kind", "point"}
        ],
    }


def _without_null(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a value that may be left out as that of one that is given."""
    given = [choice for choice in value.get("anyOf", ()) if choice.get("type") != "null"]
    return {**value, **given[0]} if given else value


def _field(name: str, value: Mapping[str, Any], *, is_required: bool) -> Field:
    choices = list(value.get("enum", ()))
    return {
        "name": name,
        "control": "choice" if choices else _CONTROLS.get(value.get("type", ""), "text"),
        "choices": choices,
        "default": value.get("default"),
        "example": next(iter(value.get("examples", ())), value.get("minimum")),
        "is_required": is_required,
    }
