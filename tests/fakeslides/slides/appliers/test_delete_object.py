import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.store import Store
from tests.support.presentations import DECK, group, shape, store_with, update


def delete(store: Store, *object_ids: str) -> None:
    """Delete the objects in one batch."""
    update(store, *({"deleteObject": {"objectId": object_id}} for object_id in object_ids))


def placed(object_id: str, left: int) -> dict[str, object]:
    """Return a shape at a place."""
    return shape(object_id) | {"transform": {"scaleX": 1, "scaleY": 1, "translateX": left, "unit": "EMU"}}


def test_deletes_an_element_wherever_it_is() -> None:
    """Its id is free again."""
    store = store_with(shape("one"), group("many", shape("child1"), shape("child2"), shape("child3")))

    delete(store, "one", "child2")

    presentation = store.get(DECK)
    assert not any(presentation.has_object(object_id) for object_id in ("one", "child2"))
    assert presentation.has_object("many")


def test_a_group_left_with_one_element_makes_way_for_it_where_it_was_seen() -> None:
    """Also through several layers of groups."""
    inner = group("inner", placed("stays", 10), shape("goes1"))
    inner["transform"] = {"scaleX": 1, "scaleY": 1, "translateX": 100, "unit": "EMU"}
    store = store_with(group("outer", inner, shape("goes2")))

    delete(store, "goes1", "goes2")

    presentation = store.get(DECK)
    assert not presentation.has_object("inner")
    assert not presentation.has_object("outer")
    freed = presentation.page_json("p")["pageElements"][-1]
    assert (freed["objectId"], freed["transform"]["translateX"]) == ("stays", 110)


def test_a_group_deleted_takes_its_children_along() -> None:
    """They cannot be named any more."""
    store = store_with(group("outer", shape("child1"), shape("child2")))

    delete(store, "outer")

    assert not store.get(DECK).has_object("child1")


def test_a_slide_takes_its_notes_along_and_the_last_one_may_go() -> None:
    """A real program deletes the default slide in the batch that makes the others."""
    store = store_with()

    delete(store, "p")

    assert "slides" not in store.get(DECK).to_json()
    assert not store.get(DECK).has_object("p:notes_i1")


def test_a_layout_s_placeholder_takes_along_the_empty_ones_that_inherit_from_it() -> None:
    """One with text stays."""
    store = store_with()
    update(store, {"insertText": {"objectId": "i1", "text": "kept"}})

    delete(store, "p2_i0", "p2_i1")

    presentation = store.get(DECK)
    assert (presentation.has_object("i0"), presentation.has_object("i1")) == (False, True)


def test_a_layout_that_no_slide_uses_may_go() -> None:
    """Its elements go too."""
    store = store_with()

    delete(store, "p5")

    assert not store.get(DECK).has_object("p5_i0")


@pytest.mark.parametrize(
    ("object_id", "why"),
    [
        ("nothing", "The object (nothing) could not be found."),
        ("", "The object () could not be found."),
        ("p2", "The page (p2) cannot be deleted because other pages use it."),
        ("p1", "The page (p1) cannot be deleted because other pages use it."),
        ("p:notes", "The operation is not allowed on notes page (p:notes)."),
        ("n", "The operation is not allowed on notes page (n)."),
        ("p:notes_i0", "The operation is not allowed on notes page element p:notes_i0"),
    ],
)
def test_refuses_what_must_stay(object_id: str, why: str) -> None:
    """Notes pages are read-only but for the notes, and pages stand on one another."""
    with pytest.raises(SlidesApiError) as refused:
        delete(store_with(), object_id)

    assert refused.value.message == f"Invalid requests[0].deleteObject: {why}"
