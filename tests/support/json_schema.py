"""As much of JSON Schema as a scenario's needs, read as an editor reads it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = Any
_SAYS_NOTHING = {"description", "examples", "discriminator", "$defs", "$schema", "title"}
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def _is_a(value: Json, name: str) -> bool:
    """Python's booleans are numbers, JSON's are not."""
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


_HOLDS: dict[str, tuple[tuple[type, ...], Callable[[Json, Json], bool]]] = {
    "const": ((object,), lambda value, told: value == told),
    "enum": ((object,), lambda value, told: value in told),
    "type": ((object,), _is_a),
    "pattern": ((str,), lambda value, told: re.search(told, value) is not None),
    "minLength": ((str,), lambda value, told: len(value) >= told),
    "minItems": ((list,), lambda value, told: len(value) >= told),
    "minProperties": ((dict,), lambda value, told: len(value) >= told),
    "required": ((dict,), lambda value, told: value.keys() >= set(told)),
    "minimum": ((int, float), lambda value, told: value >= told),
    "maximum": ((int, float), lambda value, told: value <= told),
    "exclusiveMinimum": ((int, float), lambda value, told: value > told),
    "exclusiveMaximum": ((int, float), lambda value, told: value < told),
}


def complaints(value: Json, schema: Mapping[str, Json]) -> list[str]:
    """Return what is wrong with `value`, each as `path: text`.

    Raises:
        AssertionError: the schema says something that is not understood here.
    """
    return list(_Reader(schema["$defs"]).read(value, schema, ""))


class _Reader:
    def __init__(self, definitions: Mapping[str, Json]) -> None:
        self._definitions = definitions

    def read(self, value: Json, place: Mapping[str, Json], path: str) -> Iterator[str]:
        for key, told in place.items():
            if key in _HOLDS:
                types, holds = _HOLDS[key]
                if isinstance(value, types) and not holds(value, told):
                    yield f"{path}: {value!r} breaks {key} {told!r}"
            elif key not in _SAYS_NOTHING:
                yield from getattr(self, "_" + key.strip("$"))(value, told, path, place)

    def _ref(self, value: Json, told: Json, path: str, _place: Json) -> Iterator[str]:
        yield from self.read(value, self._definitions[told.rpartition("/")[2]], path)

    def _anyOf(self, value: Json, told: Json, path: str, _place: Json) -> Iterator[str]:  # noqa: N802 - JSON Schema's word
        if all(list(self.read(value, form, path)) for form in told):
            yield f"{path}: {value!r} fits no form"

    def _oneOf(self, value: Json, told: Json, path: str, _place: Json) -> Iterator[str]:  # noqa: N802 - JSON Schema's word
        if sum(not list(self.read(value, form, path)) for form in told) != 1:
            yield f"{path}: {value!r} fits no form, or several"

    def _items(self, value: Json, told: Json, path: str, _place: Json) -> Iterator[str]:
        for index, each in enumerate(value if isinstance(value, list) else ()):
            yield from self.read(each, told, f"{path}[{index}]")

    def _properties(self, value: Json, told: Json, path: str, _place: Json) -> Iterator[str]:
        for name in told.keys() & (value if isinstance(value, dict) else {}):
            yield from self.read(value[name], told[name], f"{path}.{name}")

    def _additionalProperties(self, value: Json, told: Json, path: str, place: Json) -> Iterator[str]:  # noqa: N802 - JSON Schema's word
        for name in (value if isinstance(value, dict) else {}).keys() - place.get("properties", {}).keys():
            if told is False:
                yield f"{path}.{name}: is not known"
            else:
                yield from self.read(value[name], told, f"{path}.{name}")
