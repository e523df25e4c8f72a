"""Decks as a sales team makes them: a few paragraphs, a table, a badge and speaker notes per slide."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from fakeslides.decks.deck import Deck
from fakeslides.decks.drawing import Pieces, SlideTexts, deck_document
from fakeslides.decks.placing import place

_VALUES = {
    "customer": ("Northwind Traders", "Contoso", "Fabrikam & Sons", "Caffè Aurora", "Ōtani Works"),
    "contract_date": ("12 March 2024", "1 July 2024", "30 September 2024"),
    "amount": ("€ 1.240,50", "€ 18.000,00", "€ 310,99"),
    "city": ("Milano", "Kraków", "São Paulo", "Zürich"),
    "account_owner": ("M. Rossi", "A. Nowak", "J. Öberg", "T. Nguyễn"),
    "product": ("Pay in three", "Checkout", "Instalments 🛒"),
    "discount": ("5 %", "12.5 %", "20 %"),
    "quarter": ("first quarter", "second quarter", "third quarter"),
}
_TOPICS = ("Proposal", "Where we stand", "Volumes", "Pricing", "Next steps", "Rollout")
_BOLD: dict[str, Any] = {"bold": True}
_ACCENT: dict[str, Any] = {
    "italic": True,
    "foregroundColor": {"opaqueColor": {"rgbColor": {"red": 0.2, "blue": 0.6}}},
}


def realistic_deck(presentation_id: str, slide_count: int, key_count: int, dice: Random) -> Deck:
    """Return a deck of `slide_count` slides, with each of `key_count` keys on every one of them."""
    replacements = {f"{{{{{name}}}}}": value for name, value in _named_values(key_count, dice)}
    keys = list(replacements)
    slides = [_slide(number, keys) for number in range(1, slide_count + 1)]
    document = deck_document(presentation_id, f"Proposal {dice.randrange(1000, 10_000)}", slides)
    return Deck(presentation_id, document, replacements)


def _named_values(count: int, dice: Random) -> Iterable[tuple[str, str]]:
    """Yield names and values; no value holds a brace, so none holds a key."""
    names = list(_VALUES)
    for index in range(count):
        if index < len(names):
            yield names[index], f"{dice.choice(_VALUES[names[index]])} ({dice.randrange(100, 1000)})"
        else:
            yield f"detail_{index + 1}", f"Detail {dice.randrange(10_000, 100_000)}"


def _slide(number: int, keys: Sequence[str]) -> SlideTexts:
    placed = place(keys, number)
    return SlideTexts(
        title=[(_TOPICS[number % len(_TOPICS)], _BOLD), (f" - {number}", {})],
        body=_lines("As agreed for ", placed.body, "All figures are before tax."),
        rows=[(f"Row {index}", _key(key)) for index, key in enumerate(placed.table, start=1)],
        group=_lines("", placed.group, "Confidential"),
        notes=_lines("Remember: ", placed.notes, "Pause for questions."),
    )


def _lines(opening: str, keys: Sequence[str], closing: str) -> Pieces:
    """Return one paragraph per key and a closing one."""
    pieces: list[tuple[str, dict[str, Any]]] = []
    for key in keys:
        pieces += ((opening, {}), *_key(key), (".\n", {}))
    return [*pieces, (closing, {})]


def _key(key: str) -> Pieces:
    """Return a key in three runs, as a person's editing leaves it."""
    middle = len(key) // 2
    return (key[:2], {}), (key[2:middle], _BOLD), (key[middle:], _ACCENT)
