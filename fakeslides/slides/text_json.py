"""Text as Google writes it: `{"textElements": [...], "lists": {...}}` with indices in UTF-16 code units."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fakeslides.slides.text import AUTO_TEXT, PLAIN_MARKER, PLAIN_RUN, Json, Run, TextBody
from fakeslides.slides.utf16 import length_units

_INDICES = ("startIndex", "endIndex")


def text_from_json(document: Json | None) -> TextBody:
    """Read a shape's or a cell's `text`; an absent one is an empty body.

    The elements' order counts and their indices do not: they follow from the texts.
    """
    document = document or {}
    reader = _Reader([], [], [])
    for element in document.get("textElements", ()):
        reader.take({key: value for key, value in element.items() if key not in _INDICES})
    fields = {key: value for key, value in document.items() if key != "textElements"}
    return reader.finished(fields)


@dataclass(slots=True)
class _Reader:
    plain: list[str]
    runs: list[Run]
    markers: list[Json]

    def take(self, element: dict[str, Any]) -> None:
        if "paragraphMarker" in element:
            self.markers.append(element)
        elif "autoText" in element:
            self._add(AUTO_TEXT, element)
        else:
            run = dict(element["textRun"])
            self._add(run.pop("content", ""), element | {"textRun": run})

    def _add(self, text: str, element: Json) -> None:
        if text:
            self.plain.append(text)
            self.runs.append(Run(len(text), element))

    def finished(self, fields: Json) -> TextBody:
        """Return the body; a missing final newline or marker, which no real answer lacks, is supplied."""
        if self.plain and not self.plain[-1].endswith("\n"):
            self._add("\n", PLAIN_RUN if self.runs[-1].is_auto else self.runs[-1].element)
        plain = "".join(self.plain)
        paragraph_count = plain.count("\n")
        markers = (self.markers + [PLAIN_MARKER] * paragraph_count)[:paragraph_count]
        return TextBody(plain, tuple(self.runs), tuple(markers), fields)


def text_to_json(body: TextBody) -> dict[str, Any] | None:
    """Return a shape's or a cell's `text`, or None when it has none and the key is left out."""
    if not body.plain:
        return None
    return {"textElements": list(_elements(body)), **body.fields}


def _elements(body: TextBody) -> Iterator[dict[str, Any]]:
    """Yield each paragraph's marker and then its runs; no run reaches over the end of a paragraph."""
    start = end = 0
    paragraph: list[dict[str, Any]] = []
    markers = iter(body.markers)
    for text, run in _pieces(body):
        piece_end = end + length_units(text)
        paragraph.append({**_indices(end, piece_end), **_content(text, run)})
        end = piece_end
        if text.endswith("\n"):
            yield {**_indices(start, end), **next(markers)}
            yield from paragraph
            start, paragraph = end, []


def _content(text: str, run: Run) -> Json:
    if run.is_auto:
        return run.element
    return {**run.element, "textRun": {"content": text, **run.element["textRun"]}}


def _pieces(body: TextBody) -> Iterator[tuple[str, Run]]:
    """Yield the text of each run, cut after every newline."""
    point = 0
    for run in body.runs:
        end = point + run.length
        while point < end:
            newline = body.plain.find("\n", point, end)
            stop = end if newline < 0 else newline + 1
            yield body.plain[point:stop], run
            point = stop


def _indices(start: int, end: int) -> dict[str, Any]:
    """Return the two indices of an element; a zero is left out, as proto3 JSON leaves out defaults."""
    return {"startIndex": start, "endIndex": end} if start else {"endIndex": end}
