"""The deck as it ought to be, computed from the start and the replacements alone.  A thinking room.

This is a second reading of what `replaceAllText` does, on purpose apart from the fake's: a mistake made on
one side shows as a difference.  Only texts are compared; each text body (a shape, a table cell, the notes)
is one string, whatever runs it is styled in.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loadtests.measurements import Document, Edit

Place = tuple[str, str]
"""A text body: the id of its page, and of its element (with row and column for a table's cell)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A text body that is not as it ought to be; None where there is no such body."""

    page_id: str
    element: str
    expected: str | None
    actual: str | None

    def __str__(self) -> str:
        return f"page {self.page_id}, {self.element}: expected {self.expected!r}, found {self.actual!r}"


def edits_of(document: Document, replacements: Mapping[str, str]) -> tuple[Edit, ...]:
    """Return every edit that `replacements` asks of a deck, slide by slide, keys in order."""
    presentation_id = document["presentationId"]
    return tuple(
        Edit(
            f"{presentation_id}/{slide['objectId']}/{index}",
            presentation_id,
            slide["objectId"],
            find,
            replace,
        )
        for slide in document.get("slides", ())
        for index, (find, replace) in enumerate(replacements.items())
    )


def expected_texts(document: Document, edits: Iterable[Edit]) -> dict[Place, str]:
    """Return the text of every body after `edits` were applied in order, each on its slide and notes only."""
    by_slide: dict[str, list[Edit]] = {}
    for edit in edits:
        by_slide.setdefault(edit.slide_id, []).append(edit)
    texts = {}
    for slide_id, page in _pages(document):
        for place, text in _bodies(page):
            texts[place] = _edited(text, by_slide.get(slide_id, []) if slide_id else [])
    return texts


def texts_of(document: Document) -> dict[Place, str]:
    """Return the text of every body of a deck."""
    return expected_texts(document, ())


def differences(expected: Mapping[Place, str], document: Document) -> list[Difference]:
    """Return every body of `document` that is not as `expected`, in the deck's order; missing ones last."""
    actual = texts_of(document)
    places = [*actual, *(place for place in expected if place not in actual)]
    return [
        Difference(*place, expected=expected.get(place), actual=actual.get(place))
        for place in places
        if expected.get(place) != actual.get(place)
    ]


def _edited(text: str, edits: Iterable[Edit]) -> str:
    for edit in edits:
        text = text.replace(edit.find, edit.replace)
    return text


def _pages(document: Document) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Yield every page with the slide whose edits reach it: None for layouts and masters."""
    for slide in document.get("slides", ()):
        yield slide["objectId"], slide
        notes = slide.get("slideProperties", {}).get("notesPage")
        if notes:
            yield slide["objectId"], notes
    for page in (*document.get("layouts", ()), *document.get("masters", ())):
        yield None, page
    if "notesMaster" in document:
        yield None, document["notesMaster"]


def _bodies(page: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    for element in page.get("pageElements", ()):
        for name, text in _element_bodies(element):
            yield (page.get("objectId", ""), name), text


def _element_bodies(element: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = element["objectId"]
    if "shape" in element:
        yield name, _text(element["shape"].get("text"))
    for child in element.get("elementGroup", {}).get("children", ()):
        yield from _element_bodies(child)
    for row, cells in enumerate(element.get("table", {}).get("tableRows", ())):
        for column, cell in enumerate(cells.get("tableCells", ())):
            yield f"{name}[{row},{column}]", _text(cell.get("text"))


def _text(body: Mapping[str, Any] | None) -> str:
    elements = (body or {}).get("textElements", ())
    return "".join(_content(element) for element in elements)


def _content(element: Mapping[str, Any]) -> str:
    for kind in ("textRun", "autoText"):
        if kind in element:
            return str(element[kind].get("content", ""))
    return ""
