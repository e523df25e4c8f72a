"""Decks saved from the real API."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fakeslides.decks.deck import Deck
from fakeslides.slides.elements import texts, walk
from fakeslides.slides.presentation import Presentation

_KEY = re.compile(r"\{\{[^{}\n]+\}\}")


class DeckError(ValueError):
    """A file that is not a saved presentation; the text names the file and what is wrong."""


def load_decks(paths: Iterable[Path]) -> list[Deck]:
    """Read several saved answers, each of another presentation.

    Raises:
        DeckError: as for `load_deck`, or two files hold the same presentation.
    """
    found: dict[str, tuple[Path, Deck]] = {}
    for path in paths:
        deck = load_deck(path)
        if deck.presentation_id in found:
            first, _ = found[deck.presentation_id]
            text = f"{deck.presentation_id} is in {first} already; give every deck an id of its own"
            raise DeckError(f"{path}: presentationId: {text}")
        found[deck.presentation_id] = (path, deck)
    return [deck for _, deck in found.values()]


def load_deck(path: Path) -> Deck:
    """Read a saved `presentations.get` answer.

    Returns:
        The deck; its replacements give every `{{...}}` in its texts a made-up value.

    Raises:
        DeckError: the file cannot be read or is not a presentation.
    """
    document = _read(path)
    try:
        json.dumps(document, ensure_ascii=False).encode()  # fails for half a surrogate pair
        presentation = Presentation.from_json(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DeckError(_explain(path, error)) from error
    _check_ids(path, presentation)
    return Deck(presentation.presentation_id, document, _made_up_values(presentation))


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise DeckError(f"{path}: cannot be read: {error.strerror}; name a saved presentation") from error
    except json.JSONDecodeError as error:
        raise DeckError(f"{path}:{error.lineno}: not JSON: {error.msg}; save the answer of GET") from error
    except UnicodeDecodeError as error:
        raise DeckError(f"{path}: not UTF-8 text; save the answer of presentations.get as it came") from error
    except (ValueError, RecursionError) as error:  # a number that is none or endless, or nesting without end
        raise DeckError(f"{path}: not JSON that Google writes: {error}; save the answer of GET") from error
    if not isinstance(document, dict) or not isinstance(document.get("presentationId"), str):
        raise DeckError(f"{path}: presentationId: missing; save the whole answer of presentations.get")
    return document


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")


def _check_ids(path: Path, presentation: Presentation) -> None:
    """Refuse a deck in which an id occurs twice, as happens when a slide is copied by hand, or is no text."""
    page_ids = [page_id for ids in presentation.order.values() for page_id in ids]
    elements = (element for page in presentation.pages.values() for element in walk(page.elements))
    counted = Counter([*page_ids, *(element.object_id for element in elements)])
    odd = [object_id for object_id in counted if not isinstance(object_id, str)]
    if odd:
        raise DeckError(f"{path}: objectId: {odd[0]!r} is no text; save the answer of presentations.get")
    twice = [object_id for object_id, count in counted.items() if count > 1]
    if twice:
        text = "occurs more than once; give every page and element an id of its own"
        raise DeckError(f"{path}: objectId: {twice[0]} {text}")


def _explain(path: Path, error: Exception) -> str:
    what = f"{error.args[0]}: missing" if isinstance(error, KeyError) else f"not a presentation ({error})"
    return f"{path}: {what}; save the whole answer of presentations.get, without a fields mask"


def _made_up_values(presentation: Presentation) -> dict[str, str]:
    """Return a value for each key, in the order in which the keys are met; no value holds a brace."""
    bodies = (body for page in presentation.pages.values() for body in texts(page.elements))
    keys = dict.fromkeys(key for body in bodies for key in _KEY.findall(body.plain))
    return {key: f"Value {number} for {key.strip('{}')}" for number, key in enumerate(keys, start=1)}
