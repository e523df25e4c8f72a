"""A presentation: its pages by id, and one namespace of object ids over all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from fakeslides.slides.elements import Element
from fakeslides.slides.pages import Page, PageKind, page_to_json, pages_from_json
from fakeslides.slides.text import Json

_FIELD_ORDER = ("pageSize", "slides", "title", "masters", "layouts", "locale", "revisionId", "notesMaster")
_PAGE_LISTS = {"slides": PageKind.SLIDE, "masters": PageKind.MASTER, "layouts": PageKind.LAYOUT}


@dataclass(slots=True)
class Presentation:
    """A presentation that can be edited.

    Its pages never change, so that a `copy` costs a few lists of references whatever the size of the deck.

    Attributes:
        presentation_id: its id.
        revision_id: changes with every accepted batch.
        fields: title, locale, pageSize and whatever else the JSON held.
        pages: every page by id, notes pages too.
        order: the ids of the pages of a kind, in order; notes pages come by way of their slides.
    """

    presentation_id: str
    revision_id: str
    fields: Json
    pages: dict[str, Page] = field(default_factory=dict)
    order: dict[PageKind, list[str]] = field(default_factory=lambda: {kind: [] for kind in PageKind})

    @classmethod
    def from_json(cls, document: Json) -> "Presentation":
        """Read JSON as `presentations.get` answers it.

        Raises:
            KeyError: a page, an element or the presentation itself has no id.
        """
        fields = dict(document)
        presentation = cls(fields.pop("presentationId"), fields.pop("revisionId", ""), fields)
        for key, kind in _PAGE_LISTS.items():
            presentation._read(fields.pop(key, ()), kind)
        notes_master = fields.pop("notesMaster", None)
        presentation._read([] if notes_master is None else [notes_master], PageKind.NOTES_MASTER)
        return presentation

    def _read(self, documents: list[Json], kind: PageKind) -> None:
        for document in documents:
            for page in pages_from_json(document, kind):
                self.put_page(page)
                self.order[page.kind].append(page.object_id)

    def to_json(self) -> dict[str, Any]:
        """Return JSON as `presentations.get` answers it: Google's order of keys, empty ones left out."""
        written = dict(self.fields)
        for key, kind in _PAGE_LISTS.items():
            written[key] = [self.page_json(page_id) for page_id in self.order[kind]]
        for page_id in self.order[PageKind.NOTES_MASTER]:
            written["notesMaster"] = self.page_json(page_id)
        written["revisionId"] = self.revision_id
        present = {key: value for key, value in written.items() if value not in ([], "")}
        document: dict[str, Any] = {"presentationId": self.presentation_id}
        document |= {key: present.pop(key) for key in _FIELD_ORDER if key in present}
        return document | present

    def page_json(self, page_id: str) -> dict[str, Any]:
        """Return one page as Google writes it; a slide holds its notes page.

        Raises:
            KeyError: there is no such page.
        """
        page = self.pages[page_id]
        return page_to_json(page, None if page.notes_id is None else self.pages[page.notes_id])

    def copy(self) -> "Presentation":
        """Return a presentation that can be edited without this one changing."""
        order = {kind: list(ids) for kind, ids in self.order.items()}
        return Presentation(self.presentation_id, self.revision_id, self.fields, dict(self.pages), order)

    @property
    def title(self) -> str:
        """The presentation's title."""
        title: str = self.fields.get("title", "")
        return title

    def has_object(self, object_id: str) -> bool:
        """Return whether a page or a page element has this id."""
        return object_id in self.pages or self.find_element(object_id) is not None

    def find_element(self, object_id: str) -> tuple[Page, Element] | None:
        """Return the element with this id and the page on which it stands."""
        for page in self.pages.values():
            element = page.element(object_id)
            if element is not None:
                return page, element
        return None

    def of_kind(self, kind: PageKind) -> Iterator[Page]:
        """Yield the pages of one kind, in order."""
        return (self.pages[page_id] for page_id in self.order[kind])

    def put_page(self, page: Page) -> None:
        """Take `page` in the place of the one with the same id, or as a page that `order` will name."""
        self.pages[page.object_id] = page

    def insert_slide(self, index: int, slide: Page) -> None:
        """Add a slide so that it becomes slide number `index`, counted from 0."""
        self.put_page(slide)
        self.order[PageKind.SLIDE].insert(index, slide.object_id)

    def attach_notes(self, slide_id: str, notes: Page) -> None:
        """Give a slide that has none its notes page."""
        self.put_page(replace(self.pages[slide_id], notes_id=notes.object_id))
        self.put_page(notes)
        self.order[PageKind.NOTES].append(notes.object_id)

    def remove_page(self, page: Page) -> None:
        """Remove a page, a slide together with its notes page."""
        del self.pages[page.object_id]
        self.order[page.kind].remove(page.object_id)
        if page.notes_id is not None:
            self.remove_page(self.pages[page.notes_id])
