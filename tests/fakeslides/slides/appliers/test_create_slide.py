from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.pages import PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.store import Store
from tests.support.presentations import DECK, store_with, update

TITLE_AND_BODY = {"slideLayoutReference": {"predefinedLayout": "TITLE_AND_BODY"}}


def create(**options: object) -> dict[str, Any]:
    """Return a createSlide request."""
    return {"createSlide": options}


def slide_ids(store: Store) -> list[str]:
    """Return the slides' ids in order."""
    return store.get(DECK).order[PageKind.SLIDE]


def test_a_slide_without_a_layout_is_blank_and_comes_last() -> None:
    """The defaults of the API."""
    store = store_with()

    update(store, create(objectId="last_one"))

    slide = store.get(DECK).pages["last_one"]
    assert slide_ids(store) == ["p", "last_one"]
    assert (slide.layout_id, slide.master_id, slide.elements) == ("p12", "p1", ())


def test_goes_where_it_is_told() -> None:
    """A quoted index counts as one."""
    store = store_with()

    update(store, create(objectId="first", insertionIndex=0), create(objectId="second", insertionIndex="1"))

    assert slide_ids(store) == ["first", "second", "p"]


@pytest.mark.parametrize("reference", [{"predefinedLayout": "TITLE_AND_BODY"}, {"layoutId": "p4"}])
def test_gets_the_layout_s_placeholders_and_not_its_slide_number(reference: dict[str, str]) -> None:
    """By name or by id."""
    store = store_with()

    update(store, create(objectId="fresh", slideLayoutReference=reference))

    page = store.get(DECK).page_json("fresh")
    placeholders = [element["shape"]["placeholder"] for element in page["pageElements"]]
    assert placeholders == [
        {"type": "TITLE", "parentObjectId": "p4_i0"},
        {"type": "BODY", "index": 1, "parentObjectId": "p4_i1"},
    ]


def test_gets_a_notes_page_of_its_own() -> None:
    """Its speaker notes can be written to at once, in the same batch."""
    store = store_with()

    update(store, create(objectId="fresh"))

    notes = store.get(DECK).page_json("fresh")["slideProperties"]["notesPage"]
    assert (notes["objectId"], notes["pageType"]) == ("fresh:notes", "NOTES")
    assert store.get(DECK).find_element(notes["notesProperties"]["speakerNotesObjectId"])


def test_placeholders_take_the_ids_they_are_given() -> None:
    """By type and index, or by the id of the layout's placeholder."""
    store = store_with()
    mappings = [
        {"layoutPlaceholder": {"type": "TITLE"}, "objectId": "my_title"},
        {"layoutPlaceholderObjectId": "p4_i1", "objectId": "my_body"},
    ]

    update(store, create(**TITLE_AND_BODY, placeholderIdMappings=mappings))

    found = [store.get(DECK).find_element(object_id) for object_id in ("my_title", "my_body")]
    assert all(found)


def test_a_deck_without_slides_uses_the_first_master() -> None:
    """Deleting the default slide first is what real programs do."""
    store = store_with()

    update(store, {"deleteObject": {"objectId": "p"}}, create(objectId="only_one"))

    assert slide_ids(store) == ["only_one"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"insertionIndex": 2},
            "The insertion index (2) should not be greater than the number of slides (1).",
        ),
        (
            {"insertionIndex": -1},
            "The insertion index (-1) should not be less than 0.",
        ),
        (
            {"slideLayoutReference": {"layoutId": "p99"}},
            "The layout (p99) could not be found in the current master.",
        ),
        (
            TITLE_AND_BODY
            | {"placeholderIdMappings": [{"layoutPlaceholder": {"type": "CHART"}, "objectId": "mine1"}]},
            "The layout (p4) has no placeholder for the mapping to (mine1).",
        ),
        (
            {"placeholderIdMappings": [{"layoutPlaceholder": {"type": "TITLE"}, "objectId": "mine1"}]},
            "Placeholder ID mappings can only be used when a slide layout reference is specified.",
        ),
        (
            TITLE_AND_BODY
            | {
                "objectId": "twice",
                "placeholderIdMappings": [{"layoutPlaceholder": {"type": "TITLE"}, "objectId": "twice"}],
            },
            "The object ID (twice) should be unique among all pages and page elements.",
        ),
        ({"objectId": "p2_i0"}, "The object ID (p2_i0) should be unique among all pages and page elements."),
    ],
)
def test_refuses_what_cannot_be_placed(options: dict[str, Any], why: str) -> None:
    """Each with its reason."""
    with pytest.raises(SlidesApiError) as refused:
        update(store_with(), create(**options))

    assert refused.value.message == f"Invalid requests[0].createSlide: {why}"


def test_a_predefined_layout_that_the_master_lacks_is_refused() -> None:
    """Decks with a theme of their own have other layouts."""
    store = store_with()
    document = store.get(DECK).to_json()
    document["layouts"] = document["layouts"][:1]
    store.add(Presentation.from_json(document))

    with pytest.raises(SlidesApiError, match=r"The layout \(BLANK\) could not be found"):
        update(store, create())
