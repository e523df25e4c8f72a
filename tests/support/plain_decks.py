"""Small decks whose text a test can see at a glance."""

from collections.abc import Mapping
from typing import Any

from fakeslides.decks.deck import Deck

KEYS = {"{{customer}}": "Ada", "{{price}}": "12 €"}


def plain_deck(
    presentation_id: str = "deck-a", slides_count: int = 2, replacements: Mapping[str, str] = KEYS
) -> Deck:
    """Return a deck on each of whose slides, and in whose notes, every key stands once."""
    text = " ".join(replacements)
    slides = [_slide(f"{presentation_id}-s{number}", text) for number in range(slides_count)]
    document = {"presentationId": presentation_id, "revisionId": "r0", "title": "Plain", "slides": slides}
    return Deck(presentation_id, document, dict(replacements))


def texts_of(document: Mapping[str, Any]) -> list[str]:
    """Return the text of each slide and of its notes, in order."""
    pages = [
        page
        for slide in document["slides"]
        for page in (slide, slide.get("slideProperties", {}).get("notesPage", {}))
    ]
    return [
        "".join(
            part.get("textRun", {}).get("content", "") for part in element["shape"]["text"]["textElements"]
        ).rstrip("\n")
        for page in pages
        for element in page.get("pageElements", ())
    ]


def _slide(slide_id: str, text: str) -> dict[str, Any]:
    notes = {
        "objectId": f"{slide_id}-notes",
        "pageType": "NOTES",
        "pageElements": [_shape(f"{slide_id}-notes-body", text)],
        "notesProperties": {"speakerNotesObjectId": f"{slide_id}-notes-body"},
    }
    return {
        "objectId": slide_id,
        "pageType": "SLIDE",
        "pageElements": [_shape(f"{slide_id}-body", text)],
        "slideProperties": {"notesPage": notes},
    }


def _shape(object_id: str, text: str) -> dict[str, Any]:
    content = f"{text}\n"
    elements = [
        {"endIndex": len(content), "paragraphMarker": {"style": {}}},
        {"endIndex": len(content), "textRun": {"content": content, "style": {}}},
    ]
    return {"objectId": object_id, "shape": {"shapeType": "TEXT_BOX", "text": {"textElements": elements}}}
