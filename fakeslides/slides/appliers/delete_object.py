"""deleteObject: a page or a page element, and what cannot stand without it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fakeslides.slides.editing import could_not_find, edit_element
from fakeslides.slides.elements import Element, Group, Shape, walk
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json
from fakeslides.slides.transforms import compose


def delete_object(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:  # noqa: ARG001 - appliers are called alike
    """Delete a page or an element; the reply is empty.

    A slide takes its notes page with it, also the only slide.  A group left with one element makes way for
    it; a layout's placeholder takes along the empty ones that inherit from it.

    Raises:
        Refusal: no such object, a page that others stand on, or part of a notes page other than the notes.
    """
    object_id = body.get("objectId", "")
    page = presentation.pages.get(object_id)
    if page is not None:
        _delete_page(presentation, page)
    else:
        _delete_element(presentation, object_id)
    return {}


def _delete_page(presentation: Presentation, page: Page) -> None:
    if page.kind in (PageKind.NOTES, PageKind.NOTES_MASTER):
        raise Refusal(f"The operation is not allowed on notes page ({page.object_id}).")
    others = (*presentation.of_kind(PageKind.SLIDE), *presentation.of_kind(PageKind.LAYOUT))
    if any(page.object_id in (other.layout_id, other.master_id) for other in others):
        raise Refusal(f"The page ({page.object_id}) cannot be deleted because other pages use it.")
    presentation.remove_page(page)


def _delete_element(presentation: Presentation, object_id: str) -> None:
    found = presentation.find_element(object_id)
    if found is None:
        raise could_not_find(object_id)
    page, element = found
    if page.kind in (PageKind.NOTES, PageKind.NOTES_MASTER) and object_id != page.speaker_notes_id:
        raise Refusal(f"The operation is not allowed on notes page element {object_id}")
    edit_element(presentation, page, object_id, lambda _: ())
    _dissolve_small_groups(presentation, page.object_id)
    if page.kind is PageKind.LAYOUT:
        _delete_empty_heirs(presentation, {each.object_id for each in walk([element])})


def _dissolve_small_groups(presentation: Presentation, page_id: str) -> None:
    page = presentation.pages[page_id]
    presentation.put_page(replace(page, elements=_dissolved(page.elements)))


def _dissolved(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Return `elements` with what is left of each group of fewer than two in the group's place."""
    result: list[Element] = []
    for element in elements:
        if not isinstance(element, Group):
            result.append(element)
            continue
        children = _dissolved(element.children)
        if len(children) > 1:
            result.append(replace(element, children=children))
        else:
            result += (_freed(element, child) for child in children)
    return tuple(result)


def _freed(group: Group, child: Element) -> Element:
    if "transform" not in group.fields or "transform" not in child.fields:
        return child
    transform = compose(group.fields["transform"], child.fields["transform"])
    return replace(child, fields={**child.fields, "transform": transform})


def _delete_empty_heirs(presentation: Presentation, parent_ids: set[str]) -> None:
    for page in tuple(presentation.of_kind(PageKind.SLIDE)):
        for element in tuple(walk(page.elements)):
            if isinstance(element, Shape) and not element.text.plain and _parent_id(element) in parent_ids:
                latest = presentation.pages[page.object_id]
                edit_element(presentation, latest, element.object_id, lambda _: ())


def _parent_id(shape: Shape) -> str | None:
    parent_id: str | None = shape.placeholder.get("parentObjectId")
    return parent_id
