"""Reading JSON as Google's servers read it: proto3 JSON, strict about names and lenient about spelling.

A name may be camelCase or snake_case, an int32 a quoted string, an enum its number, and null means unset.
All that is wrong in a body is found before any of it is used.  The wording is that of protobuf's JSON
transcoder.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

from fakeslides.errors import SlidesApiError

_TYPE_PREFIX = "type.googleapis.com/google.apps.slides.v1."
_INT32 = range(-(2**31), 2**31)
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
"""A quoted number; Python's own reader knows more kinds."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong: where, in snake_case, and what."""

    field: str
    description: str

    def as_json(self) -> dict[str, str]:
        """Return it as it is told; the body itself has no name."""
        place = {"field": self.field} if self.field else {}
        return place | {"description": self.description}


class FieldType(Protocol):
    """What a field may hold."""

    def read(self, value: object, path: str, found: list[Violation]) -> object:
        """Return `value` in its plainest form, or note in `found` what is wrong with it."""


def read_body(value: object, message: "Message") -> dict[str, Any]:
    """Return a request body with camelCase names, unset fields left out.

    Raises:
        SlidesApiError: 400 with a `google.rpc.BadRequest`, one violation for each thing wrong.
    """
    found: list[Violation] = []
    body = message.read(value, "", found)
    if found:
        raise bad_request("\n".join(violation.description for violation in found), found)
    return body


def bad_request(text: str, violations: list[Violation]) -> SlidesApiError:
    """Return the 400 that says `text` and lists `violations` in its details."""
    listed = [each.as_json() for each in violations]
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": listed}
    return SlidesApiError(400, "INVALID_ARGUMENT", text, [detail])


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, a number or a truth; `convert` raises for what is none."""

    type_name: str
    convert: Callable[[Any], Any]

    def read(self, value: object, path: str, found: list[Violation]) -> object:
        """Return the value as `convert` gives it."""
        if isinstance(value, list | dict):
            what = "list" if isinstance(value, list) else "object"
            parent, _, name = path.rpartition(".")
            found.append(_unknown_name(parent, name, f"Proto field is not repeating, cannot start {what}."))
            return None
        try:
            return self.convert(value)
        except (TypeError, ValueError, OverflowError):
            found.append(_invalid_value(path, self.type_name, value))
            return None


@dataclass(frozen=True, slots=True)
class Enum:
    """One of some names; a number stands for the name at that place."""

    type_name: str
    names: tuple[str, ...]

    def read(self, value: object, path: str, found: list[Violation]) -> object:
        """Return the name."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(self.names):
            return self.names[value]
        if value not in self.names:
            found.append(_invalid_value(path, _TYPE_PREFIX + self.type_name, value))
        return value


@dataclass(frozen=True, slots=True)
class Repeated:
    """A list."""

    item: FieldType

    def read(self, value: object, path: str, found: list[Violation]) -> object:
        """Return the list of what was read; a value alone counts as a list of one."""
        items = value if isinstance(value, list) else [value]
        return [self.item.read(item, f"{path}[{index}]", found) for index, item in enumerate(items)]


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose keys are data."""

    item: FieldType

    def read(self, value: object, path: str, found: list[Violation]) -> object:
        """Return the mapping of what was read."""
        if not isinstance(value, dict):
            found.append(_invalid_value(path, "Map", value))
            return {}
        return {key: self.item.read(item, f"{path}[{key}]", found) for key, item in value.items()}


@dataclass(frozen=True, slots=True)
class Anything:
    """A value that is taken as it is."""

    def read(self, value: object, path: str, found: list[Violation]) -> object:  # noqa: ARG002 - nothing can be wrong
        """Return the value."""
        return value


class Message:
    """An object with known fields.

    Args:
        type_name: Google's name of the message.
        fields: what each field may hold, by camelCase name.
        one_of: fields of which only one may be set; they form the union called `kind`.
    """

    def __init__(
        self, type_name: str, fields: Mapping[str, FieldType], *, one_of: tuple[str, ...] = ()
    ) -> None:
        self._type_name = type_name
        self._fields = fields
        self._one_of = frozenset(one_of)
        self._spellings = {name: snake_case(name) for name in fields}
        self._names = {spelling: name for name, spelling in self._spellings.items()} | {
            name: name for name in fields
        }

    def read(self, value: object, path: str, found: list[Violation]) -> dict[str, Any]:
        """Return the fields that are set, by camelCase name."""
        if not isinstance(value, dict):
            found.append(_invalid_value(path, _TYPE_PREFIX + self._type_name, value))
            return {}
        read: dict[str, Any] = {}
        for key, item in value.items():
            name = self._names.get(key)
            if name is None:
                found.append(_unknown_name(path, key, "Cannot find field."))
            elif item is not None:
                self._check_union(name, read, path, found)
                below = f"{path}.{self._spellings[name]}" if path else self._spellings[name]
                read[name] = self._fields[name].read(item, below, found)
        return read

    def _check_union(self, name: str, read: dict[str, Any], path: str, found: list[Violation]) -> None:
        if name in self._one_of and not self._one_of.isdisjoint(read):
            text = f"oneof field 'kind' is already set. Cannot set '{name}'"
            found.append(Violation(path, f"Invalid value at '{path}' (oneof), {text}"))


def snake_case(name: str) -> str:
    """Return a camelCase name as protobuf writes it."""
    return re.sub(r"[A-Z]", lambda capital: "_" + capital.group().lower(), name)


def camel_case(name: str) -> str:
    """Return a name in camelCase, whichever way it is spelt."""
    return re.sub(r"_([a-z])", lambda letter: letter.group(1).upper(), name)


def _unknown_name(parent: str, name: str, reason: str) -> Violation:
    place = f" at '{parent}'" if parent else ""
    return Violation(parent, f'Invalid JSON payload received. Unknown name "{name}"{place}: {reason}')


def _invalid_value(path: str, type_name: str, value: object) -> Violation:
    shown = json.dumps(value, ensure_ascii=False)
    return Violation(path, f"Invalid value at '{path}' ({type_name}), {shown}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # half a surrogate pair is no text, and raises a ValueError
    return value


def _truth(value: object) -> bool:
    named = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(named, bool):
        raise TypeError(value)
    return named


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise ValueError(value)
    number = float(value)
    if not isfinite(number):  # no answer could tell of it again
        raise ValueError(value)
    return number


def _int32(value: object) -> int:
    number = _number(value)
    if int(number) != number or int(number) not in _INT32:
        raise ValueError(value)
    return int(number)


STRING = Scalar("TYPE_STRING", _text)
BOOL = Scalar("TYPE_BOOL", _truth)
INT32 = Scalar("TYPE_INT32", _int32)
DOUBLE = Scalar("TYPE_DOUBLE", _number)
