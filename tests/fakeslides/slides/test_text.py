from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fakeslides.slides.text import AUTO_TEXT, PLAIN_MARKER, PLAIN_RUN, Run, TextBody, styled_text

BOLD = {"bold": True}
PIECES = st.lists(
    st.tuples(st.text("ab\n😀", min_size=1, max_size=4), st.sampled_from([{}, BOLD, {"italic": True}]))
)
SPANS = st.lists(st.integers(0, 1_000), max_size=6)


def styles_by_character(body: TextBody) -> list[tuple[str, Any]]:
    """Return each character with its style: the simplest model there is of a styled text."""
    styles = [run.element["textRun"]["style"] for run in body.runs for _ in range(run.length)]
    return list(zip(body.plain, styles, strict=True))


def is_whole(body: TextBody) -> bool:
    """Return whether runs and markers cover the text exactly."""
    return (
        sum(run.length for run in body.runs) == len(body.plain)
        and len(body.markers) == body.plain.count("\n")
        and (body.plain == "" or body.plain.endswith("\n"))
    )


class TestSplice:
    @given(PIECES, SPANS, st.text("xy\n", max_size=3))
    def test_does_what_replacing_styled_characters_one_by_one_does(
        self, pieces: list[tuple[str, Any]], numbers: list[int], replacement: str
    ) -> None:
        """Runs are an optimisation; they must never be seen to be one."""
        body = styled_text(pieces)
        places = sorted(number % (body.editable_length + 1) for number in numbers) if body.plain else []
        spans = list(zip(places[::2], places[1::2], strict=False))
        expected = styles_by_character(body)
        for start, end in reversed(spans):
            expected[start:end] = [(char, expected[start][1]) for char in replacement]

        spliced = body.splice(spans, replacement)

        is_empty = [char for char, _ in expected] == ["\n"]
        assert styles_by_character(spliced) == ([] if is_empty else expected)
        assert is_whole(spliced)

    def test_takes_the_style_of_the_first_replaced_character(self) -> None:
        """A key split over runs gets the look of the run in which it begins."""
        body = styled_text([("a{{k", BOLD), ("ey}}b", {})])

        spliced = body.splice([(1, 8)], "value")

        assert styles_by_character(spliced)[1:6] == [(char, BOLD) for char in "value"]

    def test_leaves_the_body_it_started_from_alone(self) -> None:
        """A failed batch is forgotten by keeping the old body, which must still be the old one."""
        body = styled_text([("old", {})])

        body.splice([(0, 3)], "new")

        assert body.plain == "old\n"


class TestInsert:
    def test_an_empty_body_gets_a_paragraph_of_its_own(self) -> None:
        """Google shows a marker and a final newline as soon as there is any text."""
        body = TextBody().insert(0, "a\nb")

        assert (body.plain, len(body.markers)) == ("a\nb\n", 2)

    def test_a_newline_copies_the_style_of_the_paragraph_it_splits(self) -> None:
        """A line broken in a list goes on being in the list."""
        bullet = {"paragraphMarker": {"bullet": {"listId": "l"}}}
        body = TextBody("ab\nc\n", (Run(5, PLAIN_RUN),), (bullet, PLAIN_MARKER))

        inserted = body.insert(1, "\n")

        assert inserted.markers == (bullet, bullet, PLAIN_MARKER)

    def test_beside_a_slide_number_the_text_takes_its_style_and_is_no_number(self) -> None:
        """An autoText is one position that holds no text of its own."""
        number = {"autoText": {"type": "SLIDE_NUMBER", "style": BOLD}}
        body = TextBody(AUTO_TEXT + "\n", (Run(1, number), Run(1, PLAIN_RUN)), (PLAIN_MARKER,))

        inserted = body.insert(0, "no. ")

        assert inserted.runs[0] == Run(4, {"textRun": {"style": BOLD}})
        assert inserted.runs[1] == Run(1, number)

    def test_nothing_inserted_changes_nothing(self) -> None:
        """An empty text must not make an empty body look as if it had text."""
        assert TextBody().insert(0, "") == TextBody()


class TestDelete:
    def test_what_is_left_with_its_final_newline_alone_has_no_text(self) -> None:
        """Google leaves the text key out then, and a reader that expects a newline would fail."""
        body = styled_text([("all", {})])

        assert body.delete(0, 3) == TextBody()

    def test_two_paragraphs_made_one_keep_the_first_ones_style(self) -> None:
        """Deleting a line end pulls the next line up."""
        first, second = {"paragraphMarker": {"n": 1}}, {"paragraphMarker": {"n": 2}}
        body = TextBody("ab\ncd\n", (Run(6, PLAIN_RUN),), (first, second))

        assert body.delete(1, 4).markers == (first,)

    def test_a_paragraph_deleted_whole_takes_its_style_along(self) -> None:
        """The paragraph after it must not change its looks."""
        first, second = {"paragraphMarker": {"n": 1}}, {"paragraphMarker": {"n": 2}}
        body = TextBody("ab\ncd\n", (Run(6, PLAIN_RUN),), (first, second))

        assert body.delete(0, 3).markers == (second,)

    def test_equal_runs_that_come_to_touch_become_one(self) -> None:
        """Otherwise a deck grows more runs with every edit."""
        body = styled_text([("a", {}), ("b", BOLD), ("c", {})])

        assert len(body.delete(1, 2).runs) == 1


def test_styled_text_of_nothing_is_an_empty_body() -> None:
    """Pieces without characters are no text."""
    assert styled_text([("", BOLD)]) == TextBody()
