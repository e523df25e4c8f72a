from random import Random

from fakeslides.decks.realistic import realistic_deck
from fakeslides.slides.elements import texts
from fakeslides.slides.presentation import Presentation
from tests.support.deck_checks import replaced, slide_texts


def test_every_key_stands_on_every_slide_and_is_gone_once_replaced() -> None:
    """More keys than there are names for work as well."""
    deck = realistic_deck("deck", slide_count=5, key_count=12, dice=Random(1))

    before, after = slide_texts(Presentation.from_json(deck.document)), slide_texts(replaced(deck))

    assert len(deck.replacements) == 12
    assert all(key in text for key in deck.replacements for text in before)
    assert not any(key in text for key in deck.replacements for text in after)
    assert all(value in text for value in deck.replacements.values() for text in after)


def test_no_value_holds_a_key() -> None:
    """Otherwise the result would depend on who replaces first."""
    deck = realistic_deck("deck", slide_count=1, key_count=12, dice=Random(1))

    assert not any(key in value for key in deck.replacements for value in deck.replacements.values())


def test_keys_are_split_over_differently_styled_runs() -> None:
    """Looking at one run at a time must fail here."""
    deck = realistic_deck("deck", slide_count=1, key_count=4, dice=Random(1))

    presentation = Presentation.from_json(deck.document)
    bodies = [body for page in presentation.pages.values() for body in texts(page.elements)]
    holding = [body for body in bodies if "{{" in body.plain]

    assert holding
    assert all(len(body.runs) >= 3 for body in holding)
