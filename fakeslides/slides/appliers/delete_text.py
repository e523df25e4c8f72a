"""deleteText: a range of text out of a shape or a table cell."""

from typing import Any

from fakeslides.slides.editing import edit_text
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json, TextBody
from fakeslides.slides.utf16 import length_units, point_after, point_before


def delete_text(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:  # noqa: ARG001 - appliers are called alike
    """Delete `textRange`, in UTF-16 units; the reply is empty.

    A range that would cut a surrogate pair takes all of it.  The final newline is beyond every range.

    Raises:
        Refusal: no such object, one without text, or a range that is malformed, empty or beyond the text.
    """
    text_range = body.get("textRange", {})
    cell = body.get("cellLocation")
    edit_text(presentation, body.get("objectId", ""), cell, lambda old: _deleted(old, text_range))
    return {}


def _deleted(body: TextBody, text_range: Json) -> TextBody:
    length = length_units(body.plain[: body.editable_length])
    start, end = _bounds(text_range, length)
    if start < 0:
        raise Refusal(f"The start index ({start}) should not be less than 0.")
    if end > length:
        raise Refusal(
            f"The end index ({end}) should not be greater than the existing text length ({length})."
        )
    if start >= end:
        raise Refusal(f"The startIndex {start} must be less than the endIndex {end}")
    return body.delete(point_before(body.plain, start), point_after(body.plain, end))


def _bounds(text_range: Json, length: int) -> tuple[int, int]:
    """Return start and end in units; the wording of these refusals is by analogy."""
    given = [name for name in ("startIndex", "endIndex") if name in text_range]
    match text_range.get("type"), given:
        case "ALL", []:
            return 0, length
        case "FROM_START_INDEX", ["startIndex"]:
            return text_range["startIndex"], length
        case "FIXED_RANGE", ["startIndex", "endIndex"]:
            return text_range["startIndex"], text_range["endIndex"]
        case ("ALL" | "FROM_START_INDEX" | "FIXED_RANGE") as kind, _:
            named = " and ".join(given) or "no index"
            raise Refusal(f"A text range of type {kind} cannot be specified with {named}.")
        case _:
            raise Refusal("The type of the text range must be specified.")
