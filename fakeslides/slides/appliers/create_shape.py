"""createShape: an empty shape on a page."""

from dataclasses import replace
from typing import Any

from fakeslides.slides.editing import could_not_find
from fakeslides.slides.elements import Shape
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json, TextBody

_DEFAULT_SIDE = {"magnitude": 3000000, "unit": "EMU"}


def create_shape(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:
    """Put a new shape in front of all else on a page; the reply names it.

    Raises:
        Refusal: no shape type, no page to put it on, or an id that cannot be given.
    """
    if body.get("shapeType", "TYPE_UNSPECIFIED") == "TYPE_UNSPECIFIED":
        raise Refusal("The shape type must be specified.")
    properties = body.get("elementProperties", {})
    page = page_for(presentation, properties.get("pageObjectId", ""))
    object_id = ids.chosen_or_fresh(presentation, body.get("objectId"))
    shape = Shape(
        object_id, placed(properties), {"shapeType": body["shapeType"], "shapeProperties": {}}, TextBody()
    )
    presentation.put_page(replace(page, elements=(*page.elements, shape)))
    return {"createShape": {"objectId": object_id}}


def page_for(presentation: Presentation, page_id: str) -> Page:
    """Return the page to put a new element on.

    Raises:
        Refusal: there is no such page, or it is for notes.
    """
    page = presentation.pages.get(page_id)
    if page is None:
        raise could_not_find(page_id)
    if page.kind in (PageKind.NOTES, PageKind.NOTES_MASTER):
        raise Refusal(f"The operation is not allowed on notes page ({page_id}).")
    return page


def placed(properties: Json) -> Json:
    """Return size and transform; a shape given none gets the server's square at the page's corner."""
    size = properties.get("size", {"width": _DEFAULT_SIDE, "height": _DEFAULT_SIDE})
    return {"size": size, "transform": properties.get("transform", {"scaleX": 1, "scaleY": 1, "unit": "EMU"})}
