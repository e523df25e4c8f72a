from random import Random

import pytest

from fakeslides.decks.problematic import problematic_deck
from fakeslides.slides.elements import texts
from fakeslides.slides.presentation import Presentation
from tests.support.deck_checks import replaced, slide_texts


@pytest.mark.parametrize("key_count", [1, 3, 11, 20])
def test_every_key_stands_on_every_slide_and_is_gone_once_replaced(key_count: int) -> None:
    """Well defined, whatever it looks like."""
    deck = problematic_deck("deck", slide_count=4, key_count=key_count, dice=Random(1))

    before, after = slide_texts(Presentation.from_json(deck.document)), slide_texts(replaced(deck))

    assert len(deck.replacements) == key_count
    assert all(key in text for key in deck.replacements for text in before)
    assert not any(key in text for key in deck.replacements for text in after)
    assert all(value in text for value in deck.replacements.values() for text in after)


def test_no_value_holds_a_key_in_capitals_or_small_letters() -> None:
    """Order matters among the keys; it must not matter among the values."""
    replacements = problematic_deck("deck", slide_count=1, key_count=20, dice=Random(1)).replacements

    assert not any(key.lower() in value.lower() for key in replacements for value in replacements.values())


def test_a_key_stands_inside_another_and_comes_after_it() -> None:
    """Replaced too early, it would break the longer one."""
    keys = list(problematic_deck("deck", slide_count=1, key_count=11, dice=Random(1)).replacements)

    inside = [
        (keys.index(long), keys.index(short))
        for short in keys
        for long in keys
        if short != long and short in long
    ]

    assert len(inside) >= 4
    assert all(long < short for long, short in inside)


def test_has_hundreds_of_runs_emoji_and_right_to_left_text() -> None:
    """What careless programs break on."""
    presentation = Presentation.from_json(problematic_deck("deck", 3, 11, Random(1)).document)

    bodies = [body for page in presentation.pages.values() for body in texts(page.elements)]
    everything = "".join(body.plain for body in bodies)

    assert sum(len(body.runs) for body in bodies) > 300
    assert "\u05e9" in everything
    assert any(char > "\uffff" for char in everything)
