from dataclasses import replace

import pytest

from fakeslides.slides.editing import (
    could_not_find,
    edit_element,
    edit_text,
    insertable,
    speaker_notes_page,
)
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import TextBody
from tests.support.presentations import DECK, group, shape, store_with, table, text_of

ELEMENTS = (
    shape("shape", "old"),
    group("group", shape("child", "old")),
    table("table", [["a", "b"], ["c", "d"]]),
    {"objectId": "image", "image": {}},
)


def shout(body: TextBody) -> TextBody:
    """Return a body in capitals."""
    return replace(body, plain=body.plain.upper())


@pytest.mark.parametrize(
    ("object_id", "cell"), [("shape", None), ("child", None), ("table", {"rowIndex": 1})]
)
def test_changes_the_text_that_is_named(object_id: str, cell: dict[str, int] | None) -> None:
    """Shapes, shapes in groups, and cells whose zero index is left out."""
    store = store_with(*ELEMENTS)

    edit_text(store.get(DECK), object_id, cell, shout)

    assert text_of(store, object_id, (1, 0)) in ("OLD", "C")


@pytest.mark.parametrize(
    ("object_id", "cell", "why"),
    [
        ("nothing", None, "The object (nothing) could not be found."),
        ("p", None, "The object (p) does not allow text editing."),
        ("image", None, "The object (image) does not allow text editing."),
        ("group", None, "The object (group) does not allow text editing."),
        ("table", None, "The object (table) does not allow text editing."),
        ("p:notes_i0", None, "The object (p:notes_i0) does not allow text editing."),
        ("shape", {}, "The object (shape) is not of type TABLE."),
        ("table", {"rowIndex": 2}, "The cell at row 2 and column 0 could not be found."),
    ],
)
def test_refuses_what_has_no_text(object_id: str, cell: dict[str, int] | None, why: str) -> None:
    """Each in words that name the object."""
    with pytest.raises(Refusal) as refused:
        edit_text(store_with(*ELEMENTS).get(DECK), object_id, cell, shout)

    assert str(refused.value) == why


def test_an_element_can_be_removed() -> None:
    """Nothing in its place is also a change."""
    presentation = store_with(*ELEMENTS).get(DECK)

    edit_element(presentation, presentation.pages["p"], "child", lambda _: ())

    assert presentation.find_element("child") is None


def test_strips_what_the_api_never_inserts() -> None:
    """Control characters and private use go; tab, newline and the soft line break stay."""
    assert insertable("a\x00\x08\x0c\x1f\ue000\uf8ffb\t\n\x0bc") == "ab\t\n\x0bc"


def test_knows_the_notes_page_that_promises_a_shape_it_lacks() -> None:
    """Only then may an unknown id be made."""
    presentation = store_with().get(DECK)
    edit_element(presentation, presentation.pages["p:notes"], "p:notes_i1", lambda _: ())

    promised = speaker_notes_page(presentation, "p:notes_i1")

    assert promised is not None
    assert promised.object_id == "p:notes"
    assert speaker_notes_page(presentation, "p:notes_i0") is None
    assert speaker_notes_page(presentation, "nothing") is None


def test_says_what_could_not_be_found() -> None:
    """The literal sentence of the API."""
    assert str(could_not_find("x")) == "The object (x) could not be found."
