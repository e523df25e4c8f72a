"""Somebody else who has the presentation open: their edits come from a browser and not through the API."""

from fakeslides.slides.store import BatchResult, Store

_SCRIBBLE = "collaborator_scribble"


def edit_as_collaborator(store: Store, presentation_id: str) -> BatchResult | None:
    """Edit a presentation as a person does who draws something and takes it back.

    The deck looks as before, so whoever audits texts finds nothing to wonder about, but it has another
    revision, which is what the next writer meets.

    Returns:
        What was applied; None for a presentation without slides.

    Raises:
        SlidesApiError: 404; there is no such presentation.
    """
    slides = store.get(presentation_id).to_json().get("slides", ())
    if not slides:
        return None
    draw = {
        "objectId": _SCRIBBLE,
        "shapeType": "RECTANGLE",
        "elementProperties": {"pageObjectId": slides[0]["objectId"]},
    }
    return store.batch_update(
        presentation_id, [{"createShape": draw}, {"deleteObject": {"objectId": _SCRIBBLE}}]
    )
