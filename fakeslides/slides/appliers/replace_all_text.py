"""replaceAllText: every match, in shapes, groups and tables of slides, notes pages, layouts and masters."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from fakeslides.slides.editing import insertable
from fakeslides.slides.elements import map_texts
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.search import Search, search_for
from fakeslides.slides.text import Json, TextBody

_SEARCHED_BY_DEFAULT = (PageKind.SLIDE, PageKind.NOTES, PageKind.LAYOUT, PageKind.MASTER)


def replace_all_text(presentation: Presentation, body: Json, ids: ObjectIds) -> dict[str, Any]:  # noqa: ARG001 - appliers are called alike
    """Replace all matches of `containsText` by `replaceText`; the reply counts them.

    Matches are found before any is replaced, so that a replacement is never searched.

    Raises:
        Refusal: nothing to search for, or `pageObjectIds` names what is no page to be searched.
    """
    criteria = body.get("containsText", {})
    search = search_for(
        criteria.get("text", ""),
        match_case=criteria.get("matchCase", False),
        by_regex=criteria.get("searchByRegex", False),
    )
    pages = list(_pages_to_search(presentation, body.get("pageObjectIds", [])))
    count = _replace_on(presentation, pages, search, insertable(body.get("replaceText", "")))
    return {"replaceAllText": {"occurrencesChanged": count} if count else {}}


def _pages_to_search(presentation: Presentation, page_ids: Sequence[str]) -> Iterator[Page]:
    if not page_ids:
        for kind in _SEARCHED_BY_DEFAULT:
            yield from presentation.of_kind(kind)
    for page_id in dict.fromkeys(page_ids):
        page = presentation.pages.get(page_id)
        if page is None:
            raise Refusal(f"The page ({page_id}) could not be found.")
        if page.kind is PageKind.NOTES_MASTER:
            raise Refusal(f"The operation is not allowed on notes master ({page_id}).")
        yield page


def _replace_on(presentation: Presentation, pages: Iterable[Page], search: Search, text: str) -> int:
    count = 0

    def replaced(body: TextBody) -> TextBody:
        nonlocal count
        spans = search(body) if body.plain else []
        count += len(spans)
        return body.splice(spans, text) if spans else body

    for page in pages:
        elements = tuple(map_texts(element, replaced) for element in page.elements)
        if any(new is not old for new, old in zip(elements, page.elements, strict=True)):
            presentation.put_page(replace(page, elements=elements))
    return count
