"""insertText: text into a shape or a table cell."""

from dataclasses import replace
from typing import Any

from fakeslides.slides.editing import edit_text, insertable, speaker_notes_page
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.placeholders import new_speaker_notes
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json, TextBody
from fakeslides.slides.utf16 import grapheme_end, length_units, point_after


def insert_text(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:  # noqa: ARG001 - appliers are called alike
    """Insert `text` at `insertionIndex`, in UTF-16 units; the reply is empty.

    Speaker notes that a notes page promises and does not have are made first.

    Raises:
        Refusal: no such object, one without text, or an index beyond the text.
    """
    object_id = body.get("objectId", "")
    text = insertable(body.get("text", ""))
    units = body.get("insertionIndex", 0)
    _supply_speaker_notes(presentation, object_id)
    edit_text(presentation, object_id, body.get("cellLocation"), lambda old: _inserted(old, text, units))
    return {}


def _inserted(body: TextBody, text: str, units: int) -> TextBody:
    length_limit_units = length_units(body.plain[: body.editable_length])
    if units < 0:
        raise Refusal(f"The insertion index ({units}) should not be less than 0.")
    if units > length_limit_units:
        raise Refusal(
            f"The insertion index ({units}) should not be greater than the existing text length "
            f"({length_limit_units})."
        )
    return body.insert(grapheme_end(body.plain, point_after(body.plain, units)), text)


def _supply_speaker_notes(presentation: Presentation, object_id: str) -> None:
    notes = speaker_notes_page(presentation, object_id)
    if notes is not None:
        shape = new_speaker_notes(presentation, object_id)
        presentation.put_page(replace(notes, elements=(*notes.elements, shape)))
