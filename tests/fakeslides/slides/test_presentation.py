from dataclasses import replace
from random import Random

import pytest

from fakeslides.decks.problematic import problematic_deck
from fakeslides.slides.new_deck import new_deck
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.presentation import Presentation
from tests.support.presentations import group, shape


def a_presentation() -> Presentation:
    """Return a new deck with a group on its slide."""
    document = new_deck("deck", "T")
    document["slides"][0]["pageElements"].append(group("outer", shape("in_group"), shape("other")))
    return Presentation.from_json(document)


class TestJson:
    def test_comes_back_as_it_was_in_google_s_order_of_keys(self) -> None:
        """Diffs of saved decks, and clients that stream, see the order."""
        document = new_deck("deck", "T") | {"revisionId": "r", "brandNew": {"x": 1}}

        saved = Presentation.from_json(document).to_json()

        assert saved == document
        assert list(saved) == [
            "presentationId", "pageSize", "slides", "title", "masters",
            "layouts", "locale", "revisionId", "notesMaster", "brandNew",
        ]  # fmt: skip

    def test_the_problematic_deck_comes_back_as_it_was(self) -> None:
        """Hundreds of runs of every script are still the same text."""
        document = problematic_deck("deck", 3, 11, Random(1)).document

        assert Presentation.from_json(document | {"revisionId": "r"}).to_json() == document | {
            "revisionId": "r"
        }

    def test_a_deck_without_slides_has_no_key_for_them(self) -> None:
        """Empty lists are left out."""
        assert Presentation.from_json({"presentationId": "d"}).to_json() == {"presentationId": "d"}


class TestIds:
    def test_pages_and_elements_share_one_namespace(self) -> None:
        """A new object may have none of these ids."""
        presentation = a_presentation()

        known = ["p", "p:notes", "p2", "p1", "n", "i0", "in_group", "outer", "n:text", "p2_i0"]

        assert all(presentation.has_object(object_id) for object_id in known)
        assert not presentation.has_object("nothing")

    def test_finds_an_element_in_a_group_and_its_page(self) -> None:
        """Requests name elements without saying where they are."""
        found = a_presentation().find_element("in_group")

        assert found is not None
        assert (found[0].object_id, found[1].object_id) == ("p", "in_group")

    def test_an_element_that_is_gone_from_its_page_is_found_no_more(self) -> None:
        """Its id may be given again."""
        presentation = a_presentation()

        presentation.put_page(replace(presentation.pages["p"], elements=()))

        assert presentation.find_element("in_group") is None
        assert not presentation.has_object("in_group")


class TestCopy:
    def test_an_edited_copy_leaves_the_original_alone(self) -> None:
        """That is what makes a batch atomic."""
        presentation = a_presentation()
        before = presentation.to_json()
        copy = presentation.copy()

        copy.insert_slide(0, Page("fresh", PageKind.SLIDE, {}, ()))
        copy.attach_notes("fresh", Page("fresh:notes", PageKind.NOTES, {}, ()))
        copy.remove_page(copy.pages["p"])

        assert presentation.to_json() == before
        assert presentation.has_object("in_group")
        assert copy.order[PageKind.SLIDE] == ["fresh"]


def test_a_slide_that_is_removed_takes_its_notes_page_along() -> None:
    """A notes page without a slide could be named and never be seen."""
    presentation = a_presentation()

    presentation.remove_page(presentation.pages["p"])

    assert not presentation.has_object("p:notes")
    assert list(presentation.of_kind(PageKind.NOTES)) == []


def test_a_page_that_is_not_there_has_no_json() -> None:
    """Whoever asks decides what that means."""
    with pytest.raises(KeyError):
        a_presentation().page_json("nothing")


def test_an_untitled_presentation_has_an_empty_title() -> None:
    """Google leaves the key out."""
    assert Presentation.from_json({"presentationId": "d"}).title == ""
