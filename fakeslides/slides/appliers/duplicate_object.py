"""duplicateObject: a copy of a slide or of an element, with ids of its own throughout."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fakeslides.slides.editing import could_not_find
from fakeslides.slides.elements import Element, Group, walk
from fakeslides.slides.object_ids import ObjectIds, check_new_id
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.placeholders import new_notes_page, notes_page_id
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json


def duplicate_object(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:
    """Copy a slide right after itself, or an element in front of its neighbours; the reply names the copy.

    Raises:
        Refusal: no such object, one that cannot be copied, or an id in `objectIds` that is not there or
            cannot be given.
    """
    object_id = body.get("objectId", "")
    new_ids = _NewIds(presentation, body.get("objectIds", {}), ids)
    page = presentation.pages.get(object_id)
    if page is not None:
        _duplicate_slide(presentation, page, new_ids)
    else:
        _duplicate_element(presentation, object_id, new_ids)
    return {"duplicateObject": {"objectId": new_ids.of(object_id)}}


class _NewIds:
    """The copies' ids: those the caller chose, and fresh ones for the rest."""

    def __init__(self, presentation: Presentation, chosen: Mapping[str, str], ids: ObjectIds) -> None:
        for old_id, new_id in chosen.items():
            if not presentation.has_object(old_id):
                raise could_not_find(old_id)
            check_new_id(presentation, new_id)
            if list(chosen.values()).count(new_id) > 1:
                raise Refusal(f"The object ID ({new_id}) should be unique among all pages and page elements.")
        self._presentation = presentation
        self._new = dict(chosen)
        self.chosen = chosen
        self.ids = ids

    def of(self, old_id: str) -> str:
        """Return the id of the copy of `old_id`, the same one each time."""
        if old_id not in self._new:
            self._new[old_id] = self.ids.fresh(self._presentation)
        return self._new[old_id]


def _duplicate_slide(presentation: Presentation, page: Page, new_ids: _NewIds) -> None:
    if page.kind is not PageKind.SLIDE:
        raise Refusal(f"The object ({page.object_id}) cannot be duplicated.")
    elements = _copied(page.elements, new_ids)
    slide = replace(page, object_id=new_ids.of(page.object_id), elements=elements, notes_id=None)
    presentation.insert_slide(presentation.order[PageKind.SLIDE].index(page.object_id) + 1, slide)
    presentation.attach_notes(
        slide.object_id, _notes_for(presentation, slide.object_id, page.notes_id, new_ids)
    )


def _notes_for(presentation: Presentation, slide_id: str, source_id: str | None, new_ids: _NewIds) -> Page:
    """Return a copy of the notes page `source_id`, or a new one when the source slide has none."""
    if source_id is None:
        return new_notes_page(presentation, slide_id, new_ids.ids)
    notes = presentation.pages[source_id]
    fields = dict(notes.fields)
    if notes.speaker_notes_id is not None:
        moved = {"speakerNotesObjectId": new_ids.of(notes.speaker_notes_id)}
        fields["notesProperties"] = {**notes.fields["notesProperties"], **moved}
    object_id = new_ids.chosen.get(source_id) or notes_page_id(presentation, slide_id, new_ids.ids)
    return replace(notes, object_id=object_id, fields=fields, elements=_copied(notes.elements, new_ids))


def _duplicate_element(presentation: Presentation, object_id: str, new_ids: _NewIds) -> None:
    found = presentation.find_element(object_id)
    if found is None:
        raise could_not_find(object_id)
    page, element = found
    if page.kind in (PageKind.NOTES, PageKind.NOTES_MASTER):
        raise Refusal(f"The operation is not allowed on notes page element {object_id}")
    copies = _copied([element], new_ids)
    presentation.put_page(replace(page, elements=_beside(page.elements, object_id, copies)))


def _beside(
    elements: tuple[Element, ...], object_id: str, copies: tuple[Element, ...]
) -> tuple[Element, ...]:
    """Return `elements` with `copies` in front of the neighbours of `object_id`, in its group if any."""
    if any(element.object_id == object_id for element in elements):
        return (*elements, *copies)
    return tuple(
        replace(element, children=_beside(element.children, object_id, copies))
        if isinstance(element, Group) and any(each.object_id == object_id for each in walk(element.children))
        else element
        for element in elements
    )


def _copied(elements: Iterable[Element], new_ids: _NewIds) -> tuple[Element, ...]:
    copies: list[Element] = []
    for element in elements:
        copy = replace(element, object_id=new_ids.of(element.object_id))
        copies.append(
            replace(copy, children=_copied(copy.children, new_ids)) if isinstance(copy, Group) else copy
        )
    return tuple(copies)
