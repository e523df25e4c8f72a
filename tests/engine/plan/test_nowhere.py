"""Which texts are to be replaced and are not there."""

from hypothesis import given
from hypothesis import strategies as st

from engine.plan.nowhere import nowhere
from tests.support.operations import operation

TEXTS = {"s1": ("Dear {{name}}",), "s2": ("Yours, {{sender}}", "")}


def test_a_text_that_is_on_one_slide_is_not_missed_on_the_others() -> None:
    """A deck names its customer on the title slide, and the edit is made for each slide."""
    operations = [operation("s1", "{{sender}}"), operation("s2", "{{sender}}")]

    assert nowhere(operations, TEXTS) == ()


def test_a_misspelt_text_is_told_once_however_many_slides_there_are() -> None:
    """It is one mistake."""
    operations = [operation(slide, find) for slide in TEXTS for find in ("{{nmae}}", "{{name}}", "{{x}}")]

    assert nowhere(operations, TEXTS) == ("{{nmae}}", "{{x}}")


def test_a_text_on_a_slide_where_nobody_looks_is_not_found() -> None:
    """The caller named the slides, and it is on another."""
    assert nowhere([operation("s2", "{{name}}")], TEXTS) == ("{{name}}",)


def test_a_text_that_another_edit_brings_is_found() -> None:
    """A value may hold the next key, or be half of it."""
    steps = [operation("s1", "{{name}}", "{{ti"), operation("s1", "{{ti", "{{title}}")]

    assert nowhere([*steps, operation("s1", "{{title}}")], TEXTS) == ()
    assert nowhere([operation("s1", "{{title}}"), *steps], TEXTS) == ("{{title}}",)


@given(
    texts=st.lists(st.text("ab{", max_size=9), max_size=3),
    edits=st.lists(st.tuples(st.text("ab{", min_size=1, max_size=3), st.text("ab{", max_size=3)), max_size=5),
)
def test_what_is_nowhere_is_found_by_none_of_the_edits(
    texts: list[str], edits: list[tuple[str, str]]
) -> None:
    """Said of a key that was there, it would send its author looking for a mistake that is none."""
    operations = [operation("s1", find, to, key=str(place)) for place, (find, to) in enumerate(edits)]
    found = set()
    now = list(texts)
    for find, to in edits:
        found |= {find for text in [*texts, *now] if find in text}
        now = [text.replace(find, to) for text in now]

    missing = nowhere(operations, {"s1": tuple(texts)})

    assert set(missing) == {find for find, _ in edits} - found
