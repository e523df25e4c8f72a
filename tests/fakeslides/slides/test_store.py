from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.errors import SlidesApiError
from fakeslides.ledger import AppliedRequest
from fakeslides.slides.store import Store
from tests.support.presentations import DECK, shape, store_with, text_of, update

INSERT = {"insertText": {"objectId": "note", "text": "x"}}
BAD = {"deleteObject": {"objectId": "nothing"}}


def replace_text(find: str, put: str) -> dict[str, Any]:
    """Return a replaceAllText request."""
    return {"replaceAllText": {"containsText": {"text": find}, "replaceText": put}}


class TestPresentations:
    def test_a_created_deck_can_be_found(self) -> None:
        """presentations.create and then get."""
        store = Store(Random(1))

        created = store.create("Title", "my-deck")

        assert store.get("my-deck") is created
        assert (created.title, len(list(store))) == ("Title", 1)
        assert created.revision_id

    def test_makes_up_an_id_of_its_own(self) -> None:
        """As long as Google's, and another one each time."""
        store = Store(Random(1))

        ids = {store.create().presentation_id, store.create().presentation_id}

        assert [len(presentation_id) for presentation_id in ids] == [44, 44]

    def test_an_id_is_given_once(self) -> None:
        """A second create must not wipe a deck."""
        store = store_with()

        with pytest.raises(SlidesApiError) as refused:
            store.create("other", DECK)

        assert (refused.value.code, refused.value.status) == (409, "ALREADY_EXISTS")

    def test_a_cleared_store_holds_nothing(self) -> None:
        """A server that goes back to its start lays its decks out anew."""
        store = store_with()

        store.clear()

        assert list(store) == []

    @pytest.mark.parametrize("page_id", ["p", "p:notes", "p2", "p1", "n"])
    def test_any_page_can_be_read_by_itself(self, page_id: str) -> None:
        """pages.get knows slides, notes, layouts and masters alike."""
        assert store_with().get_page(DECK, page_id)["objectId"] == page_id

    def test_what_is_not_there_is_a_404(self) -> None:
        """In Google's words."""
        store = store_with()

        for lookup in (
            lambda: store.get("no"),
            lambda: store.get_page(DECK, "no"),
            lambda: update(Store(Random(1)), INSERT),
        ):
            with pytest.raises(SlidesApiError) as refused:
                lookup()
            assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
            assert refused.value.message == "Requested entity was not found."


class TestBatches:
    def test_later_requests_see_what_earlier_ones_did(self) -> None:
        """A chain of replacements within a batch is a chain."""
        store = store_with(shape("note", "{{a}}"))

        result = update(store, replace_text("{{a}}", "{{b}}"), replace_text("{{b}}", "end"))

        assert text_of(store, "note") == "end"
        assert result.replies == [{"replaceAllText": {"occurrencesChanged": 1}}] * 2

    def test_a_batch_with_a_bad_request_changes_nothing(self) -> None:
        """All or nothing is what makes a batch safe to correct and send again."""
        store = store_with(shape("note", "old"))
        before = store.get(DECK).to_json()

        with pytest.raises(SlidesApiError) as refused:
            update(store, INSERT, {"createSlide": {}}, BAD)

        assert (
            refused.value.message
            == "Invalid requests[2].deleteObject: The object (nothing) could not be found."
        )
        assert (refused.value.code, refused.value.status, refused.value.details) == (
            400,
            "INVALID_ARGUMENT",
            (),
        )
        assert store.get(DECK).to_json() == before

    def test_a_request_without_a_kind_says_so(self) -> None:
        """The literal sentence of the API."""
        with pytest.raises(SlidesApiError) as refused:
            update(store_with(shape("note")), INSERT, {})

        assert refused.value.message == "Invalid requests[1]: No request set."

    def test_a_kind_that_is_not_built_yet_is_refused_openly(self) -> None:
        """Taking it and doing nothing would make a client's test pass for nothing."""
        with pytest.raises(SlidesApiError) as refused:
            update(store_with(), {"updateTextStyle": {"objectId": "p"}})

        assert (refused.value.code, refused.value.status) == (501, "UNIMPLEMENTED")
        assert "updateTextStyle" in refused.value.message

    def test_a_presentation_handed_out_never_changes(self) -> None:
        """An answer that is being written must not change under the pen."""
        store = store_with(shape("note", "old"))
        handed_out = store.get(DECK)
        before = handed_out.to_json()

        update(store, INSERT)

        assert handed_out.to_json() == before
        assert text_of(store, "note") == "xold"

    def test_the_ledger_learns_what_was_applied(self) -> None:
        """Bodies as they were understood, and how much a replacement changed."""
        store = store_with(shape("note", "a a"))

        result = update(
            store, replace_text("a", "b"), replace_text("gone", ""), {"insert_text": INSERT["insertText"]}
        )

        assert [request.occurrences for request in result.applied] == [2, 0, None]
        assert result.applied[2] == AppliedRequest("insertText", INSERT["insertText"])
        assert result.replies == [{"replaceAllText": {"occurrencesChanged": 2}}, {"replaceAllText": {}}, {}]


class TestRevisions:
    def test_every_accepted_batch_changes_the_revision(self) -> None:
        """Also one that found nothing to change: nobody promises otherwise."""
        store = store_with(shape("note"))
        first = store.get(DECK).revision_id

        result = update(store, replace_text("nothing", ""))

        assert result.revision_before == first
        assert result.revision_id == store.get(DECK).revision_id != first

    def test_a_batch_sent_again_with_its_old_revision_is_refused(self) -> None:
        """That is how a writer whose answer was lost learns that its write had landed."""
        store = store_with(shape("note"))
        revision = store.get(DECK).revision_id
        update(store, INSERT, required_revision_id=revision)

        with pytest.raises(SlidesApiError, match="does not match the latest revision"):
            update(store, INSERT, required_revision_id=revision)

        assert text_of(store, "note") == "x"

    def test_what_cannot_be_read_is_refused_before_the_revision_is_looked_at(self) -> None:
        """The order in which the real server finds faults."""
        with pytest.raises(SlidesApiError, match="Cannot find field"):
            update(store_with(), {"frobnicate": {}}, required_revision_id="wrong")


KINDS = [
    "insertText",
    "deleteText",
    "createSlide",
    "createShape",
    "deleteObject",
    "duplicateObject",
    "replaceAllText",
]
VALUES: st.SearchStrategy[object] = st.sampled_from(
    ["p", "note", "p:notes", "p2", "n", "group", "", "fresh_id", "ALL", "TITLE", 0, 1, None, [], {}]
)
NAMES = [
    "objectId",
    "text",
    "textRange",
    "insertionIndex",
    "containsText",
    "pageObjectIds",
    "type",
    "objectIds",
]
BODIES = st.recursive(
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), VALUES | inner, max_size=4),
    max_leaves=3,
)


@given(st.lists(st.dictionaries(st.sampled_from(KINDS), BODIES, max_size=1), max_size=3))
def test_any_batch_is_applied_wholly_or_refused_and_changes_nothing(requests: list[dict[str, Any]]) -> None:
    """No request makes the fake stumble, and none leaves half of itself behind."""
    store = store_with(shape("note", "a 😀 text"))
    before = store.get(DECK).to_json()

    try:
        reply_count, code = len(update(store, *requests).replies), 200
    except SlidesApiError as refused:
        reply_count, code = 0, refused.code

    was_applied = code == 200
    assert code in {200, 400}
    assert reply_count == (len(requests) if was_applied else 0)
    assert (store.get(DECK).to_json() != before) is was_applied
