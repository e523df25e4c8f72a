"""What a new slide gets from its layout, and the notes page every slide has."""

from collections.abc import Iterator

from fakeslides.slides.elements import Shape, walk
from fakeslides.slides.object_ids import MAX_LENGTH, ObjectIds
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.text import Json, TextBody

_LEFT_ON_THE_LAYOUT = frozenset({"NONE", "SLIDE_NUMBER", "DATE_AND_TIME", "FOOTER", "HEADER"})


def layout_placeholders(layout: Page) -> Iterator[Shape]:
    """Yield the placeholders of a layout that a new slide gets its own of; footers and numbers are not."""
    for element in walk(layout.elements):
        if isinstance(element, Shape) and element.placeholder.get("type", "NONE") not in _LEFT_ON_THE_LAYOUT:
            yield element


def inherit(parent: Shape, object_id: str) -> Shape:
    """Return an empty placeholder that takes place, type and looks from `parent`."""
    shape = {
        "shapeType": parent.shape.get("shapeType", "TEXT_BOX"),
        "placeholder": {**parent.placeholder, "parentObjectId": parent.object_id},
        "shapeProperties": {"shapeBackgroundFill": {"propertyState": "INHERIT"}},
    }
    fields = {key: parent.fields[key] for key in ("size", "transform") if key in parent.fields}
    return Shape(object_id, fields, shape, TextBody())


def notes_page_id(presentation: Presentation, slide_id: str, ids: ObjectIds) -> str:
    """Return `<slide id>:notes`, as Google calls a slide's notes page, unless that is taken or too long."""
    object_id = f"{slide_id}:notes"
    unfit = presentation.has_object(object_id) or len(object_id) > MAX_LENGTH
    return ids.fresh(presentation) if unfit else object_id


def new_notes_page(presentation: Presentation, slide_id: str, ids: ObjectIds) -> Page:
    """Return the notes page of a new slide: the slide's image, and a body for the speaker notes."""
    object_id = notes_page_id(presentation, slide_id, ids)
    masters = presentation.of_kind(PageKind.NOTES_MASTER)
    parents = [shape for page in masters for shape in layout_placeholders(page)]
    shapes = tuple(inherit(parent, ids.fresh(presentation)) for parent in parents)
    return Page(object_id, PageKind.NOTES, _notes_fields(shapes, ids.fresh(presentation)), shapes)


def _notes_fields(shapes: tuple[Shape, ...], missing_id: str) -> Json:
    bodies = (shape.object_id for shape in shapes if shape.placeholder.get("type") == "BODY")
    return {
        "pageType": PageKind.NOTES.value,
        "pageProperties": {"pageBackgroundFill": {"propertyState": "INHERIT"}},
        "notesProperties": {"speakerNotesObjectId": next(bodies, missing_id)},
    }


def new_speaker_notes(presentation: Presentation, object_id: str) -> Shape:
    """Return the shape for speaker notes that a notes page promised under `object_id` and did not have."""
    masters = presentation.of_kind(PageKind.NOTES_MASTER)
    parents = (shape for page in masters for shape in layout_placeholders(page))
    body = next((shape for shape in parents if shape.placeholder.get("type") == "BODY"), None)
    if body is not None:
        return inherit(body, object_id)
    shape = {"shapeType": "TEXT_BOX", "placeholder": {"type": "BODY", "index": 1}, "shapeProperties": {}}
    return Shape(object_id, {}, shape, TextBody())
