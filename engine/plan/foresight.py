"""What requests make of a scene, as far as can be told beforehand.

A text is only foreseen where there is no doubt about it; what may have changed is no longer known.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.plan.given_requests import GivenRequest
from engine.plan.request_kinds import CREATIONS, LEAVE_TEXT_AND_OBJECTS, Body, copies_of
from engine.plan.scene import Scene, cell_place, object_at
from engine.plan.witness import written_text

_HOLD_TEXT = {"createShape"}
_FORGET = """
insertTableRows insertTableColumns deleteTableRow deleteTableColumn mergeTableCells unmergeTableCells
createParagraphBullets
"""
_MOST_CELLS = 10_000  # far beyond any table of Google's; a mistake of more must not fill the memory
_FORGETTING = frozenset(_FORGET.split())  # what they leave of an object's texts is not foreseen


def foresee(requests: Iterable[GivenRequest], scene: Scene) -> Scene | None:
    """Return the scene after `requests`, each of which is applied; None if nothing can be told of it."""
    seen: Scene | None = scene
    for request in requests:
        if seen is None:
            return None
        seen = _after(request, seen)
    return seen


def _after(request: GivenRequest, scene: Scene) -> Scene | None:
    kind, body = request.kind, request.body
    if kind in LEAVE_TEXT_AND_OBJECTS:
        return scene
    if kind in CREATIONS:
        return _created(request, scene)
    if kind in _FORGETTING:
        return _forgotten(scene, {str(body.get("objectId") or body.get("tableObjectId"))})
    change = _CHANGES.get(kind)
    try:
        return None if change is None else change(body, scene)
    except (AttributeError, TypeError, ValueError):  # malformed, and the server's to refuse
        return None


def _created(request: GivenRequest, scene: Scene) -> Scene:
    body, (own, *placeholders) = request.body, request.made_ids
    holder = None if request.kind == "createSlide" else _page_named(body)
    holder_of = {**scene.holder_of, own: holder, **dict.fromkeys(placeholders, own)}
    texts = dict(scene.texts)
    texts.update(dict.fromkeys([*placeholders, *([own] if request.kind in _HOLD_TEXT else [])], ""))
    if request.kind == "createTable":
        texts.update(dict.fromkeys(_cells_of(own, body), ""))
    slides = scene.slide_ids | ({own} if holder is None else set())
    return Scene(holder_of, slides, texts)


def _page_named(body: Body) -> str:
    properties = body.get("elementProperties")
    return str(properties.get("pageObjectId")) if isinstance(properties, Mapping) else ""


def _cells_of(table_id: str, body: Body) -> list[str]:
    rows, columns = body.get("rows"), body.get("columns")
    if not isinstance(rows, int) or not isinstance(columns, int) or rows * columns > _MOST_CELLS:
        return []
    locations = ({"rowIndex": row, "columnIndex": column} for row in range(rows) for column in range(columns))
    return [cell_place(table_id, location) for location in locations]


def _deleted(body: Body, scene: Scene) -> Scene:
    gone = {str(body.get("objectId"))}
    while more := {name for name, holder in scene.holder_of.items() if holder in gone} - gone:
        gone |= more
    holder_of = {name: holder for name, holder in scene.holder_of.items() if name not in gone}
    return replace(_forgotten(scene, gone), holder_of=holder_of, slide_ids=scene.slide_ids - gone)


def _duplicated(body: Body, scene: Scene) -> Scene:
    holder_of, texts, slides = dict(scene.holder_of), dict(scene.texts), scene.slide_ids
    copies = copies_of(body)
    for source, name in copies.items():
        holder = scene.holder_of.get(source)
        holder_of[name] = None if holder is None else copies.get(holder, holder)
        slides |= {name} if source in slides else set()
        for place, text in scene.texts.items():
            if object_at(place) == source:
                texts[name + place.removeprefix(source)] = text
    return Scene(holder_of, slides, texts)


def _grouped(body: Body, scene: Scene) -> Scene:
    children = [str(each) for each in body.get("childrenObjectIds", ())]
    group = str(body.get("groupObjectId"))
    holder = scene.holder_of.get(children[0]) if children else None
    return replace(scene, holder_of={**scene.holder_of, group: holder, **dict.fromkeys(children, group)})


def _ungrouped(body: Body, scene: Scene) -> Scene:
    groups = set(map(str, body.get("objectIds", ())))
    holder_of = {
        name: scene.holder_of.get(holder) if holder in groups and holder is not None else holder
        for name, holder in scene.holder_of.items()
        if name not in groups
    }
    return replace(scene, holder_of=holder_of)


def _text_inserted(body: Body, scene: Scene) -> Scene:
    def insert(text: str) -> str | None:
        units, at = text.encode("utf-16-le"), 2 * int(body.get("insertionIndex", 0))
        written = written_text(str(body.get("text", ""))).encode("utf-16-le")
        return _of_units(units[:at] + written + units[at:]) if at <= len(units) else None

    return _rewritten(body, scene, insert)


def _text_deleted(body: Body, scene: Scene) -> Scene:
    text_range: Any = body.get("textRange") or {}

    def delete(text: str) -> str | None:
        units = text.encode("utf-16-le")
        start = 2 * int(text_range.get("startIndex", 0))
        end = 2 * int(text_range["endIndex"]) if "endIndex" in text_range else len(units)
        return _of_units(units[:start] + units[end:]) if start <= end <= len(units) else None

    return _rewritten(body, scene, delete)


def _of_units(units: bytes) -> str | None:
    try:
        return units.decode("utf-16-le")
    except UnicodeDecodeError:  # an index into the middle of a character
        return None


def _rewritten(body: Body, scene: Scene, change: Callable[[str], str | None]) -> Scene:
    location, place = body.get("cellLocation"), str(body.get("objectId"))
    if isinstance(location, Mapping):
        place = cell_place(place, location)
    if place not in scene.texts:
        return scene
    text = change(scene.texts[place])
    return _forgotten(scene, {place}) if text is None else replace(scene, texts={**scene.texts, place: text})


def _text_replaced(body: Body, scene: Scene) -> Scene | None:
    criteria = body.get("containsText")
    if not isinstance(criteria, Mapping) or criteria.get("searchByRegex") or not criteria.get("text"):
        return None
    needle = re.compile(re.escape(str(criteria["text"])), 0 if criteria.get("matchCase") else re.IGNORECASE)
    written = written_text(str(body.get("replaceText", "")))
    pages, texts = set(body.get("pageObjectIds") or ()), dict(scene.texts)
    for place, text in scene.texts.items():
        page = scene.page_of(object_at(place))
        if page in (pages or scene.slide_ids):
            texts[place] = needle.sub(lambda _: written, text)
        elif not pages and needle.search(text):
            del texts[place]  # whether notes and layouts are searched, no source says
    return replace(scene, texts=texts)


def _forgotten(scene: Scene, names: set[str]) -> Scene:
    kept = {
        place: text
        for place, text in scene.texts.items()
        if place not in names and object_at(place) not in names
    }
    return replace(scene, texts=kept)


_CHANGES: Mapping[str, Callable[[Body, Scene], Scene | None]] = {
    "deleteObject": _deleted,
    "deleteText": _text_deleted,
    "duplicateObject": _duplicated,
    "groupObjects": _grouped,
    "insertText": _text_inserted,
    "replaceAllText": _text_replaced,
    "ungroupObjects": _ungrouped,
}
