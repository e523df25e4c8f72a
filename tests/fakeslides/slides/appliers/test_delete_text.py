from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from tests.support.presentations import shape, store_with, table, text_of, update


def delete(object_id: str, text_range: dict[str, Any], **options: object) -> dict[str, Any]:
    """Return a deleteText request."""
    return {"deleteText": {"objectId": object_id, "textRange": text_range, **options}}


def fixed(start: int, end: int) -> dict[str, Any]:
    """Return a range with both ends."""
    return {"type": "FIXED_RANGE", "startIndex": start, "endIndex": end}


@pytest.mark.parametrize(
    ("old", "text_range", "new"),
    [
        ("ABC", {"type": "ALL"}, ""),
        ("ABC", fixed(2, 3), "AB"),
        ("ABC", {"type": "FROM_START_INDEX", "startIndex": 1}, "A"),
        ("a\nb", fixed(0, 2), "b"),
        ("a😀b", fixed(2, 3), "ab"),
        ("a😀b", fixed(1, 2), "ab"),
    ],
)
def test_deletes_a_range_in_utf_16_units_and_never_half_a_pair(
    old: str, text_range: dict[str, Any], new: str
) -> None:
    """A range that cuts a surrogate pair is widened to take all of it."""
    store = store_with(shape("note", old))

    result = update(store, delete("note", text_range))

    assert text_of(store, "note") == new
    assert result.replies == [{}]


def test_deletes_from_a_table_s_cell() -> None:
    """And from no other."""
    store = store_with(table("grid", [["a", "b"]]))

    update(store, delete("grid", {"type": "ALL"}, cellLocation={}))

    assert (text_of(store, "grid", (0, 0)), text_of(store, "grid", (0, 1))) == ("", "b")


@pytest.mark.parametrize(
    ("text", "text_range", "why"),
    [
        ("", {"type": "ALL"}, "The startIndex 0 must be less than the endIndex 0"),
        ("ABC", fixed(1, 1), "The startIndex 1 must be less than the endIndex 1"),
        ("ABC", fixed(3, 2), "The startIndex 3 must be less than the endIndex 2"),
        (
            "ABC",
            {"type": "FROM_START_INDEX", "startIndex": 3},
            "The startIndex 3 must be less than the endIndex 3",
        ),
        ("ABC", fixed(0, 4), "The end index (4) should not be greater than the existing text length (3)."),
        ("ABC", fixed(-1, 2), "The start index (-1) should not be less than 0."),
        (
            "ABC",
            {"type": "ALL", "startIndex": 0},
            "A text range of type ALL cannot be specified with startIndex.",
        ),
        (
            "ABC",
            {"type": "FIXED_RANGE"},
            "A text range of type FIXED_RANGE cannot be specified with no index.",
        ),
        ("ABC", {}, "The type of the text range must be specified."),
        ("ABC", {"type": 0}, "The type of the text range must be specified."),
    ],
)
def test_refuses_other_ranges_in_the_api_s_words(text: str, text_range: dict[str, Any], why: str) -> None:
    """The length in them leaves out the final newline, although a read shows it."""
    with pytest.raises(SlidesApiError) as refused:
        update(store_with(shape("note", text)), delete("note", text_range))

    assert refused.value.message == f"Invalid requests[0].deleteText: {why}"
