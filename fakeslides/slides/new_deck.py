"""A new presentation as Google makes it: the Simple Light theme, its eleven layouts, one title slide."""

from dataclasses import dataclass
from typing import Any

from fakeslides.slides.text import AUTO_TEXT, PLAIN_MARKER, PLAIN_RUN, Run, TextBody
from fakeslides.slides.text_json import text_to_json

_PLACEHOLDER_SIDE_EMU = 3_000_000
_PAGE_WIDTH_EMU, _PAGE_HEIGHT_EMU = 9_144_000, 5_143_500


@dataclass(frozen=True, slots=True)
class _Box:
    """A placeholder: what it is, and its place and size in EMU."""

    kind: str
    index: int
    left: int
    top: int
    width: int
    height: int


_SLIDE_NUMBER = _Box("SLIDE_NUMBER", 12, 8472458, 4663217, 548700, 393600)
_HEADING = _Box("TITLE", 0, 311700, 445025, 8520600, 572700)
_BODY = _Box("BODY", 1, 311700, 1152475, 8520600, 3416400)

_LAYOUTS: tuple[tuple[str, str, tuple[_Box, ...]], ...] = (
    (
        "TITLE",
        "Title slide",
        (
            _Box("CENTERED_TITLE", 0, 311708, 744575, 8520600, 2052600),
            _Box("SUBTITLE", 1, 311700, 2834125, 8520600, 792600),
        ),
    ),
    ("SECTION_HEADER", "Section header", (_Box("TITLE", 0, 311700, 2150850, 8520600, 841800),)),
    ("TITLE_AND_BODY", "Title and body", (_HEADING, _BODY)),
    (
        "TITLE_AND_TWO_COLUMNS",
        "Title and two columns",
        (
            _HEADING,
            _Box("BODY", 1, 311700, 1152475, 3999900, 3416400),
            _Box("BODY", 2, 4832400, 1152475, 3999900, 3416400),
        ),
    ),
    ("TITLE_ONLY", "Title only", (_HEADING,)),
    (
        "ONE_COLUMN_TEXT",
        "One column text",
        (
            _Box("TITLE", 0, 311700, 555600, 2808000, 755700),
            _Box("BODY", 1, 311700, 1389600, 2808000, 3179400),
        ),
    ),
    ("MAIN_POINT", "Main point", (_Box("TITLE", 0, 490250, 450150, 6367800, 4090800),)),
    (
        "SECTION_TITLE_AND_DESCRIPTION",
        "Section title and description",
        (
            _Box("TITLE", 0, 265500, 1233175, 4045200, 1482300),
            _Box("SUBTITLE", 1, 265500, 2803075, 4045200, 1235100),
            _Box("BODY", 2, 4939500, 724075, 3837000, 3695100),
        ),
    ),
    ("CAPTION_ONLY", "Caption", (_Box("BODY", 1, 311700, 4230575, 5998800, 605100),)),
    (
        "BIG_NUMBER",
        "Big number",
        (
            _Box("TITLE", 0, 311700, 1106125, 8520600, 1963500),
            _Box("BODY", 1, 311700, 3152225, 8520600, 1300800),
        ),
    ),
    ("BLANK", "Blank", ()),
)


def new_deck(presentation_id: str, title: str) -> dict[str, Any]:
    """Return a new presentation with one empty title slide, as `presentations.get` answers it."""
    layouts = [_layout(f"p{number}", *layout) for number, layout in enumerate(_LAYOUTS, start=2)]
    return {
        "presentationId": presentation_id,
        "pageSize": {
            "width": {"magnitude": _PAGE_WIDTH_EMU, "unit": "EMU"},
            "height": {"magnitude": _PAGE_HEIGHT_EMU, "unit": "EMU"},
        },
        "slides": [_first_slide()],
        "title": title,
        "masters": [_master()],
        "layouts": layouts,
        "locale": "en",
        "notesMaster": _notes_master(),
    }


def _first_slide() -> dict[str, Any]:
    boxes = _LAYOUTS[0][2]
    return {
        "objectId": "p",
        "pageElements": [_placeholder(f"i{n}", box, parent_id=f"p2_i{n}") for n, box in enumerate(boxes)],
        "slideProperties": {"layoutObjectId": "p2", "masterObjectId": "p1", "notesPage": _first_notes()},
        "pageProperties": _inherited_background(),
    }


def _first_notes() -> dict[str, Any]:
    boxes = _notes_boxes()
    parents = ("n:slide", "n:text")
    return {
        "objectId": "p:notes",
        "pageType": "NOTES",
        "pageElements": [
            _placeholder(f"p:notes_i{n}", box, parent_id=parents[n]) for n, box in enumerate(boxes)
        ],
        "pageProperties": _inherited_background(),
        "notesProperties": {"speakerNotesObjectId": "p:notes_i1"},
    }


def _layout(page_id: str, name: str, display_name: str, boxes: tuple[_Box, ...]) -> dict[str, Any]:
    parents = {"TITLE": "p1_i0", "CENTERED_TITLE": "p1_i0", "SLIDE_NUMBER": "p1_i2"}
    numbered = enumerate((*boxes, _SLIDE_NUMBER))
    return {
        "objectId": page_id,
        "pageType": "LAYOUT",
        "pageElements": [
            _placeholder(f"{page_id}_i{n}", box, parent_id=parents.get(box.kind, "p1_i1"))
            for n, box in numbered
        ],
        "layoutProperties": {"masterObjectId": "p1", "name": name, "displayName": display_name},
        "pageProperties": _inherited_background(),
    }


def _master() -> dict[str, Any]:
    boxes = (_HEADING, _BODY, _SLIDE_NUMBER)
    white = {"solidFill": {"color": {"themeColor": "LIGHT1"}, "alpha": 1}}
    return {
        "objectId": "p1",
        "pageType": "MASTER",
        "pageElements": [_placeholder(f"p1_i{n}", box) for n, box in enumerate(boxes)],
        "masterProperties": {"displayName": "Simple Light"},
        "pageProperties": {"pageBackgroundFill": white},
    }


def _notes_master() -> dict[str, Any]:
    image, text = _notes_boxes()
    return {
        "objectId": "n",
        "pageType": "NOTES_MASTER",
        "pageElements": [_placeholder("n:slide", image), _placeholder("n:text", text)],
        "pageProperties": {"pageBackgroundFill": {"propertyState": "NOT_RENDERED"}},
    }


def _notes_boxes() -> tuple[_Box, _Box]:
    image = _Box("SLIDE_IMAGE", 2, 381300, 685800, 6096075, 3429000)
    return image, _Box("BODY", 1, 685800, 4343400, 5486400, 4114800)


def _placeholder(object_id: str, box: _Box, *, parent_id: str | None = None) -> dict[str, Any]:
    """Return a placeholder shape; Google draws them all as one square, scaled."""
    side = {"magnitude": _PLACEHOLDER_SIDE_EMU, "unit": "EMU"}
    shape: dict[str, Any] = {
        "shapeType": "TEXT_BOX",
        "shapeProperties": {"shapeBackgroundFill": {"propertyState": "INHERIT"}},
        "placeholder": _placeholder_key(box, parent_id),
    }
    if box.kind == "SLIDE_NUMBER":
        shape["text"] = _slide_number_text()
    transform = {
        "scaleX": box.width / _PLACEHOLDER_SIDE_EMU,
        "scaleY": box.height / _PLACEHOLDER_SIDE_EMU,
        "translateX": box.left,
        "translateY": box.top,
        "unit": "EMU",
    }
    return {
        "objectId": object_id,
        "size": {"width": side, "height": side},
        "transform": transform,
        "shape": shape,
    }


def _placeholder_key(box: _Box, parent_id: str | None) -> dict[str, Any]:
    key: dict[str, Any] = {"type": box.kind}
    if box.index:
        key["index"] = box.index
    return key if parent_id is None else key | {"parentObjectId": parent_id}


def _slide_number_text() -> dict[str, Any] | None:
    number = Run(1, {"autoText": {"type": "SLIDE_NUMBER", "content": "\u2039#\u203a", "style": {}}})
    return text_to_json(TextBody(AUTO_TEXT + "\n", (number, Run(1, PLAIN_RUN)), (PLAIN_MARKER,)))


def _inherited_background() -> dict[str, Any]:
    return {"pageBackgroundFill": {"propertyState": "INHERIT"}}
