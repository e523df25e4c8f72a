from random import Random

import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.collaborator import edit_as_collaborator
from fakeslides.slides.store import Store


def test_the_deck_has_another_revision_and_is_otherwise_as_before() -> None:
    """An audit of texts must find nothing to wonder about, and a careful writer must be refused."""
    store = Store(Random(1))
    before = store.create("a deck").to_json()

    result = edit_as_collaborator(store, before["presentationId"])

    after = store.get(before["presentationId"]).to_json()
    assert result is not None
    assert after.pop("revisionId") == result.revision_id != before.pop("revisionId")
    assert after == before


def test_it_can_be_done_again_and_again() -> None:
    """A rule may strike any number of times."""
    store = Store(Random(1))
    deck = store.create("a deck").presentation_id

    revisions = {edit_as_collaborator(store, deck).revision_id for _ in range(3)}  # type: ignore[union-attr]

    assert len(revisions) == 3


def test_nobody_edits_a_presentation_that_is_not_there() -> None:
    """As with any other edit."""
    with pytest.raises(SlidesApiError):
        edit_as_collaborator(Store(Random(1)), "none")


def test_a_deck_without_slides_is_left_alone() -> None:
    """There is nothing to draw on."""
    store = Store(Random(1))
    deck = store.create("a deck")
    [slide] = deck.to_json()["slides"]
    store.batch_update(deck.presentation_id, [{"deleteObject": {"objectId": slide["objectId"]}}])

    assert edit_as_collaborator(store, deck.presentation_id) is None
