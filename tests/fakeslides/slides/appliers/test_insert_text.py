from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from tests.support.presentations import DECK, runs_of, shape, store_with, table, text_of, update


def insert(object_id: str, text: str, **options: object) -> dict[str, Any]:
    """Return an insertText request."""
    return {"insertText": {"objectId": object_id, "text": text, **options}}


@pytest.mark.parametrize(
    ("old", "index", "new"),
    [
        ("", 0, "x"),
        ("ab", 0, "xab"),
        ("ab", 2, "abx"),
        ("😀b", 2, "😀xb"),
        ("😀b", 1, "😀xb"),
        ("e\u0301b", 1, "e\u0301xb"),
    ],
)
def test_inserts_at_an_index_in_utf_16_units_and_never_inside_a_letter(
    old: str, index: int, new: str
) -> None:
    """An index inside a surrogate pair or a cluster is moved after it."""
    store = store_with(shape("note", old))

    result = update(store, insert("note", "x", insertionIndex=index))

    assert text_of(store, "note") == new
    assert result.replies == [{}]


def test_takes_the_style_of_the_run_at_the_index() -> None:
    """At the border of two runs that is the one that begins there."""
    bold = {"bold": True}
    store = store_with(shape("note", ("a", {}), ("b", bold)))

    update(store, insert("note", "x", insertionIndex=1))

    assert runs_of(store, "note") == [("a", {}), ("xb\n", bold)]


def test_inserts_into_a_table_s_cell() -> None:
    """Zero row and column are left out of a location."""
    store = store_with(table("grid", [["a", "b"]]))

    update(store, insert("grid", "x", cellLocation={"columnIndex": 1}))

    assert (text_of(store, "grid", (0, 0)), text_of(store, "grid", (0, 1))) == ("a", "xb")


def test_strips_what_the_api_strips() -> None:
    """Control characters never reach a deck."""
    store = store_with(shape("note"))

    update(store, insert("note", "a\x07\ue000b\x0bc"))

    assert text_of(store, "note") == "ab\x0bc"


def test_speaker_notes_that_are_only_promised_are_made() -> None:
    """A notes page may name a shape for the notes that does not exist yet."""
    store = store_with()
    update(store, {"deleteObject": {"objectId": "p:notes_i1"}})

    update(store, insert("p:notes_i1", "remember"))

    assert text_of(store, "p:notes_i1") == "remember"
    assert store.get(DECK).page_json("p:notes")["pageElements"][1]["objectId"] == "p:notes_i1"


@pytest.mark.parametrize(
    ("index", "why"),
    [
        (4, r"The insertion index \(4\) should not be greater than the existing text length \(3\)\."),
        (-1, r"The insertion index \(-1\) should not be less than 0\."),
    ],
)
def test_refuses_an_index_beyond_the_text(index: int, why: str) -> None:
    """The final newline is not part of the text, and an emoji counts two."""
    with pytest.raises(SlidesApiError, match=why):
        update(store_with(shape("note", "😀b")), insert("note", "x", insertionIndex=index))
