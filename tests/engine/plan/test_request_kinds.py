"""What the engine knows of each kind of request."""

from typing import Any

import pytest

from engine.plan.request_kinds import KINDS, counted_in, made_ids, used_ids
from fakeslides.slides.request_schemas import REQUEST_KINDS


def test_the_engine_and_the_fake_know_the_same_kinds() -> None:
    """Each was read from the API's discovery document on its own."""
    assert set(REQUEST_KINDS) == KINDS


@pytest.mark.parametrize(
    ("kind", "body", "made"),
    [
        ("createShape", {"objectId": "a"}, ["a"]),
        ("createShape", {}, []),
        ("createSlide", {"objectId": "a", "placeholderIdMappings": [{"objectId": "b"}]}, ["a", "b"]),
        ("duplicateObject", {"objectId": "a", "objectIds": {"a": "b", "c": "d"}}, ["b", "d"]),
        ("groupObjects", {"groupObjectId": "g", "childrenObjectIds": ["a", "b"]}, ["g"]),
        ("insertText", {"objectId": "a"}, []),
        ("createSlide", {"placeholderIdMappings": "nonsense"}, []),
        ("duplicateObject", {"objectIds": 5}, []),
    ],
)
def test_what_a_request_makes(kind: str, body: dict[str, Any], made: list[str]) -> None:
    """By these ids it is known afterwards that it was applied."""
    assert list(made_ids(kind, body)) == made


@pytest.mark.parametrize(
    ("kind", "body", "used"),
    [
        ("createShape", {"objectId": "a", "elementProperties": {"pageObjectId": "p"}}, ["p"]),
        ("createSlide", {"objectId": "a", "slideLayoutReference": {"layoutId": "l"}}, ["l"]),
        (
            "createSlide",
            {"placeholderIdMappings": [{"objectId": "b", "layoutPlaceholderObjectId": "h"}]},
            ["h"],
        ),
        ("duplicateObject", {"objectId": "a", "objectIds": {"a": "b", "c": "d"}}, ["a", "c", "a"]),
        ("groupObjects", {"groupObjectId": "g", "childrenObjectIds": ["a", "b"]}, ["a", "b"]),
        ("updateTextStyle", {"objectId": "a", "style": {"link": {"pageObjectId": "p"}}}, ["a", "p"]),
        ("replaceAllText", {"containsText": {"text": "objectId"}, "pageObjectIds": ["p"]}, ["p"]),
        ("insertText", {"objectId": 5, "text": "x"}, []),
    ],
)
def test_what_a_request_uses(kind: str, body: dict[str, Any], used: list[str]) -> None:
    """It must not leave before what it uses has been made."""
    assert [name for _, name in used_ids(kind, body)] == used


@pytest.mark.parametrize(
    ("kind", "body", "counted"),
    [
        ("insertText", {"objectId": "a", "insertionIndex": 3}, "a"),
        ("insertText", {"objectId": "a", "insertionIndex": 0}, None),
        ("insertText", {"objectId": "a"}, None),
        ("deleteText", {"objectId": "a", "textRange": {"type": "ALL"}}, None),
        ("deleteText", {"objectId": "a", "textRange": {"type": "FROM_START_INDEX", "startIndex": 0}}, "a"),
        ("updateTextStyle", {"objectId": "a", "textRange": {"startIndex": 0, "endIndex": 2}}, "a"),
        ("insertText", {"objectId": "t", "cellLocation": {"rowIndex": 1}}, "t"),
        ("deleteTableRow", {"tableObjectId": "t", "cellLocation": {}}, "t"),
        ("updateTableColumnProperties", {"objectId": "t", "columnIndices": [1]}, "t"),
        ("createSlide", {"objectId": "a", "insertionIndex": 3}, None),
    ],
)
def test_what_a_request_counts_in(kind: str, body: dict[str, Any], counted: str | None) -> None:
    """Somebody else's edit makes its numbers mean another place."""
    assert counted_in(kind, body) == counted
