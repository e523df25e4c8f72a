from fakeslides.slides.new_deck import new_deck
from fakeslides.slides.pages import PageKind, page_to_json, pages_from_json


def test_a_slide_is_followed_by_its_notes_page() -> None:
    """Notes pages are pages of their own, with ids that requests may name."""
    slide, notes = pages_from_json(new_deck("d", "")["slides"][0], PageKind.SLIDE)

    assert (slide.notes_id, notes.object_id, notes.kind) == ("p:notes", "p:notes", PageKind.NOTES)
    assert notes.speaker_notes_id == "p:notes_i1"


def test_comes_back_as_it_was() -> None:
    """A page that is loaded and saved is the same page."""
    document = new_deck("d", "")["slides"][0]

    slide, notes = pages_from_json(document, PageKind.SLIDE)

    assert page_to_json(slide, notes) == document


def test_knows_its_layout_and_master() -> None:
    """Slides and layouts keep their master in different places."""
    deck = new_deck("d", "")
    slide = next(pages_from_json(deck["slides"][0], PageKind.SLIDE))
    layout = next(pages_from_json(deck["layouts"][0], PageKind.LAYOUT))

    assert (slide.layout_id, slide.master_id) == ("p2", "p1")
    assert (layout.layout_id, layout.master_id) == (None, "p1")


def test_a_page_without_elements_has_no_key_for_them() -> None:
    """proto3 JSON leaves out empty lists."""
    page = next(pages_from_json({"objectId": "blank"}, PageKind.SLIDE))

    assert page_to_json(page) == {"objectId": "blank"}
    assert page.element("nothing") is None
