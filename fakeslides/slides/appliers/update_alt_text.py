"""updatePageElementAltText: the title and the description of an element, which no text shows."""

from dataclasses import replace
from typing import Any

from fakeslides.slides.editing import could_not_find, edit_element
from fakeslides.slides.elements import Element
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.text import Json


def update_alt_text(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:  # noqa: ARG001 - appliers are called alike
    """Set what is given of `title` and `description`; the reply is empty.

    Raises:
        Refusal: no such element.
    """
    object_id = body.get("objectId", "")
    found = presentation.find_element(object_id)
    if found is None:
        raise could_not_find(object_id)
    given = {name: body[name] for name in ("title", "description") if name in body}

    def described(element: Element) -> tuple[Element, ...]:
        return (replace(element, fields={**element.fields, **given}),)

    edit_element(presentation, found[0], object_id, described)
    return {}
