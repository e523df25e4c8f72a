"""createSlide: a slide on a layout of the current master, with the layout's placeholders and a notes page."""

from typing import Any

from fakeslides.slides.elements import Shape
from fakeslides.slides.object_ids import ObjectIds, check_new_id
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.placeholders import inherit, layout_placeholders, new_notes_page
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json


def create_slide(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:
    """Insert a slide; the reply names it.

    Raises:
        Refusal: the index is beyond the slides, the current master has no such layout, a mapping names no
            placeholder of it, or an id cannot be given.
    """
    index = _insertion_index(presentation, body)
    layout = _layout(presentation, body.get("slideLayoutReference", {}), index)
    slide_id = ids.chosen_or_fresh(presentation, body.get("objectId"))
    chosen_ids = _chosen_ids(presentation, layout, body)
    shapes = tuple(
        inherit(parent, chosen_ids.get(parent.object_id) or ids.fresh(presentation))
        for parent in layout_placeholders(layout)
    )
    slide = Page(slide_id, PageKind.SLIDE, _fields(layout), shapes)
    _insert(presentation, index, slide, ids)
    return {"createSlide": {"objectId": slide_id}}


def _insert(presentation: Presentation, index: int, slide: Page, ids: ObjectIds) -> None:
    taken = [slide.object_id, *(shape.object_id for shape in slide.elements)]
    twice = next((object_id for object_id in taken if taken.count(object_id) > 1), None)
    if twice is not None:
        raise Refusal(f"The object ID ({twice}) should be unique among all pages and page elements.")
    presentation.insert_slide(index, slide)
    presentation.attach_notes(slide.object_id, new_notes_page(presentation, slide.object_id, ids))


def _insertion_index(presentation: Presentation, body: Json) -> int:
    count = len(presentation.order[PageKind.SLIDE])
    index: int = body.get("insertionIndex", count)
    if index < 0:
        raise Refusal(f"The insertion index ({index}) should not be less than 0.")
    if index > count:
        raise Refusal(
            f"The insertion index ({index}) should not be greater than the number of slides ({count})."
        )
    return index


def _layout(presentation: Presentation, reference: Json, index: int) -> Page:
    """Return the layout that `reference` means on the current master; BLANK when it means none."""
    master_id = _current_master(presentation, index)
    layouts = [page for page in presentation.of_kind(PageKind.LAYOUT) if page.master_id == master_id]
    layout_id = reference.get("layoutId")
    name = reference.get("predefinedLayout", "PREDEFINED_LAYOUT_UNSPECIFIED")
    name = "BLANK" if name == "PREDEFINED_LAYOUT_UNSPECIFIED" else name
    for layout in layouts:
        if layout.object_id == layout_id or (layout_id is None and _name(layout) == name):
            return layout
    raise Refusal(f"The layout ({layout_id or name}) could not be found in the current master.")


def _current_master(presentation: Presentation, index: int) -> str | None:
    """Return the master of the slide before, or of the first one, or else the first master."""
    slide_ids = presentation.order[PageKind.SLIDE]
    if slide_ids:
        return presentation.pages[slide_ids[max(0, index - 1)]].master_id
    return next(iter(presentation.order[PageKind.MASTER]), None)


def _name(layout: Page) -> str | None:
    name: str | None = layout.fields.get("layoutProperties", {}).get("name")
    return name


def _chosen_ids(presentation: Presentation, layout: Page, body: Json) -> dict[str, str]:
    """Return the ids that the caller chose for placeholders, by the id of the layout's placeholder."""
    mappings = body.get("placeholderIdMappings", [])
    if mappings and "slideLayoutReference" not in body:
        raise Refusal("Placeholder ID mappings can only be used when a slide layout reference is specified.")
    chosen = {}
    for mapping in mappings:
        if mapping.get("objectId"):
            check_new_id(presentation, mapping["objectId"])
        chosen[_mapped(layout, mapping).object_id] = mapping.get("objectId", "")
    return chosen


def _mapped(layout: Page, mapping: Json) -> Shape:
    wanted = mapping.get("layoutPlaceholder", {})
    for shape in layout_placeholders(layout):
        placeholder = shape.placeholder
        same = (placeholder.get("type"), placeholder.get("index", 0)) == (
            wanted.get("type"),
            wanted.get("index", 0),
        )
        if shape.object_id == mapping.get("layoutPlaceholderObjectId") or (wanted and same):
            return shape
    raise Refusal(
        f"The layout ({layout.object_id}) has no placeholder for the mapping to ({mapping.get('objectId')})."
    )


def _fields(layout: Page) -> Json:
    return {
        "slideProperties": {"layoutObjectId": layout.object_id, "masterObjectId": layout.master_id},
        "pageProperties": {"pageBackgroundFill": {"propertyState": "INHERIT"}},
    }
