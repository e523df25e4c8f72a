from fakeslides.slides.editing import edit_text
from tests.support.plain_decks import plain_deck


def test_a_deck_that_was_edited_is_laid_out_again_as_it_came() -> None:
    """The next world stands on the same deck, and must not see what was done in this one."""
    deck = plain_deck("deck-a")
    edited = deck.laid_out()
    before = edited.to_json()
    shape_id = before["slides"][0]["pageElements"][0]["objectId"]

    edit_text(edited, shape_id, None, lambda body: body.insert(0, "edited "))

    assert edited.to_json() != before
    assert deck.laid_out().to_json() == before
