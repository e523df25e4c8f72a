from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fakeslides.slides.text import TextBody, styled_text
from fakeslides.slides.text_json import text_from_json, text_to_json

STYLES = st.sampled_from([{}, {"bold": False}, {"italic": True, "weird": [1]}])
PIECES = st.lists(st.tuples(st.text("ab\n😀é", min_size=1, max_size=5), STYLES), min_size=1)

NUMBER = {"autoText": {"type": "SLIDE_NUMBER", "content": "\u2039#\u203a", "style": {}}}
REAL_ANSWER: dict[str, Any] = {
    "textElements": [
        {
            "endIndex": 9,
            "paragraphMarker": {"style": {"direction": "LEFT_TO_RIGHT"}, "bullet": {"listId": "kix.1"}},
        },
        {"endIndex": 5, "textRun": {"content": "no 😀", "style": {"bold": True}}},
        {"startIndex": 5, "endIndex": 6, **NUMBER},
        {
            "startIndex": 6,
            "endIndex": 9,
            "textRun": {"content": " x\n", "style": {}, "later": 1},
            "newer": True,
        },
        {"startIndex": 9, "endIndex": 10, "paragraphMarker": {"style": {}}},
        {"startIndex": 9, "endIndex": 10, "textRun": {"content": "\n", "style": {}}},
    ],
    "lists": {"kix.1": {"listId": "kix.1"}},
}


def test_a_real_answer_comes_back_as_it_was() -> None:
    """A deck saved from Google must not change by being loaded, unknown fields included."""
    assert text_to_json(text_from_json(REAL_ANSWER)) == REAL_ANSWER


@given(PIECES)
def test_what_is_written_is_read_back_the_same(pieces: list[tuple[str, Any]]) -> None:
    """Written and read again, a text is written alike: nothing is lost on the way."""
    written = text_to_json(styled_text(pieces))

    assert text_to_json(text_from_json(written)) == written


@given(PIECES)
def test_elements_cover_the_text_in_utf_16_units_and_no_run_leaves_its_paragraph(
    pieces: list[tuple[str, Any]],
) -> None:
    """Clients cut texts by these indices."""
    body = styled_text(pieces)
    encoded = body.plain.encode("utf-16-le")

    elements = (text_to_json(body) or {})["textElements"]

    for element in elements:
        start, end = element.get("startIndex", 0), element["endIndex"]
        covered = encoded[2 * start : 2 * end].decode("utf-16-le")
        if "textRun" in element:
            assert element["textRun"]["content"] == covered
        assert covered.find("\n") in (-1, len(covered) - 1)


def test_an_index_of_zero_is_left_out() -> None:
    """proto3 JSON leaves out defaults, and a client that insists on the key fails on the real API."""
    elements = (text_to_json(styled_text([("a", {})])) or {})["textElements"]

    assert [element.get("startIndex") for element in elements] == [None, None]


def test_an_absent_text_and_one_without_elements_are_empty() -> None:
    """Empty shapes have no text key at all."""
    assert text_from_json(None) == text_from_json({}) == TextBody()
    assert text_to_json(TextBody()) is None


def test_a_missing_final_newline_is_supplied() -> None:
    """A deck written by hand must not make a body whose end can be deleted."""
    body = text_from_json({"textElements": [{"textRun": {"content": "by hand"}}, NUMBER]})

    assert body.plain == "by hand\ufffc\n"
    assert len(body.markers) == 1
