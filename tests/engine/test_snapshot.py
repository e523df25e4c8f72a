"""What the engine knows of a presentation."""

import pytest

from engine.errors import OutcomeUnknown
from engine.plan.planner import plan
from engine.settings import Strategy
from engine.snapshot import FIELDS, Snapshot
from tests.support.plain_decks import plain_deck

DECK = plain_deck("deck", slides_count=2, replacements={"{{a}}": "Ada"})


def test_knows_the_revision_the_slides_their_notes_and_their_texts() -> None:
    """Fence, targets and witness all come from one read."""
    snapshot = Snapshot.of(DECK.document)

    assert snapshot.revision_id == "r0"
    assert snapshot.notes_of == {"deck-s0": "deck-s0-notes", "deck-s1": "deck-s1-notes"}
    assert snapshot.texts["deck-s0"] == ("{{a}}",)
    assert snapshot.texts["deck-s1-notes"] == ("{{a}}",)


def test_an_empty_presentation_has_no_slides() -> None:
    """Google leaves empty lists out."""
    snapshot = Snapshot.of({"presentationId": "deck"})

    assert snapshot.revision_id is None
    assert not snapshot.notes_of


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"message": "log in first"},
        {"presentationId": "deck", "slides": None},
        {"presentationId": "deck", "slides": ["s1"]},
        {"presentationId": "deck", "slides": [{"pageElements": []}]},
    ],
)
def test_what_is_no_presentation_is_no_answer(document: dict[str, object]) -> None:
    """Taken for an empty one, it would have every edit of a call told as applied."""
    with pytest.raises(OutcomeUnknown, match="not a presentation"):
        Snapshot.of(document)


def test_names_every_operation_after_its_slide_and_its_place_in_the_map() -> None:
    """The names must be the same in every run, or faults could not be drawn by them."""
    operations = list(
        Snapshot.of(DECK.document).operations("deck", {"{{a}}": "Ada", "{{b}}": "Bob"}, include_notes=True)
    )

    assert [o.operation_id for o in operations] == [
        "deck/deck-s0/0",
        "deck/deck-s0/1",
        "deck/deck-s1/0",
        "deck/deck-s1/1",
    ]
    assert operations[0].page_ids == ("deck-s0", "deck-s0-notes")


def test_a_slide_that_is_named_twice_is_edited_once() -> None:
    """A value that holds its own key would be put there twice, under one name."""
    operations = Snapshot.of(DECK.document).operations(
        "deck", {"{{a}}": "x{{a}}"}, slide_ids=["deck-s1", "deck-s0", "deck-s1"], include_notes=False
    )

    assert [o.slide_id for o in operations] == ["deck-s1", "deck-s0"]


def test_leaves_the_notes_alone_when_told_to() -> None:
    """Speaker notes may hold the template's instructions."""
    operations = Snapshot.of(DECK.document).operations("deck", {"{{a}}": "Ada"}, include_notes=False)

    assert [o.page_ids for o in operations] == [("deck-s0",), ("deck-s1",)]


def test_refuses_a_slide_that_is_not_there() -> None:
    """Found here it costs no call; found by Google it costs the whole batch."""
    operations = Snapshot.of(DECK.document).operations(
        "deck", {"{{a}}": "Ada"}, slide_ids=["nope"], include_notes=True
    )

    with pytest.raises(ValueError, match="no slide 'nope'"):
        list(operations)


def test_follows_a_write_without_another_read() -> None:
    """The next write's fence and witness come with the answer."""
    before = Snapshot.of(DECK.document)
    operations = list(before.operations("deck", {"{{a}}": "Ada"}, include_notes=True))
    (batch,) = plan(operations, Strategy.COALESCED, 100)

    after = before.after(batch, "r1")

    assert after.revision_id == "r1"
    assert set(after.texts.values()) == {("Ada",)}


def test_asks_for_texts_and_nothing_of_how_they_look() -> None:
    """Styles and images are most of what a presentation weighs."""
    assert "textRun/content" in FIELDS
    assert "style" not in FIELDS
