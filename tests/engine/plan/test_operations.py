"""Operations and the bodies that carry them."""

import pytest

from engine.plan.operations import Batch, PlannedRequest, ReplaceText
from tests.support.operations import operation


class TestReplaceText:
    def test_refuses_to_look_for_nothing(self) -> None:
        """An empty text matches everywhere, and Google refuses the whole batch for it."""
        with pytest.raises(ValueError, match="text to find is empty"):
            operation(find="")

    def test_refuses_to_edit_no_page(self) -> None:
        """Without pages `replaceAllText` edits the whole presentation, layouts and all."""
        with pytest.raises(ValueError, match="no pages to edit"):
            ReplaceText("p/s1/0", "p", "s1", (), "a", "b")

    @pytest.mark.parametrize("texts", [("\ud83d", "x"), ("x", "\ude00")])
    def test_refuses_half_a_character(self, texts: tuple[str, str]) -> None:
        """JSON may hold one, UTF-8 may not: the call would break off amid the edits that follow."""
        with pytest.raises(ValueError, match="half a character"):
            operation("s1", *texts)

    def test_takes_every_whole_character(self) -> None:
        """Emoji are pairs of halves on Google's side and whole on ours."""
        assert operation("s1", "\N{GRINNING FACE}", "\uffff\x00").find == "\N{GRINNING FACE}"


class TestRequest:
    def test_names_every_page_once_in_order(self) -> None:
        """The list of pages is what keeps an edit off slides that nobody named."""
        operations = (operation("s1", pages=("s1", "s1_notes")), operation("s2", pages=("s2", "s2_notes")))

        planned = PlannedRequest(operations)

        assert planned.request == {
            "replaceAllText": {
                "containsText": {"text": "{{name}}", "matchCase": True},
                "replaceText": "Ada",
                "pageObjectIds": ["s1", "s1_notes", "s2", "s2_notes"],
            }
        }


class TestBatch:
    def test_is_named_by_its_first_operation(self) -> None:
        """Server and client find each other's records by that name."""
        batch = Batch("p", (PlannedRequest((operation("s1"), operation("s2"))),))

        assert batch.identity == "p/s1/{{name}}"
        assert [op.slide_id for op in batch.operations] == ["s1", "s2"]

    def test_carries_its_fence(self) -> None:
        """A write without it could land twice."""
        batch = Batch("p", (PlannedRequest((operation(),)),))

        body = batch.body("rev-7")

        assert body["writeControl"] == {"requiredRevisionId": "rev-7"}
        assert body["requests"] == [batch.requests[0].request]

    def test_has_no_fence_when_none_is_given(self) -> None:
        """An empty `writeControl` would be an invalid request."""
        assert "writeControl" not in Batch("p", (PlannedRequest((operation(),)),)).body(None)
