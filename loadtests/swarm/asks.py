"""Requests of any kind that callers give beside texts, each told from all others.  A thinking room.

None of them changes what a deck said before, so that its texts can still be foreseen.  Some show afterwards,
by an id or a text; some do not, and some can never work.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from fakeslides.decks import Deck

Request = Mapping[str, Any]
_MOST_REQUESTS_COUNT = 12
_ABOUT_A_BOX_SHARE = 0.9
_BEYOND_ANY_TEXT_UNITS = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Ask:
    """One request of a caller.

    Attributes:
        place: of the deck.
        number: among those for the deck, from 1; they are given in this order.
        what: a word of `KINDS`.
        about: the number of the request whose object it is about, where it is about one.
    """

    place: int
    number: int
    what: str
    about: int = 1

    def __str__(self) -> str:
        about = f", about {self.about}" if self.what in _ABOUT_ANOTHER else ""
        return f"{self.what} (request {self.number}{about})"


def request_of(ask: Ask, deck: Deck) -> Request:
    """Return the request as Google writes it."""
    return KINDS[ask.what](ask, deck)


def named(number: int) -> str:
    """Return the id of what the request of a number makes."""
    return f"asked_{number}"


def drawn_asks(presentations: int, seed: int) -> tuple[Ask, ...]:
    """Return requests for some decks, in some seeds; from dice of its own."""
    dice = Random(f"asks {seed}")  # noqa: S311 - the same seed must bring the same whims
    share = dice.choice((0.0, 0.0, 0.0, 0.5))
    asked = [_drawn(place, dice) for place in range(presentations) if dice.random() < share]
    return tuple(ask for of_deck in asked for ask in of_deck)


def drawn_atomic(asks: Sequence[Ask], seed: int) -> tuple[int, ...]:
    """Return the decks whose requests are to be applied together or not at all."""
    dice = Random(f"atomic {seed}")  # noqa: S311 - likewise
    return tuple(place for place in sorted({ask.place for ask in asks}) if dice.random() < 0.4)


def _drawn(place: int, dice: Random) -> list[Ask]:
    drawn = [Ask(place, 1, "box")]
    for number in range(2, dice.randint(1, _MOST_REQUESTS_COUNT) + 1):
        boxes = [ask.number for ask in drawn if ask.what == "box"]
        about = dice.choice(boxes) if dice.random() < _ABOUT_A_BOX_SHARE else dice.randint(1, number)
        drawn.append(Ask(place, number, dice.choice(_DRAWN), about))
    return list({_alike(ask): ask for ask in drawn}.values())


def _alike(ask: Ask) -> tuple[str, int]:
    """Return what no two requests may have in common, or the server's ledger could not tell them apart."""
    is_known_by_it = ask.what in _KNOWN_BY_WHAT_THEY_ARE_ABOUT
    return ask.what, ask.about if is_known_by_it else -ask.number


def _box(ask: Ask, deck: Deck) -> Request:
    return {"createShape": {"objectId": named(ask.number), **_shape(ask, deck)}}


def _nameless_box(ask: Ask, deck: Deck) -> Request:
    return {"createShape": _shape(ask, deck)}


def _impossible_box(ask: Ask, deck: Deck) -> Request:
    return {"createShape": {**_shape(ask, deck), "shapeType": "NO_SUCH_SHAPE"}}


def _slide(ask: Ask, deck: Deck) -> Request:
    del deck
    return {"createSlide": {"objectId": named(ask.number)}}


def _table(ask: Ask, deck: Deck) -> Request:
    properties = {"pageObjectId": _first_slide(deck)}
    return {
        "createTable": {
            "objectId": named(ask.number),
            "rows": 1,
            "columns": 2,
            "elementProperties": properties,
        }
    }


def _copy(ask: Ask, deck: Deck) -> Request:
    del deck
    return {"duplicateObject": {"objectId": named(ask.about)}}


def _deletion(ask: Ask, deck: Deck) -> Request:
    del deck
    return {"deleteObject": {"objectId": named(ask.about)}}


def _text(ask: Ask, deck: Deck) -> Request:
    del deck
    return {"insertText": {"objectId": named(ask.about), "text": f"🙂 {ask.number}; "}}


def _text_within(ask: Ask, deck: Deck) -> Request:
    del deck
    return {"insertText": {"objectId": named(ask.about), "text": f"+{ask.number}", "insertionIndex": 3}}


def _text_beyond(ask: Ask, deck: Deck) -> Request:
    text, units = f"beyond {ask.number}", _BEYOND_ANY_TEXT_UNITS
    return {"insertText": {"objectId": _first_shape(deck), "text": text, "insertionIndex": units}}


def _erasure(ask: Ask, deck: Deck) -> Request:
    del deck
    return {"deleteText": {"objectId": named(ask.about), "textRange": {"type": "ALL"}}}


def _replacement(ask: Ask, deck: Deck) -> Request:
    del deck
    find, replace = {"text": f"🙂 {ask.about}; ", "matchCase": True}, f"{ask.about} by {ask.number}; "
    return {"replaceAllText": {"containsText": find, "replaceText": replace}}


def _description(ask: Ask, deck: Deck) -> Request:
    return {
        "updatePageElementAltText": {
            "objectId": _first_shape(deck),
            "description": f"description {ask.number}",
        }
    }


def _about_nothing(ask: Ask, deck: Deck) -> Request:
    del deck
    return {"deleteObject": {"objectId": f"never_made_{ask.number}"}}


def _shape(ask: Ask, deck: Deck) -> dict[str, Any]:
    transform = {"scaleX": 1, "scaleY": 1, "translateX": ask.number, "unit": "PT"}
    properties = {"pageObjectId": _first_slide(deck), "transform": transform}
    return {"shapeType": "TEXT_BOX", "elementProperties": properties}


def _first_slide(deck: Deck) -> str:
    slide_id: str = deck.document["slides"][0]["objectId"]
    return slide_id


def _first_shape(deck: Deck) -> str:
    elements = deck.document["slides"][0]["pageElements"]
    return next((str(each["objectId"]) for each in elements if "shape" in each), "no_shape")


KINDS: Mapping[str, Callable[[Ask, Deck], Request]] = {
    "box": _box,
    "nameless box": _nameless_box,
    "impossible box": _impossible_box,
    "slide": _slide,
    "table": _table,
    "copy": _copy,
    "deletion": _deletion,
    "text": _text,
    "text within": _text_within,
    "text beyond": _text_beyond,
    "erasure": _erasure,
    "replacement": _replacement,
    "description": _description,
    "about nothing": _about_nothing,
}
"""What can be asked for."""

_ABOUT_ANOTHER = {"copy", "deletion", "text", "text within", "erasure", "replacement"}
_KNOWN_BY_WHAT_THEY_ARE_ABOUT = {"copy", "deletion", "erasure"}
_RARE = ("impossible box", "text beyond", "about nothing", "deletion", "erasure")
_OFTEN = tuple(what for what in KINDS if what not in _RARE)
_DRAWN = (*_RARE, *(4 * _OFTEN), *(8 * ("box", "text")))
