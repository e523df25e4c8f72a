"""Presentations to edit: a new deck with some shapes of a test's choosing on its only slide."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from fakeslides.slides.elements import Shape, Table
from fakeslides.slides.new_deck import new_deck
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.store import BatchResult, Store
from fakeslides.slides.text import styled_text
from fakeslides.slides.text_json import text_to_json

DECK = "the-deck"
SQUARE = {"shapeType": "TEXT_BOX", "shapeProperties": {}}


def shape(object_id: str, *pieces: str | tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a shape's JSON; a piece is a text, or a text with its style."""
    styled = [(piece, {}) if isinstance(piece, str) else piece for piece in pieces]
    text = text_to_json(styled_text(styled))
    return {"objectId": object_id, "shape": SQUARE if text is None else SQUARE | {"text": text}}


def group(object_id: str, *children: dict[str, Any]) -> dict[str, Any]:
    """Return a group's JSON."""
    return {"objectId": object_id, "elementGroup": {"children": list(children)}}


def table(object_id: str, rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return a table's JSON with the given texts."""
    table_rows = [
        {"tableCells": [_cell(row, column, text) for column, text in enumerate(texts)]}
        for row, texts in enumerate(rows)
    ]
    counts = {"rows": len(rows), "columns": len(rows[0])}
    return {"objectId": object_id, "table": counts | {"tableRows": table_rows}}


def _cell(row: int, column: int, text: str) -> dict[str, Any]:
    indices = {"rowIndex": row, "columnIndex": column}
    location = {name: index for name, index in indices.items() if index}
    return {"location": location} | {
        key: value for key, value in shape("", text)["shape"].items() if key == "text"
    }


def store_with(*elements: dict[str, Any], notes: str = "") -> Store:
    """Return a store whose presentation `DECK` has `elements` on slide `p`, and `notes` as speaker notes."""
    document = new_deck(DECK, "A deck")
    slide = document["slides"][0]
    slide["pageElements"] += elements
    if notes:
        body = slide["slideProperties"]["notesPage"]["pageElements"][1]
        body["shape"]["text"] = shape("", notes)["shape"]["text"]
    store = Store(Random(1))
    store.add(Presentation.from_json(document))
    return store


def update(
    store: Store, *requests: Mapping[str, Any], required_revision_id: str | None = None
) -> BatchResult:
    """Send one batch."""
    return store.batch_update(DECK, requests, required_revision_id=required_revision_id)


def text_of(store: Store, object_id: str, cell: tuple[int, int] = (0, 0)) -> str:
    """Return the text of a shape or of a table's cell, without its final newline."""
    found = store.get(DECK).find_element(object_id)
    assert found is not None
    match found[1]:
        case Shape(text=text):
            return text.plain[:-1]
        case Table(rows=rows):
            return next(each.text.plain[:-1] for row in rows for each in row.cells if each.location == cell)
        case other:
            raise AssertionError(other)


def runs_of(store: Store, object_id: str) -> list[tuple[str, Any]]:
    """Return the runs of a shape as they are answered: text and style."""
    page = store.get(DECK).page_json("p")
    elements = next(each for each in page["pageElements"] if each["objectId"] == object_id)
    runs = (part["textRun"] for part in elements["shape"]["text"]["textElements"] if "textRun" in part)
    return [(run["content"], run["style"]) for run in runs]
