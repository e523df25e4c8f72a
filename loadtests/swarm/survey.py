"""Questions to the fake's store whose answers are known beforehand, asked of a deck of their own."""

from collections.abc import Mapping
from random import Random
from typing import Any

from fakeslides.errors import SlidesApiError
from fakeslides.slides.store import Store

_EMOJI = "🙂"

EXPECTED: Mapping[str, Any] = {
    "a batch with one bad request is refused": True,
    "and changes nothing": True,
    "a batch for a revision that is not the latest is refused": True,
    "what is inserted at unit 2 of an emoji and a word stands between them": f"{_EMOJI}, hello\n",
    "an emoji and a line's end are three units long": 3,
}


def survey() -> dict[str, Any]:
    """Return the answers of the store as it is now, by question."""
    answers = (*_about_batches(), *_about_text())
    return dict(zip(EXPECTED, answers, strict=True))


def _about_batches() -> tuple[bool, bool, bool]:
    store = Store(Random(0))  # noqa: S311 - any ids will do
    deck = store.create("survey").presentation_id
    before = store.get(deck).to_json()
    bad = [{"createSlide": {"objectId": "survey_slide"}}, {"deleteObject": {"objectId": "no such thing"}}]
    is_refused = _is_refused(store, deck, bad)
    is_untouched = store.get(deck).to_json() == before
    first_revision = before["revisionId"]
    store.batch_update(deck, [{"createSlide": {}}])
    is_fenced = _is_refused(store, deck, [{"createSlide": {}}], first_revision)
    return is_refused, is_untouched, is_fenced


def _about_text() -> tuple[str, int]:
    store = Store(Random(0))  # noqa: S311 - likewise
    deck = store.create("survey").presentation_id
    page = store.get(deck).to_json()["slides"][0]["objectId"]
    properties = {"pageObjectId": page, "size": _SIZE, "transform": _PLACE}
    shape = {"objectId": "survey_box", "shapeType": "TEXT_BOX", "elementProperties": properties}
    store.batch_update(deck, [{"createShape": shape}, _insert(0, _EMOJI)])
    length = _text_of(store, deck)[-1]["endIndex"]
    store.batch_update(deck, [_insert(2, "hello"), _insert(2, ", ")])
    pieces = _text_of(store, deck)
    return "".join(piece.get("textRun", {}).get("content", "") for piece in pieces), length


_SIZE = {side: {"magnitude": 100, "unit": "PT"} for side in ("width", "height")}
_PLACE = {"scaleX": 1, "scaleY": 1, "unit": "PT"}


def _insert(units: int, text: str) -> dict[str, Any]:
    return {"insertText": {"objectId": "survey_box", "insertionIndex": units, "text": text}}


def _is_refused(store: Store, deck: str, requests: list[Any], revision_id: str | None = None) -> bool:
    try:
        store.batch_update(deck, requests, required_revision_id=revision_id)
    except SlidesApiError:
        return True
    return False


def _text_of(store: Store, deck: str) -> list[dict[str, Any]]:
    elements = store.get(deck).to_json()["slides"][0]["pageElements"]
    box = next(element for element in elements if element["objectId"] == "survey_box")
    pieces: list[dict[str, Any]] = box["shape"]["text"]["textElements"]
    return pieces
