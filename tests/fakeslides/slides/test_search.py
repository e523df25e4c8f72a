import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.slides.refusal import Refusal
from fakeslides.slides.search import search_for
from fakeslides.slides.text import AUTO_TEXT, PLAIN_MARKER, PLAIN_RUN, Run, TextBody, styled_text


def found(
    text: str, wanted: str, *, match_case: bool = True, by_regex: bool = False
) -> list[tuple[int, int]]:
    """Return the matches of `wanted` in `text`."""
    return search_for(wanted, match_case=match_case, by_regex=by_regex)(styled_text([(text, {})]))


@given(st.text("ab", max_size=12), st.text("ab", min_size=1, max_size=3))
def test_replacing_the_matches_is_what_a_plain_replacement_does(text: str, wanted: str) -> None:
    """Left to right, not overlapping: the way str.replace goes."""
    body = styled_text([(text, {})])

    replaced = body.splice(found(text, wanted), "x")

    assert replaced.plain == (text.replace(wanted, "x") + "\n" if text else "")


@given(st.text("aBé", max_size=12), st.text("AbÉ", min_size=1, max_size=2))
def test_without_match_case_capitals_and_small_letters_are_alike(text: str, wanted: str) -> None:
    """Google ignores case unless told otherwise."""
    assert found(text, wanted, match_case=False) == found(text.lower(), wanted.lower())


def test_finds_a_key_that_is_split_over_runs() -> None:
    """A fake that looks at one run at a time finds nothing in decks that people have edited."""
    body = styled_text([("{{cus", {"bold": True}), ("tomer", {}), ("}}", {"italic": True})])

    assert search_for("{{customer}}", match_case=True, by_regex=False)(body) == [(0, 12)]


def test_the_final_newline_is_never_part_of_a_match() -> None:
    """It cannot be deleted, so it cannot be replaced."""
    assert found("a\nb", "\n") == [(1, 2)]
    assert found("ab", r"b\s?", by_regex=True) == [(1, 2)]
    assert found("ab", "b$", by_regex=True) == [(1, 2)]


def test_a_match_does_not_run_over_a_slide_number() -> None:
    """An autoText is not text: replacing over it would delete it."""
    number = Run(1, {"autoText": {"type": "SLIDE_NUMBER"}})
    body = TextBody(f"a{AUTO_TEXT}a\n", (Run(1, PLAIN_RUN), number, Run(2, PLAIN_RUN)), (PLAIN_MARKER,))

    assert search_for("a.a", match_case=True, by_regex=True)(body) == []
    assert search_for(AUTO_TEXT, match_case=True, by_regex=False)(body) == []


def test_an_expression_finds_no_empty_matches() -> None:
    """Replacing nothing by something everywhere is what nobody means."""
    assert found("abc", "x*", by_regex=True) == []


def test_a_plain_text_with_signs_of_expressions_means_itself() -> None:
    """`{{a+b}}` is a key and not an expression."""
    assert found("{{a+b}}?", "{{A+B}}?", match_case=False) == [(0, 8)]


@pytest.mark.parametrize(
    "wanted", ["(", "a(?=b)", r"(a)\1", "(?<!x)a", "(?P<n>a)(?P=n)", "(a)(?(1)b)", "(?>a)", "a{99999999999}"]
)
def test_refuses_expressions_that_re2_would_not_take(wanted: str) -> None:
    """What works here must work on the real API."""
    with pytest.raises(Refusal, match="The regular expression is invalid"):
        found("ab", wanted, by_regex=True)


def test_an_escaped_backslash_before_a_digit_is_no_back_reference() -> None:
    r"""`\\1` means a backslash and a one."""
    assert found("\\1", r"\\1", by_regex=True) == [(0, 2)]


def test_refuses_to_search_for_nothing() -> None:
    """It would match everywhere."""
    with pytest.raises(Refusal, match="match text should not be empty"):
        found("a", "")
