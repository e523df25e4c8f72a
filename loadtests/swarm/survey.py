"""Questions to the fake's store whose answers are known beforehand, asked of a deck of their own."""

from collections.abc import Callable, Mapping
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
    """Return the answers of the store as it is now, by question; an error is an answer too."""
    asking = (_is_a_bad_batch_refused, _is_it_undone, _is_an_old_revision_refused, _inserted, _length)
    return {question: _answer(ask) for question, ask in zip(EXPECTED, asking, strict=True)}


def _answer(ask: Callable[["_Deck"], Any]) -> Any:  # noqa: ANN401 - whatever the answer is
    try:
        return ask(_Deck())
    except Exception as error:  # noqa: BLE001 - a broken store may raise anything
        return f"{type(error).__name__}: {error}"


class _Deck:
    """A deck of its own in a store of its own, with an empty text box."""

    def __init__(self) -> None:
        self._store = Store(Random(0))  # noqa: S311 - any ids will do
        self._id = self._store.create("survey").presentation_id
        properties = {"pageObjectId": self.now["slides"][0]["objectId"], "size": _SIZE, "transform": _PLACE}
        box = {"objectId": _BOX, "shapeType": "TEXT_BOX", "elementProperties": properties}
        self.change([{"createShape": box}])

    @property
    def now(self) -> dict[str, Any]:
        """The deck as `presentations.get` answers it."""
        return self._store.get(self._id).to_json()

    @property
    def pieces(self) -> list[dict[str, Any]]:
        """The text of the box."""
        box = next(each for each in self.now["slides"][0]["pageElements"] if each["objectId"] == _BOX)
        pieces: list[dict[str, Any]] = box["shape"]["text"]["textElements"]
        return pieces

    def change(self, requests: list[Any], revision_id: str | None = None) -> None:
        """Apply a batch.

        Raises:
            SlidesApiError: it was refused.
        """
        self._store.batch_update(self._id, requests, required_revision_id=revision_id)

    def refuses(self, requests: list[Any], revision_id: str | None = None) -> bool:
        """Say whether a batch is refused."""
        try:
            self.change(requests, revision_id)
        except SlidesApiError:
            return True
        return False


def _is_a_bad_batch_refused(deck: _Deck) -> bool:
    return deck.refuses(_BAD)


def _is_it_undone(deck: _Deck) -> bool:
    before = deck.now
    deck.refuses(_BAD)
    return deck.now == before


def _is_an_old_revision_refused(deck: _Deck) -> bool:
    old = deck.now["revisionId"]
    deck.change([{"createSlide": {}}])
    return deck.refuses([{"createSlide": {}}], old)


def _inserted(deck: _Deck) -> str:
    deck.change([_insert(0, _EMOJI), _insert(2, "hello"), _insert(2, ", ")])
    return "".join(piece.get("textRun", {}).get("content", "") for piece in deck.pieces)


def _length(deck: _Deck) -> int:
    deck.change([_insert(0, _EMOJI)])
    length: int = deck.pieces[-1]["endIndex"]
    return length


def _insert(units: int, text: str) -> dict[str, Any]:
    return {"insertText": {"objectId": _BOX, "insertionIndex": units, "text": text}}


_BOX = "survey_box"
_BAD = [{"createSlide": {}}, {"deleteObject": {"objectId": "no such thing"}}]
_SIZE = {side: {"magnitude": 100, "unit": "PT"} for side in ("width", "height")}
_PLACE = {"scaleX": 1, "scaleY": 1, "unit": "PT"}
