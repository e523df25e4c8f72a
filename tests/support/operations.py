"""Operations and presentations for tests of the plan."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.plan.operations import Batch, ReplaceText

Pages = dict[str, str]
"""A model of a presentation: per page id, its text."""


def operation(
    slide: str = "s1",
    find: str = "{{name}}",
    replace: str = "Ada",
    *,
    key: str | None = None,
    pages: tuple[str, ...] | None = None,
    match_case: bool = True,
) -> ReplaceText:
    """Return one wish for presentation `p`."""
    operation_id = f"p/{slide}/{key if key is not None else find}"
    return ReplaceText(operation_id, "p", slide, pages or (slide,), find, replace, match_case)


def apply_all(batches: Iterable[Batch], pages: Mapping[str, str]) -> Pages:
    """Return what a server that obeys Google's description makes of `pages`."""
    after = dict(pages)
    for batch in batches:
        for request in batch.body(None)["requests"]:
            _replace_all_text(request["replaceAllText"], after)
    return after


def finds(batches: Sequence[Batch]) -> list[list[str]]:
    """Return the texts looked for, per batch."""
    return [
        [planned.request["replaceAllText"]["containsText"]["text"] for planned in batch.requests]
        for batch in batches
    ]


def document(pages: Mapping[str, str]) -> dict[str, Any]:
    """Return a `presentations.get` document of slides with one shape each."""
    slides = [
        {"objectId": page, "pageElements": [{"objectId": f"{page}_e", "shape": {"text": text_content(text)}}]}
        for page, text in pages.items()
    ]
    return {"presentationId": "p", "slides": slides}


def text_content(*runs: str) -> dict[str, Any]:
    """Return Google's text of one paragraph in `runs`."""
    return {"textElements": [{"paragraphMarker": {}}, *({"textRun": {"content": run}} for run in runs)]}


def _replace_all_text(request: Mapping[str, Any], pages: Pages) -> None:
    for page in request["pageObjectIds"]:
        pages[page] = pages[page].replace(request["containsText"]["text"], request["replaceText"])
