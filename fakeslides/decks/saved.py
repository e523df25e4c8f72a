"""Decks saved from the real API."""

from pathlib import Path

from fakeslides.decks.deck import Deck


class DeckError(ValueError):
    """A file that is not a saved presentation; the text names the file and what is wrong."""


def load_deck(path: Path) -> Deck:
    """Read a saved `presentations.get` answer.

    Returns:
        The deck; its replacements give every `{{...}}` in its texts a made-up value.

    Raises:
        DeckError: the file cannot be read or is not a presentation.
    """
    raise NotImplementedError
