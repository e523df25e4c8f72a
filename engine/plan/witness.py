"""Was that write applied?  Judged from what the presentation says afterwards.

A write whose answer was lost is resent with the same fence, and then refused if the first copy was applied;
but also if somebody else edited meanwhile.  Only the text itself can tell the two apart.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from engine.plan.operations import Batch, ReplaceText

PageTexts = Mapping[str, tuple[str, ...]]
"""Per page id, the text of each shape and table cell that has any, in order, without a final newline."""

AUTO_TEXT = "\ufffc"
"""Stands in a text for a slide number or a date, which no edit finds and which changes by itself."""

_NEVER_WRITTEN = dict.fromkeys([*range(0x09), *range(0x0C, 0x20), *range(0xE000, 0xF900)])
"""Control and private-use characters, which Google strips from what it inserts."""


class Witness(StrEnum):
    """What a look at the presentation proves about a batch."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    UNKNOWN = "unknown"


def page_texts(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the texts of every slide and notes page of a `presentations.get` document.

    Shapes, tables and groups (also nested) are read.  What has no text adds nothing, because a shape that an
    edit has emptied may come without its text or with an empty one.
    """
    return {page["objectId"]: tuple(_texts(page.get("pageElements", ()))) for page in _pages(document)}


def judge(batch: Batch, before: PageTexts | None, after: PageTexts) -> Witness:
    """Say whether `batch` was applied between `before` and `after`.

    Args:
        batch: sent once or more, without a trustworthy answer.
        before: `page_texts` of the revision the batch was fenced with; None if it was never read.
        after: `page_texts` of the latest revision.

    Returns:
        NOT_APPLIED if the target pages still say what they said before, also when the batch would change
        nothing: sending it again does no harm; or if, among somebody else's edits, every text that the batch
        would have removed still stands.  APPLIED if they say exactly what the batch would make of them; or
        if, among such edits, every text it was to replace is gone and its replacement, which was not there
        before, is.  Else UNKNOWN.
    """
    pages = dict.fromkeys(page for operation in batch.replacements for page in operation.page_ids)
    if before is None or any(page not in before or page not in after for page in pages):
        return Witness.UNKNOWN
    then, now = ({page: texts[page] for page in pages} for texts in (before, after))
    if now == then:
        return Witness.NOT_APPLIED
    predicted, traces = _predict(batch, then)
    if now == predicted or (traces and all(_is_left(trace, then, now) for trace in traces)):
        return Witness.APPLIED
    removed = [trace for trace in traces if _is_there(trace, then) and not _is_there(trace, predicted)]
    if removed and all(_is_there(trace, now) for trace in removed):
        return Witness.NOT_APPLIED
    return Witness.UNKNOWN


def predict(batch: Batch, before: PageTexts) -> PageTexts:
    """Return what `batch` makes of `before`, which holds every page the batch touches."""
    return _predict(batch, before)[0]


def changes_nothing(batch: Batch, pages: PageTexts) -> bool:
    """Return True if nothing that `batch` looks for is on its pages, all of which are there."""
    is_known = all(page in pages for operation in batch.replacements for page in operation.page_ids)
    return is_known and not _predict(batch, pages)[1]


_Trace = tuple[ReplaceText, str]
"""An operation, and a page on which it had something to replace."""


def _predict(batch: Batch, before: PageTexts) -> tuple[PageTexts, list[_Trace]]:
    pages, traces = dict(before), list[_Trace]()
    for operation in batch.replacements:
        change = change_by(operation)
        for page in operation.page_ids:
            replaced = tuple(filter(None, map(change, pages[page])))
            if replaced != pages[page]:
                traces.append((operation, page))
                pages[page] = replaced
    return pages, traces


def _is_left(trace: _Trace, before: PageTexts, after: PageTexts) -> bool:
    operation, page = trace
    written = written_text(operation.replace)
    is_new = bool(written) and not any(written in text for text in before[page])
    return not _is_there(trace, after) and is_new and any(written in text for text in after[page])


def _is_there(trace: _Trace, pages: PageTexts) -> bool:
    operation, page = trace
    return any(needle(operation).search(text) for text in pages[page])


def change_by(operation: ReplaceText) -> Callable[[str], str]:
    """Return what makes of a text what the operation does."""
    written = written_text(operation.replace)
    if operation.match_case:
        return lambda text: text.replace(operation.find, written)
    found = needle(operation)
    return lambda text: found.sub(lambda _: written, text)


def written_text(text: str) -> str:
    """Return what Google makes of a text that is to be written."""
    return text.translate(_NEVER_WRITTEN)


def needle(operation: ReplaceText) -> re.Pattern[str]:
    """Return what finds the text that the operation looks for."""
    return re.compile(re.escape(operation.find), 0 if operation.match_case else re.IGNORECASE)


def _pages(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for slide in document.get("slides", ()):
        yield slide
        notes_page = slide.get("slideProperties", {}).get("notesPage")
        if notes_page and "objectId" in notes_page:
            yield notes_page


def _texts(elements: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for element in elements:
        if "elementGroup" in element:
            yield from _texts(element["elementGroup"].get("children", ()))
        for holder in _holders(element):
            if "text" in holder and (text := plain_text(holder["text"])):
                yield text


def _holders(element: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the shape that an element is, or the cells of the table."""
    if "shape" in element:
        yield element["shape"]
    for row in element.get("table", {}).get("tableRows", ()):
        yield from row.get("tableCells", ())


def plain_text(content: Mapping[str, Any]) -> str:
    """Return what a shape's or a cell's `text` says, without its final newline."""
    return "".join(map(_run, content.get("textElements", ()))).removesuffix("\n")


def _run(element: Mapping[str, Any]) -> str:
    if "autoText" in element:
        return AUTO_TEXT
    content: str = element.get("textRun", {}).get("content", "")
    return content
