"""Pages: slides, layouts, masters, notes pages and the notes master."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from fakeslides.slides.elements import Element, element_from_json, element_to_json, walk
from fakeslides.slides.text import Json


class PageKind(StrEnum):
    """What a page is, in Google's words for `pageType`."""

    SLIDE = "SLIDE"
    LAYOUT = "LAYOUT"
    MASTER = "MASTER"
    NOTES = "NOTES"
    NOTES_MASTER = "NOTES_MASTER"


@dataclass(frozen=True)
class Page:
    """A page and its elements.  Pages never change; an edit makes another.

    Attributes:
        object_id: its id.
        kind: what it is.
        fields: the page's JSON without objectId, pageElements and a slide's notesPage.
        elements: from back to front.
        notes_id: the id of a slide's notes page, if it has one.
    """

    object_id: str
    kind: PageKind
    fields: Json
    elements: tuple[Element, ...]
    notes_id: str | None = None

    @cached_property
    def document(self) -> Json:
        """The page as Google writes it, without a slide's notes; whoever reads it must not change it."""
        document: dict[str, Any] = {"objectId": self.object_id}
        if "pageType" in self.fields:
            document["pageType"] = self.fields["pageType"]
        if self.elements:
            document["pageElements"] = [element_to_json(element) for element in self.elements]
        return document | dict(self.fields)

    @cached_property
    def elements_by_id(self) -> Mapping[str, Element]:
        """All elements, however deep in groups."""
        return {element.object_id: element for element in walk(self.elements)}

    @property
    def layout_id(self) -> str | None:
        """The layout a slide stands on."""
        return self._property("slideProperties", "layoutObjectId")

    @property
    def master_id(self) -> str | None:
        """The master a slide or a layout belongs to."""
        return self._property(
            "layoutProperties" if self.kind is PageKind.LAYOUT else "slideProperties", "masterObjectId"
        )

    @property
    def speaker_notes_id(self) -> str | None:
        """The id of the shape with the speaker notes, on a notes page; no such shape need exist."""
        return self._property("notesProperties", "speakerNotesObjectId")

    def _property(self, group: str, name: str) -> str | None:
        value: str | None = self.fields.get(group, {}).get(name)
        return value

    def element(self, object_id: str) -> Element | None:
        """Return the element with this id, however deep in groups."""
        return self.elements_by_id.get(object_id)


def pages_from_json(document: Json, kind: PageKind) -> Iterator[Page]:
    """Read a page; a slide is followed by its notes page."""
    fields = dict(document)
    object_id = fields.pop("objectId")
    elements = tuple(element_from_json(element) for element in fields.pop("pageElements", ()))
    properties = dict(fields.get("slideProperties", {}))
    notes = properties.pop("notesPage", None)
    if notes is not None:
        fields["slideProperties"] = properties
    yield Page(object_id, kind, fields, elements, None if notes is None else notes["objectId"])
    if notes is not None:
        yield from pages_from_json(notes, PageKind.NOTES)


def page_to_json(page: Page, notes: Page | None = None) -> dict[str, Any]:
    """Return a page as Google writes it, `notes` inside if it is a slide that has some.

    Most pages are read again and again between two edits, so what is below the page itself is shared by all
    who read it.
    """
    document = dict(page.document)
    if notes is not None:
        document["slideProperties"] = {
            **page.fields.get("slideProperties", {}),
            "notesPage": page_to_json(notes),
        }
    return document
