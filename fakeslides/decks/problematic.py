"""The deck that breaks careless programs.

Hundreds of runs, keys that overlap or contain one another, emoji that are several characters, right-to-left
text and combining marks.  What comes out is well defined all the same: keys are applied in the order of the
map, and no value holds a key.
"""

from collections.abc import Sequence
from itertools import cycle
from random import Random
from typing import Any

from fakeslides.decks.deck import Deck
from fakeslides.decks.drawing import Pieces, SlideTexts, deck_document
from fakeslides.decks.placing import place

_KEYS = {
    "{{first_name}}": "Zoë 👩‍👩‍👧",
    "{{name}}": "שרה כהן",
    "name": "الاسم",
    "{{🏷️ price}}": "€ 9,99 🎉",
    "net price list": "tariff",
    "net price": "net sum",
    "price list": "catalogue",
    "{{שם}}": "Cafe\u0301 d'Été",
    "{{العميل}}": "Ünïcödé Ltd",
    "aba": "⟨x⟩",
    "👨‍👩‍👧‍👦": "family of four",
}
"""In this order: `name` stands inside `{{name}}` and `{{first_name}}`, and comes after them."""

_WORDS = """
Quarterly growth שלום עולם 🚀 momentum مرحبا نحن über naïve 🇮🇹 e\u0301clair 𝔘𝔫𝔦 ligature 👍🏽 نمو plan 量 売上
\u200fמימין ababa
""".split()  # noqa: RUF001, SIM905 - letters of several scripts are the point, and words read best as a text
_STYLES: tuple[dict[str, Any], ...] = (
    {},
    {"bold": True},
    {"italic": True},
    {"underline": True, "bold": False},
    {"fontSize": {"magnitude": 11, "unit": "PT"}},
    {"foregroundColor": {"opaqueColor": {"themeColor": "ACCENT1"}}},
)
_WORDS_PER_SLIDE = 120


def problematic_deck(presentation_id: str, slide_count: int, key_count: int, dice: Random) -> Deck:
    """Return a deck of `slide_count` slides, with each of `key_count` keys on every one of them."""
    replacements = _replacements(key_count, dice)
    keys = list(replacements)
    slides = [_slide(number, keys, dice) for number in range(1, slide_count + 1)]
    return Deck(presentation_id, deck_document(presentation_id, "The problematic one", slides), replacements)


def _replacements(count: int, dice: Random) -> dict[str, str]:
    chosen = dict(list(_KEYS.items())[:count])
    for index in range(len(chosen) + 1, count + 1):
        chosen[f"{{{{item_{index}}}}}"] = f"№ {dice.randrange(10_000, 100_000)} ✅"
    return chosen


def _slide(number: int, keys: Sequence[str], dice: Random) -> SlideTexts:
    placed = place(keys, number)
    words = [dice.choice(_WORDS) for _ in range(_WORDS_PER_SLIDE)]
    return SlideTexts(
        title=_motley(f"№ {number} 🧨 שקופית"),
        body=[*_in_many_runs(words), *_spread(placed.body)],
        rows=[(f"{index} ⇢", _motley(key)) for index, key in enumerate(placed.table, start=1)],
        group=_spread(placed.group),
        notes=[("לדובר: ", {}), *_spread(placed.notes)],
    )


def _in_many_runs(words: Sequence[str]) -> Pieces:
    """Return `words` with a style each, a new paragraph after every tenth."""
    styles = cycle(_STYLES)
    ends = ["\n" if index % 10 == 0 else " " for index in range(1, len(words) + 1)]
    return [(word + end, style) for word, end, style in zip(words, ends, styles, strict=False)]


def _spread(keys: Sequence[str]) -> Pieces:
    """Return each key twice, on a line of its own and in the middle of a line."""
    return [piece for key in keys for piece in (*_motley(key), ("\n🙂 ", {}), *_motley(key), (" ؟\n", {}))]


def _motley(text: str) -> Pieces:
    """Return `text` with another style for every character."""
    return list(zip(text, cycle(_STYLES), strict=False))
