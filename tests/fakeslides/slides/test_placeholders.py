from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.placeholders import (
    inherit,
    layout_placeholders,
    new_notes_page,
    new_speaker_notes,
    notes_page_id,
)
from fakeslides.slides.presentation import Presentation
from tests.support.presentations import DECK, shape, store_with


def test_a_layout_keeps_its_slide_number_to_itself() -> None:
    """Slides made through the API hold titles and bodies only."""
    layout = store_with().get(DECK).pages["p4"]

    kinds = [placeholder.placeholder["type"] for placeholder in layout_placeholders(layout)]

    assert kinds == ["TITLE", "BODY"]


def test_a_placeholder_inherits_its_place_and_knows_its_parent() -> None:
    """That is how a slide follows its layout."""
    parent = next(layout_placeholders(store_with().get(DECK).pages["p4"]))

    child = inherit(parent, "child")

    assert child.placeholder == {"type": "TITLE", "parentObjectId": "p4_i0"}
    assert child.fields["transform"] == parent.fields["transform"]
    assert child.text.plain == ""


def test_a_notes_page_has_an_image_and_a_body_for_the_notes() -> None:
    """Its speakerNotesObjectId names the body."""
    notes = new_notes_page(store_with().get(DECK), "fresh", ObjectIds(1))

    kinds = [getattr(element, "placeholder", {}).get("type") for element in notes.elements]
    assert (notes.object_id, kinds) == ("fresh:notes", ["SLIDE_IMAGE", "BODY"])
    assert notes.speaker_notes_id == notes.elements[1].object_id


def test_a_notes_page_gets_another_id_when_its_own_is_taken_or_too_long() -> None:
    """A slide id of fifty characters must work, and so must an element called like somebody's notes."""
    presentation = store_with(shape("fresh:notes")).get(DECK)
    ids = ObjectIds(1)

    assert notes_page_id(presentation, "fresh", ids) == "SLIDES_API1_0"
    assert notes_page_id(presentation, "s" * 50, ids) == "SLIDES_API1_1"


def test_speaker_notes_can_be_made_without_a_notes_master() -> None:
    """Decks of other programs lack one."""
    bare = Presentation.from_json({"presentationId": "bare"})

    assert new_speaker_notes(bare, "notes").placeholder["type"] == "BODY"
    assert new_speaker_notes(store_with().get(DECK), "notes").placeholder["parentObjectId"] == "n:text"
