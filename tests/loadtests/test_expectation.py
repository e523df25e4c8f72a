from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loadtests.expectation import Difference, differences, edits_of, expected_texts, texts_of
from tests.support.runs import a_document, a_shape


def _everything(text: str) -> dict[str, Any]:
    """Return a deck with `text` in every kind of place."""
    cell = {"text": a_shape("", text)["shape"]["text"]}
    slide = {
        "objectId": "s1",
        "pageElements": [
            a_shape("title", text),
            {"objectId": "group", "elementGroup": {"children": [a_shape("inner", text)]}},
            {"objectId": "table", "table": {"tableRows": [{"tableCells": [cell, cell]}]}},
        ],
        "slideProperties": {"notesPage": {"objectId": "n1", "pageElements": [a_shape("notes", text)]}},
    }
    layout = {"objectId": "l1", "pageElements": [a_shape("hint", text)]}
    return {"presentationId": "deck", "slides": [slide], "layouts": [layout], "masters": [layout]}


def test_reaches_every_text_of_a_slide_and_its_notes() -> None:
    """A place that is not looked at could be wrong without anybody knowing."""
    deck = _everything("Dear {{name}}!")

    texts = expected_texts(deck, edits_of(deck, {"{{name}}": "Ada"}))

    assert {place for place, text in texts.items() if text == "Dear Ada!"} == {
        ("s1", "title"), ("s1", "inner"), ("s1", "table[0,0]"), ("s1", "table[0,1]"), ("n1", "notes"),
    }  # fmt: skip


def test_leaves_layouts_and_masters_alone() -> None:
    """The engine names the slides it edits; a hint text in a layout must survive."""
    deck = _everything("{{name}}")

    texts = expected_texts(deck, edits_of(deck, {"{{name}}": "Ada"}))

    assert texts["l1", "hint"] == "{{name}}"


def test_applies_keys_in_order() -> None:
    """A key that contains another gives another deck in another order."""
    deck = a_document({"s1": "name {{name}}"})

    texts = expected_texts(deck, edits_of(deck, {"{{name}}": "Ada", "name": "Name"}))

    assert texts == {("s1", "s1-body"): "Name Ada"}


def test_edits_only_the_slide_they_belong_to() -> None:
    """One slide's failure must not show as a difference on another."""
    deck = a_document({"s1": "x", "s2": "x"})
    first, _ = edits_of(deck, {"x": "y"})

    texts = expected_texts(deck, [first])

    assert texts == {("s1", "s1-body"): "y", ("s2", "s2-body"): "x"}


def test_names_operations_as_the_engine_does() -> None:
    """The ids are what joins the plan, the reports and the ledger."""
    deck = a_document({"s1": "x", "s2": "x"})

    ids = [edit.operation_id for edit in edits_of(deck, {"a": "1", "b": "2"})]

    assert ids == ["deck/s1/0", "deck/s1/1", "deck/s2/0", "deck/s2/1"]


def test_tells_every_difference_by_its_place() -> None:
    """Whoever reads the report must find the text without searching."""
    expected = texts_of(a_document({"s1": "a", "s2": "b"}))

    found = differences(expected, a_document({"s1": "a", "s3": "c"}))

    assert found == [Difference("s3", "s3-body", None, "c"), Difference("s2", "s2-body", "b", None)]
    assert "page s2, s2-body: expected 'b', found None" in str(found[1])


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=20), min_size=1))
def test_a_deck_never_differs_from_itself(texts: dict[str, str]) -> None:
    """Otherwise every clean run would be called dirty."""
    deck = a_document(texts)

    assert differences(expected_texts(deck, ()), deck) == []
