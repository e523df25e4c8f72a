"""Drawing decks: slides as the real API describes them, around the texts that a generator has chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fakeslides.slides.new_deck import new_deck
from fakeslides.slides.text import styled_text
from fakeslides.slides.text_json import text_to_json

Style = dict[str, Any]
Pieces = Sequence[tuple[str, Style]]
"""A text as a sequence of differently styled parts."""

_TITLE_AND_BODY = "p4"
_EMU_PER_CM = 360_000
_TITLE = {"type": "TITLE", "parentObjectId": "p4_i0"}
_BODY = {"type": "BODY", "index": 1, "parentObjectId": "p4_i1"}


@dataclass(frozen=True, slots=True)
class SlideTexts:
    """What stands on a slide: `rows` are the table's second column, each beside a label."""

    title: Pieces
    body: Pieces
    rows: Sequence[tuple[str, Pieces]]
    group: Pieces
    notes: Pieces


def deck_document(presentation_id: str, title: str, slides: Sequence[SlideTexts]) -> dict[str, Any]:
    """Return a presentation with `slides` in place of a new deck's first one."""
    document = new_deck(presentation_id, title)
    document["slides"] = [_slide(number, texts) for number, texts in enumerate(slides, start=1)]
    return document


def _slide(number: int, texts: SlideTexts) -> dict[str, Any]:
    slide_id = f"slide_{number:03d}"
    return {
        "objectId": slide_id,
        "pageElements": [
            _placeholder(f"{slide_id}_title", _TITLE, texts.title, _place(1, 1, 17, 2)),
            _placeholder(f"{slide_id}_body", _BODY, texts.body, _place(1, 3, 17, 4.5)),
            _table(f"{slide_id}_table", texts.rows),
            _group(f"{slide_id}_group", texts.group),
            _picture(f"{slide_id}_picture"),
        ],
        "slideProperties": {
            "layoutObjectId": _TITLE_AND_BODY,
            "masterObjectId": "p1",
            "notesPage": _notes_page(slide_id, texts.notes),
        },
        "pageProperties": {"pageBackgroundFill": {"propertyState": "INHERIT"}},
    }


def _notes_page(slide_id: str, notes: Pieces) -> dict[str, Any]:
    notes_id = f"{slide_id}_notes"
    image = {"type": "SLIDE_IMAGE", "index": 2, "parentObjectId": "n:slide"}
    body = {"type": "BODY", "index": 1, "parentObjectId": "n:text"}
    return {
        "objectId": f"{slide_id}:notes",
        "pageType": "NOTES",
        "pageElements": [
            _placeholder(f"{slide_id}_image", image, (), _place(1, 2, 17, 9.5)),
            _placeholder(notes_id, body, notes, _place(2, 12, 15, 11)),
        ],
        "pageProperties": {"pageBackgroundFill": {"propertyState": "INHERIT"}},
        "notesProperties": {"speakerNotesObjectId": notes_id},
    }


def _placeholder(
    object_id: str, placeholder: dict[str, Any], pieces: Pieces, place: dict[str, Any]
) -> dict[str, Any]:
    shape = {"shapeType": "TEXT_BOX", "placeholder": placeholder, "shapeProperties": {}}
    return {"objectId": object_id, **place, "shape": shape | _text_key(pieces)}


def _group(object_id: str, pieces: Pieces) -> dict[str, Any]:
    label = {"shapeType": "RECTANGLE", "shapeProperties": {}} | _text_key(pieces)
    frame = {"shapeType": "ELLIPSE", "shapeProperties": {}}
    children = [
        {"objectId": f"{object_id}_label", **_place(0, 0, 5, 2), "shape": label},
        {"objectId": f"{object_id}_frame", **_place(0, 2, 5, 2), "shape": frame},
    ]
    return {"objectId": object_id, **_place(17, 9, 5, 4), "elementGroup": {"children": children}}


def _picture(object_id: str) -> dict[str, Any]:
    image = {"contentUrl": "https://localhost/picture.png", "imageProperties": {}}
    return {"objectId": object_id, **_place(19, 1, 3, 2), "image": image, "description": "A logo"}


def _table(object_id: str, rows: Sequence[tuple[str, Pieces]]) -> dict[str, Any]:
    cells: list[Sequence[Pieces]] = [
        ([("Item", {"bold": True})], [("Value", {"bold": True})]),
        *(([(label, {})], pieces) for label, pieces in rows),
    ]
    column = {"columnWidth": {"magnitude": 6 * _EMU_PER_CM, "unit": "EMU"}}
    table = {
        "rows": len(cells),
        "columns": 2,
        "tableColumns": [column, column],
        "tableRows": [_row(index, row) for index, row in enumerate(cells)],
    }
    return {"objectId": object_id, **_place(1, 8, 12, 5), "table": table}


def _row(row_index: int, row: Sequence[Pieces]) -> dict[str, Any]:
    height = {"magnitude": _EMU_PER_CM, "unit": "EMU"}
    cells = [_cell(row_index, column_index, pieces) for column_index, pieces in enumerate(row)]
    return {"rowHeight": height, "tableCells": cells}


def _cell(row_index: int, column_index: int, pieces: Pieces) -> dict[str, Any]:
    indices = {"rowIndex": row_index, "columnIndex": column_index}
    location = {name: index for name, index in indices.items() if index}
    return {"location": location, "rowSpan": 1, "columnSpan": 1, "tableCellProperties": {}} | _text_key(
        pieces
    )


def _text_key(pieces: Pieces) -> dict[str, Any]:
    text = text_to_json(styled_text(pieces))
    return {} if text is None else {"text": text}


def _place(left_cm: float, top_cm: float, width_cm: float, height_cm: float) -> dict[str, Any]:
    """Return size and transform of an element whose corner is at `left_cm`, `top_cm`."""

    def emu(length_cm: float) -> dict[str, Any]:
        return {"magnitude": int(length_cm * _EMU_PER_CM), "unit": "EMU"}

    moves = {"translateX": int(left_cm * _EMU_PER_CM), "translateY": int(top_cm * _EMU_PER_CM)}
    transform = (
        {"scaleX": 1, "scaleY": 1} | {name: move for name, move in moves.items() if move} | {"unit": "EMU"}
    )
    return {"size": {"width": emu(width_cm), "height": emu(height_cm)}, "transform": transform}
