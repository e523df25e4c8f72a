from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.elements import walk
from fakeslides.slides.pages import PageKind
from fakeslides.slides.presentation import Presentation
from tests.support.presentations import DECK, group, shape, store_with, text_of, update


def duplicate(object_id: str, **new_ids: str) -> dict[str, Any]:
    """Return a duplicateObject request."""
    return {"duplicateObject": {"objectId": object_id} | ({"objectIds": new_ids} if new_ids else {})}


def all_ids(presentation: Presentation) -> list[str]:
    """Return every id of every page and element, as often as it occurs."""
    pages = presentation.pages.values()
    return [*presentation.pages, *(element.object_id for page in pages for element in walk(page.elements))]


def test_a_slide_s_copy_follows_it_with_all_that_is_on_it_and_in_its_notes() -> None:
    """And shares no id with it."""
    store = store_with(group("group", shape("child", "text"), shape("other")), notes="say")
    update(store, {"createSlide": {"objectId": "after"}})

    result = update(store, duplicate("p", p="copied", child="new_child"))

    presentation = store.get(DECK)
    assert result.replies == [{"duplicateObject": {"objectId": "copied"}}]
    assert presentation.order[PageKind.SLIDE] == ["p", "copied", "after"]
    assert text_of(store, "new_child") == "text"
    notes = presentation.page_json("copied")["slideProperties"]["notesPage"]
    assert notes["objectId"] == "copied:notes"
    assert text_of(store, notes["notesProperties"]["speakerNotesObjectId"]) == "say"
    assert len(set(all_ids(presentation))) == len(all_ids(presentation))


def test_what_happens_to_the_copy_does_not_happen_to_the_original() -> None:
    """They look alike and are two."""
    store = store_with(shape("note", "same"))

    update(store, duplicate("note", note="a_copy"), {"insertText": {"objectId": "a_copy", "text": "not "}})

    assert (text_of(store, "note"), text_of(store, "a_copy")) == ("same", "not same")


def test_an_element_s_copy_stays_in_its_group_and_gets_an_id_of_the_server_s() -> None:
    """The reply says which."""
    store = store_with(group("outer", group("inner", shape("child"), shape("other")), shape("more")))

    object_id = update(store, duplicate("child")).replies[0]["duplicateObject"]["objectId"]

    outer = store.get(DECK).page_json("p")["pageElements"][-1]
    inner = outer["elementGroup"]["children"][0]
    assert [child["objectId"] for child in inner["elementGroup"]["children"]] == ["child", "other", object_id]


def test_a_notes_page_takes_the_id_it_is_given() -> None:
    """Any object within the original may be named."""
    store = store_with()

    update(store, {"duplicateObject": {"objectId": "p", "objectIds": {"p:notes": "my_notes"}}})

    assert "my_notes" in store.get(DECK).pages


def test_the_copy_of_a_slide_without_notes_gets_a_notes_page() -> None:
    """Every slide has one in the end."""
    store = store_with()
    store.add(Presentation.from_json({"presentationId": DECK, "slides": [{"objectId": "bare_slide"}]}))

    update(store, duplicate("bare_slide", bare_slide="bare_copy"))

    assert store.get(DECK).pages["bare_copy"].notes_id == "bare_copy:notes"


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (duplicate("nothing"), "The object (nothing) could not be found."),
        (duplicate("note", nothing="fresh"), "The object (nothing) could not be found."),
        (
            duplicate("note", note="p:notes"),
            "The object ID (p:notes) should be unique among all pages and page elements.",
        ),
        (
            duplicate("note", note="same1", i0="same1"),
            "The object ID (same1) should be unique among all pages and page elements.",
        ),
        (duplicate("p2"), "The object (p2) cannot be duplicated."),
        (duplicate("p:notes_i1"), "The operation is not allowed on notes page element p:notes_i1"),
    ],
)
def test_refuses_what_cannot_be_copied(request_: dict[str, Any], why: str) -> None:
    """Each with its reason."""
    with pytest.raises(SlidesApiError) as refused:
        update(store_with(shape("note")), request_)

    assert refused.value.message == f"Invalid requests[0].duplicateObject: {why}"
