"""What a look at a presentation shows to requests: which objects there are, and what each of them says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.plan.witness import plain_text

Element = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """The objects of a presentation at one revision.

    A place is a shape, by its id, or a table's cell, as `id[row,column]`; no id holds a bracket.

    Attributes:
        holder_of: by id, what an object stands in: its group or its page; nothing holds a page.
        slide_ids: the pages that are slides.
        texts: what each place says, without its final newline; what is not known is not there.
    """

    holder_of: Mapping[str, str | None]
    slide_ids: frozenset[str]
    texts: Mapping[str, str]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Scene":
        """Return what a document of `presentations.get` shows, read with the ids of its elements."""
        holder_of: dict[str, str | None] = {}
        texts: dict[str, str] = {}
        for page in _pages(document):
            holder_of[page["objectId"]] = None
            notes_id = page.get("notesProperties", {}).get("speakerNotesObjectId")
            if notes_id is not None:  # promised; it is made by whoever first writes to it
                holder_of[notes_id] = page["objectId"]
            for element, holder in _elements(page.get("pageElements", ()), page["objectId"]):
                holder_of[element["objectId"]] = holder
                texts.update(_places(element))
        slides = frozenset(slide["objectId"] for slide in document.get("slides", ()))
        return cls(holder_of, slides, texts)

    def page_of(self, object_id: str) -> str:
        """Return the page that an object stands on, which for a page is itself."""
        passed: set[str] = set()  # groups that hold one another can be wished for, if not made
        while object_id not in passed and (holder := self.holder_of.get(object_id)) is not None:
            passed.add(object_id)
            object_id = holder
        return object_id


def object_at(place: str) -> str:
    """Return the id of the object that a place belongs to."""
    return place.partition("[")[0]


def cell_place(table_id: str, location: Mapping[str, Any]) -> str:
    """Return the place of a table's cell."""
    return f"{table_id}[{location.get('rowIndex', 0)},{location.get('columnIndex', 0)}]"


def shifted_objects(before: Scene, after: Scene) -> set[str]:
    """Return the objects that say something else, or have other cells, or of which either is not known."""
    differing = dict(before.texts.items() ^ after.texts.items())
    return {object_at(place) for place in differing}


def _pages(document: Mapping[str, Any]) -> Iterator[Element]:
    for slide in document.get("slides", ()):
        yield slide
        notes_page = slide.get("slideProperties", {}).get("notesPage")
        if notes_page and "objectId" in notes_page:
            yield notes_page
    yield from document.get("layouts", ())
    yield from document.get("masters", ())
    if "notesMaster" in document:
        yield document["notesMaster"]


def _elements(elements: Iterable[Element], holder: str) -> Iterator[tuple[Element, str]]:
    for element in elements:
        yield element, holder
        yield from _elements(element.get("elementGroup", {}).get("children", ()), element["objectId"])


def _places(element: Element) -> Iterator[tuple[str, str]]:
    if "shape" in element:
        yield element["objectId"], plain_text(element["shape"].get("text", {}))
    for row in element.get("table", {}).get("tableRows", ()):
        for cell in row.get("tableCells", ()):
            yield cell_place(element["objectId"], cell.get("location", {})), plain_text(cell.get("text", {}))
