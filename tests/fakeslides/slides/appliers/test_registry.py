from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.appliers.registry import APPLIERS
from fakeslides.slides.request_schemas import REQUEST_KINDS
from tests.support.presentations import DECK, shape, store_with, update

GOOD: dict[str, dict[str, Any]] = {
    "replaceAllText": {"containsText": {"text": "old"}, "replaceText": "new"},
    "insertText": {"objectId": "note", "text": "new"},
    "deleteText": {"objectId": "note", "textRange": {"type": "ALL"}},
    "createSlide": {"objectId": "fresh"},
    "createShape": {"shapeType": "ELLIPSE", "elementProperties": {"pageObjectId": "p"}},
    "deleteObject": {"objectId": "note"},
    "duplicateObject": {"objectId": "note"},
    "createImage": {"url": "https://localhost/x.png", "elementProperties": {"pageObjectId": "p"}},
    "createLine": {"elementProperties": {"pageObjectId": "p"}},
    "createSheetsChart": {
        "spreadsheetId": "sheet",
        "chartId": 7,
        "elementProperties": {"pageObjectId": "p"},
    },
    "createTable": {"rows": 1, "columns": 1, "elementProperties": {"pageObjectId": "p"}},
    "createVideo": {"source": "YOUTUBE", "id": "a", "elementProperties": {"pageObjectId": "p"}},
    "updatePageElementAltText": {"objectId": "note", "title": "new"},
}
BAD: dict[str, dict[str, Any]] = {
    "replaceAllText": {"containsText": {"text": "old"}, "pageObjectIds": ["p", "nothing"]},
    "insertText": {"objectId": "note", "text": "new", "insertionIndex": 99},
    "deleteText": {"objectId": "note", "textRange": {"type": "FROM_START_INDEX", "startIndex": 99}},
    "createSlide": {"objectId": "p:notes"},
    "createShape": {"shapeType": "ELLIPSE", "elementProperties": {"pageObjectId": "nothing"}},
    "deleteObject": {"objectId": "p:notes"},
    "duplicateObject": {"objectId": "note", "objectIds": {"note": "no"}},
    "createImage": {"elementProperties": {"pageObjectId": "p"}},
    "createLine": {"elementProperties": {"pageObjectId": "nothing"}},
    "createSheetsChart": {"spreadsheetId": "sheet", "elementProperties": {"pageObjectId": "p"}},
    "createTable": {"rows": 0, "columns": 1, "elementProperties": {"pageObjectId": "p"}},
    "createVideo": {"source": "YOUTUBE", "elementProperties": {"pageObjectId": "p"}},
    "updatePageElementAltText": {"objectId": "nothing", "title": "new"},
}


@pytest.mark.parametrize("kind", APPLIERS)
class TestEveryApplier:
    def test_changes_the_deck_and_replies(self, kind: str) -> None:
        """A kind without an example here would be a kind without a promise."""
        store = store_with(shape("note", "old"))
        before = store.get(DECK).to_json()["slides"]

        result = update(store, {kind: GOOD[kind]})

        assert store.get(DECK).to_json()["slides"] != before
        assert set(result.replies[0]) <= {kind}

    def test_leaves_the_deck_alone_when_it_refuses_and_names_itself(self, kind: str) -> None:
        """Also what the requests before it did is undone."""
        store = store_with(shape("note", "old"))
        before = store.get(DECK).to_json()

        with pytest.raises(SlidesApiError) as refused:
            update(store, {"createSlide": {}}, {kind: BAD[kind]})

        assert refused.value.message.startswith(f"Invalid requests[1].{kind}: ")
        assert store.get(DECK).to_json() == before

    def test_is_a_kind_of_the_api(self, kind: str) -> None:
        """A misspelt kind could never be reached."""
        assert kind in REQUEST_KINDS
