"""What requests make of a scene: whatever is foreseen comes true."""

from typing import Any

import pytest
from hypothesis import given, settings

from engine.plan.foresight import foresee
from engine.plan.given_requests import given_requests
from engine.plan.scene import Scene
from engine.snapshot import SCENE_FIELDS
from fakeslides.errors import SlidesApiError
from fakeslides.slides.masks import apply_mask, read_mask
from fakeslides.slides.store import Store
from tests.support.given_lists import given_lists, some_store
from tests.support.presentations import DECK, shape, store_with


def _scene(store: Store) -> Scene:
    return Scene.of(apply_mask(store.get(DECK).to_json(), read_mask(SCENE_FIELDS)))


@settings(max_examples=200, deadline=None)
@given(given_lists())
def test_what_is_foreseen_comes_true(requests: list[dict[str, Any]]) -> None:
    """A lost answer is judged by it: were it wrong, so would be the report."""
    store = some_store()
    found = given_requests(DECK, requests, "salt")
    before = _scene(store)
    foreseen = foresee(found, before)
    try:
        store.batch_update(DECK, [each.request for each in found])
    except SlidesApiError:
        return
    after = _scene(store)

    assert foreseen is not None
    wrong = {place: text for place, text in foreseen.texts.items() if after.texts.get(place) != text}
    assert wrong == {}
    assert {name for each in found for name in each.made_ids if name in foreseen.holder_of} <= set(
        after.holder_of
    )


@pytest.mark.parametrize(
    "request_",
    [{"replaceAllShapesWithImage": {}}, {"replaceAllText": {"containsText": {"searchByRegex": True}}}],
)
def test_what_cannot_be_foreseen_is_not_guessed(request_: dict[str, Any]) -> None:
    """No prediction leaves a doubt; a wrong one leaves a lie."""
    found = given_requests(DECK, [request_, {"createSlide": {}}], "salt")

    assert foresee(found, _scene(store_with(shape("one", "a")))) is None


@pytest.mark.parametrize(
    "request_",
    [
        {"deleteText": {"objectId": "one", "textRange": "ALL"}},
        {"duplicateObject": {"objectId": "one", "objectIds": {"one": ["other"]}}},
        {"groupObjects": {"childrenObjectIds": 5}},
        {"insertText": {"objectId": "one", "text": "x", "insertionIndex": "three"}},
        {"replaceAllText": {"containsText": {"text": "a"}, "pageObjectIds": [{}]}},
        {"replaceAllText": {"containsText": {"text": "a"}, "pageObjectIds": 5}},
        {"ungroupObjects": {"objectIds": None}},
    ],
)
def test_what_is_malformed_is_left_to_the_server_to_refuse(request_: dict[str, Any]) -> None:
    """A call with a journal looks ahead before it sends, and ended with a traceback instead of a fate."""
    found = given_requests(DECK, [request_], "salt")

    assert foresee(found, _scene(store_with(shape("one", "a")))) is None


def test_a_table_of_any_size_takes_no_time() -> None:
    """Its cells were all listed, until the memory was full, before the server could refuse it."""
    table = {"createTable": {"objectId": "table", "rows": 10**9, "columns": 10**9}}

    before = _scene(store_with())

    foreseen = foresee(given_requests(DECK, [table], "salt"), before)

    assert foreseen is not None
    assert foreseen.holder_of.keys() - before.holder_of.keys() == {"table"}
    assert foreseen.texts == before.texts


@pytest.mark.parametrize(
    "request_",
    [
        {"mergeTableCells": {"objectId": "one"}},
        {"insertText": {"objectId": "one", "text": "x", "insertionIndex": 99}},
        {"deleteText": {"objectId": "one", "textRange": {"startIndex": 1, "endIndex": 99}}},
        {"createParagraphBullets": {"objectId": "one"}},
    ],
)
def test_a_text_that_may_have_become_anything_is_no_longer_known(request_: dict[str, Any]) -> None:
    """Later requests of the batch may still be foreseen."""
    foreseen = foresee(given_requests(DECK, [request_], "salt"), _scene(store_with(shape("one", "a"))))

    assert foreseen is not None
    assert "one" not in foreseen.texts


def test_groups_come_and_go() -> None:
    """What is deleted with a group must not be thought to be there."""
    store = store_with(shape("one_1", "a"), shape("two_2", "b"))
    grouped = {"groupObjects": {"groupObjectId": "group_1", "childrenObjectIds": ["one_1", "two_2"]}}

    with_group = foresee(given_requests(DECK, [grouped], "s"), _scene(store))
    ungroup, delete = (
        {"ungroupObjects": {"objectIds": ["group_1"]}},
        {"deleteObject": {"objectId": "group_1"}},
    )
    without = foresee(given_requests(DECK, [grouped, ungroup], "s"), _scene(store))
    deleted = foresee(given_requests(DECK, [grouped, delete], "s"), _scene(store))

    assert with_group is not None
    assert with_group.holder_of["one_1"] == "group_1"
    assert without is not None
    assert without.holder_of == _scene(store).holder_of
    assert deleted is not None
    assert not deleted.holder_of.keys() & {"one_1", "two_2", "group_1"}
    assert not deleted.texts.keys() & {"one_1", "two_2"}
