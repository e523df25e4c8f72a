"""createImage, createLine, createSheetsChart, createTable, createVideo: an element on a page.

What an image, a chart or a video shows is not fetched; the element is there, and can be edited as such.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fakeslides.slides.appliers.create_shape import page_for, placed
from fakeslides.slides.elements import Element, Opaque, element_from_json
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json

MOST_CELLS = 10_000
"""Of a new table: far beyond what fits a slide, and little enough for a server's memory."""

Maker = Callable[[Presentation, Json, ObjectIds], dict[str, Any]]

_NEEDS: dict[str, tuple[str, ...]] = {
    "createImage": ("url",),
    "createLine": ("elementProperties",),
    "createSheetsChart": ("spreadsheetId", "chartId"),
    "createVideo": ("source", "id"),
}
_UNSPECIFIED = ("SOURCE_UNSPECIFIED", "LINE_CATEGORY_UNSPECIFIED")
# Of each category the one that Google draws between two points.
_LINE_TYPES = {
    "STRAIGHT": "STRAIGHT_CONNECTOR_1",
    "BENT": "BENT_CONNECTOR_3",
    "CURVED": "CURVED_CONNECTOR_3",
}


def creating(kind: str) -> Maker:
    """Return the applier of a kind; its reply names the new element.

    It raises `Refusal` where something needed is missing, no page is named, or the id cannot be given.
    """

    def create(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:
        for name in _NEEDS[kind]:
            if not body.get(name) or body[name] in _UNSPECIFIED:
                raise Refusal(f"The {name} must be specified.")
        shown = _SHOWN[kind](body)
        return _put(kind, presentation, body, ids, lambda name, fields: Opaque(name, {**fields, **shown}))

    return create


def _image(body: Json) -> Json:
    """Return an image; what Google keeps a copy of stays where it came from."""
    return {"image": {"contentUrl": body["url"], "imageProperties": {}, "sourceUrl": body["url"]}}


def _line(body: Json) -> Json:
    """Return a line; `category` goes before the deprecated `lineCategory`, and STRAIGHT is the default."""
    category = body.get("category", "LINE_CATEGORY_UNSPECIFIED")
    if category in _UNSPECIFIED:
        category = body.get("lineCategory", "STRAIGHT")
    shown = {"lineProperties": {}, "lineType": _LINE_TYPES[category], "lineCategory": category}
    return {"line": shown}


def _chart(body: Json) -> Json:
    chart = {"spreadsheetId": body["spreadsheetId"], "chartId": body["chartId"], "sheetsChartProperties": {}}
    return {"sheetsChart": chart}


def _video(body: Json) -> Json:
    return {"video": {"source": body["source"], "id": body["id"], "videoProperties": {}}}


_SHOWN: dict[str, Callable[[Json], Json]] = {
    "createImage": _image,
    "createLine": _line,
    "createSheetsChart": _chart,
    "createVideo": _video,
}
"""What the element of each kind holds beside its id, size and place, as `presentations.get` answers it."""


def create_table(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:
    """Put a table with empty cells on a page; the reply names it.

    Google names no limit for its size, and must have one; `MOST_CELLS` is a choice of ours.

    Raises:
        Refusal: no rows or columns, too many, no page to put it on, or an id that cannot be given.
    """
    rows, columns = body.get("rows", 0), body.get("columns", 0)
    if rows < 1 or columns < 1:
        raise Refusal("The number of rows and columns must be greater than 0.")
    if rows * columns > MOST_CELLS:
        raise Refusal(f"The table must not have more than {MOST_CELLS} cells.")
    cells = [[{"location": _location(row, column)} for column in range(columns)] for row in range(rows)]
    table = {"rows": rows, "columns": columns, "tableRows": [{"tableCells": row} for row in cells]}

    def made(name: str, fields: dict[str, Any]) -> Element:
        return element_from_json({"objectId": name, **fields, "table": table})

    return _put("createTable", presentation, body, ids, made)


def _put(
    kind: str,
    presentation: Presentation,
    body: Json,
    ids: ObjectIds,
    make: Callable[[str, dict[str, Any]], Element],
) -> dict[str, Any]:
    properties = body.get("elementProperties", {})
    page = page_for(presentation, properties.get("pageObjectId", ""))
    object_id = ids.chosen_or_fresh(presentation, body.get("objectId"))
    element = make(object_id, dict(placed(properties)))
    presentation.put_page(replace(page, elements=(*page.elements, element)))
    return {kind: {"objectId": object_id}}


def _location(row: int, column: int) -> dict[str, int]:
    indices = {"rowIndex": row, "columnIndex": column}
    return {name: index for name, index in indices.items() if index}
