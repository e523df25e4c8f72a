"""pydantic's complaints in the words of someone who writes scenarios."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from fakeslides.scenario.model import Scenario
from fakeslides.scenario.problems import KeyPath, Problem, suggest

_Details = Mapping[str, Any]
_Schema = Mapping[str, Any]


def explain(error: ValidationError, data: object) -> Iterator[Problem]:
    """Yield a problem for each complaint about `data`, with the path as it stands in the file."""
    schema = Scenario.model_json_schema()
    for details in error.errors(include_url=False):
        if details["type"] == "too_short" and details["input"]:
            continue  # it has entries, and each bad one is told by itself
        path = _path_in(data, details["loc"])
        yield Problem(path, _text_of(details, schema))


def _path_in(data: object, location: KeyPath) -> KeyPath:
    """Leave out the union tags that pydantic puts between the keys."""
    path: list[str | int] = []
    for index, part in enumerate(location):
        is_last = index == len(location) - 1
        if isinstance(data, Mapping) and (part in data or is_last):
            path.append(part)
            data = data.get(str(part))
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return tuple(path)


def _text_of(details: _Details, schema: _Schema) -> str:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        *parents, key = details["loc"]
        return f"is not a known key; {suggest(str(key), _known_keys(schema, tuple(parents)))}"
    explainer = _EXPLAINERS.get(kind)
    return explainer(given, context) if explainer else f"{details['msg']}; see the documentation of scenarios"


def _known_keys(schema: _Schema, location: KeyPath) -> list[str]:
    place: _Schema = schema
    for part in location:
        place = _step(schema, place, part)
    return list(_resolve(schema, place).get("properties", {}))


def _step(schema: _Schema, place: _Schema, part: str | int) -> _Schema:
    place = _resolve(schema, place)
    if isinstance(part, int):
        return dict(place.get("items", place))
    if "discriminator" in place:
        return {"$ref": place["discriminator"]["mapping"][part]}
    # What is no key is the tag of a union whose forms are told apart without one.
    return dict(place.get("properties", {}).get(part, place))


def _resolve(schema: _Schema, place: _Schema) -> _Schema:
    """Follow references, and of several forms take the one that has keys or entries."""
    if "$ref" in place:
        return _resolve(schema, schema["$defs"][place["$ref"].rpartition("/")[2]])
    if "discriminator" in place:
        return place
    forms = [_resolve(schema, form) for form in (*place.get("anyOf", ()), *place.get("oneOf", ()))]
    return next((form for form in forms if form.keys() & {"properties", "items", "discriminator"}), place)


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _words_in(listing: str) -> list[str]:
    return [word.strip(" '") for word in listing.replace(" or ", ",").split(",") if word.strip(" '")]


_EXPLAINERS: dict[str, Callable[[object, _Details], str]] = {
    "missing": lambda _given, _context: "is missing; add it",
    "value_error": lambda _given, context: str(context["error"]),
    "literal_error": lambda given, context: (
        f"{_shown(given)} is not known; {suggest(str(given), _words_in(context['expected']))}"
    ),
    "union_tag_invalid": lambda _given, context: (
        f"kind {_shown(context['tag'])} is not known; "
        f"{suggest(str(context['tag']), _words_in(context['expected_tags']))}"
    ),
    "union_tag_not_found": lambda _given, _context: "has no `kind`; add one, like {kind: tcp.reset}",
    "model_type": lambda given, _context: f"{_shown(given)} is not a mapping; write `key: value`",
    "model_attributes_type": lambda given, _context: f"{_shown(given)} is not a mapping; write `key: value`",
    "dict_type": lambda given, _context: f"{_shown(given)} is not a mapping; write `key: value`",
    "tuple_type": lambda given, _context: f"{_shown(given)} is not a list; write [one, two]",
    "string_type": lambda given, _context: f"{_shown(given)} is not text; write a word or a quoted sentence",
    "string_too_short": lambda _given, _context: "is empty; write at least one character",
    "too_short": lambda _given, _context: "is an empty list; write at least one entry or leave the key out",
    "int_parsing": lambda given, _context: f"{_shown(given)} is not a whole number; write one, like 3",
    "int_parsing_size": lambda given, _context: f"{_shown(given)} is too large; write a smaller whole number",
    "int_type": lambda given, _context: f"{_shown(given)} is not a whole number; write one, like 3",
    "int_from_float": lambda given, _context: f"{_shown(given)} is not a whole number; write one, like 3",
    "bool_parsing": lambda given, _context: f"{_shown(given)} is not a switch; write true or false",
    "bool_type": lambda given, _context: f"{_shown(given)} is not a switch; write true or false",
    "greater_than": lambda given, context: f"{_shown(given)} is too small; write more than {context['gt']}",
    "greater_than_equal": lambda given, context: (
        f"{_shown(given)} is too small; write {context['ge']} or more"
    ),
    "less_than_equal": lambda given, context: f"{_shown(given)} is too large; write {context['le']} or less",
}
