"""What the engine has to know of each kind of request: what it makes, what it uses, what it counts in.

Source: the discovery document of the API (revision 20260930), messages `Request` and `*Request`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Body = Mapping[str, Any]

_CREATIONS = "createSlide createShape createImage createTable createLine createVideo createSheetsChart"

_CHANGE_TEXT_OR_OBJECTS = """
replaceAllText insertText deleteText deleteObject duplicateObject createParagraphBullets groupObjects
ungroupObjects insertTableRows insertTableColumns deleteTableRow deleteTableColumn mergeTableCells
unmergeTableCells replaceAllShapesWithImage replaceAllShapesWithSheetsChart
"""

_LEAVE_TEXT_AND_OBJECTS = """
addCommentReply deleteComment deleteCommentReply deleteParagraphBullets insertComment refreshSheetsChart
replaceImage rerouteLine updateCommentPost updateImageProperties updateLineCategory updateLineProperties
updatePageElementAltText updatePageElementTransform updatePageElementsZOrder updatePageProperties
updateParagraphStyle updateShapeProperties updateSlideProperties updateSlidesPosition
updateTableBorderProperties updateTableCellProperties updateTableColumnProperties updateTableRowProperties
updateTextStyle updateVideoProperties
"""

CREATIONS = frozenset(_CREATIONS.split())
"""Kinds whose `objectId` names what they make, and may be chosen by the caller."""

LEAVE_TEXT_AND_OBJECTS = frozenset(_LEAVE_TEXT_AND_OBJECTS.split())
"""Kinds after which every text and every object is as it was: nothing that is read shows them."""

KINDS = CREATIONS | LEAVE_TEXT_AND_OBJECTS | frozenset(_CHANGE_TEXT_OR_OBJECTS.split())
"""All kinds of request."""

_USES = re.compile(r"(?:.*O|o)bjectIds?|layoutId")
_IN_A_TABLE = ("cellLocation", "tableRange", "rowIndices", "columnIndices")


def made_ids(kind: str, body: Body) -> Iterator[str]:
    """Yield the ids that a request gives to what it makes; those that the server makes up are not there."""
    if kind in CREATIONS:
        yield from _strings(body.get("objectId"))
    if kind == "createSlide":
        yield from (name for each in _mappings(body) for name in _strings(each.get("objectId")))
    if kind == "duplicateObject":
        yield from (name for chosen in copies_of(body).values() for name in _strings(chosen))
    if kind == "groupObjects":
        yield from _strings(body.get("groupObjectId"))


def used_ids(kind: str, body: Body) -> Iterator[tuple[str, str]]:
    """Yield, for each object that has to be there for a request, where it is named and its id."""
    if kind == "duplicateObject":
        yield from (("objectIds", source) for source in copies_of(body))
        body = {"objectId": body.get("objectId", "")}
    if kind in CREATIONS:
        body = {key: value for key, value in body.items() if key != "objectId"}
    if kind == "createSlide":
        mappings = [{key: each[key] for key in each if key != "objectId"} for each in _mappings(body)]
        body = {**body, "placeholderIdMappings": mappings}
    if kind == "groupObjects":
        body = {key: value for key, value in body.items() if key != "groupObjectId"}
    yield from _used(body, "")


def counted_in(kind: str, body: Body) -> str | None:
    """Return the object whose characters, rows or columns a request counts in; None if it counts in none.

    Such a request means another place once somebody else has edited the object.
    """
    counts = any(key in body for key in _IN_A_TABLE)
    if kind == "insertText":
        counts |= body.get("insertionIndex", 0) != 0
    text_range = body.get("textRange")
    if isinstance(text_range, Mapping):
        counts |= bool(text_range.keys() & {"startIndex", "endIndex"})
    object_id = body.get("objectId") or body.get("tableObjectId")
    return object_id if counts and isinstance(object_id, str) else None


def copies_of(body: Body) -> Mapping[str, Any]:
    """Return, by the id of what a duplicateObject copies, the id that the caller gives to its copy."""
    found = body.get("objectIds")
    return found if isinstance(found, Mapping) else {}


def _mappings(body: Body) -> list[Body]:
    found = body.get("placeholderIdMappings")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _used(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            if _USES.fullmatch(str(key)):
                yield from ((here, each) for each in _strings(inner))
            else:
                yield from _used(inner, here)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _used(inner, f"{path}[{number}]")


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str) and each]
