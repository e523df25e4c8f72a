from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from fakeslides.decks.placing import place


@given(st.lists(st.text(), unique=True), st.integers(1, 100))
def test_every_key_stands_on_every_slide_once(keys: list[str], slide_number: int) -> None:
    """A slide that lacks a key could not fail for it."""
    placed = [key for where in astuple(place(keys, slide_number)) for key in where]

    assert sorted(placed) == sorted(keys)


def test_over_four_slides_a_key_has_been_in_every_place() -> None:
    """Body, table, group and notes are different to edit."""
    wheres = {astuple(place(["key"], number)).index(["key"]) for number in range(1, 5)}

    assert wheres == {0, 1, 2, 3}
