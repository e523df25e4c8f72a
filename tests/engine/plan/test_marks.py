"""By what a batch is known to have been applied."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plan.given_requests import given_requests
from engine.plan.marks import Marks, digests_of_objects, marks_of
from engine.plan.scene import Scene
from engine.plan.witness import Witness
from engine.snapshot import SCENE_FIELDS
from fakeslides.errors import SlidesApiError
from fakeslides.slides.masks import apply_mask, read_mask
from fakeslides.slides.store import Store
from tests.support.given_lists import given_lists, some_store
from tests.support.presentations import DECK

BOX = {"createShape": {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": "p"}}}
STYLE = {"updatePageElementAltText": {"objectId": "one_1", "title": "T"}}
DELETE = {"deleteObject": {"objectId": "two_2"}}
WRITE = {"insertText": {"objectId": "one_1", "text": "x", "insertionIndex": 1}}
REPLACE = {"replaceAllText": {"containsText": {"text": "ab"}, "replaceText": "c", "pageObjectIds": ["p"]}}
IDLE = {"replaceAllText": {"containsText": {"text": "nowhere"}, "replaceText": "c"}}
SCRIBBLE = {"insertText": {"objectId": "two_2", "text": "z"}}


def _scene(store: Store) -> Scene:
    return Scene.of(apply_mask(store.get(DECK).to_json(), read_mask(SCENE_FIELDS)))


def _judged(*requests: dict[str, Any], ours: bool, theirs: tuple[dict[str, Any], ...] = ()) -> Witness:
    store = some_store()
    found = given_requests(DECK, requests, "salt")
    marks = marks_of(found, _scene(store))
    if ours:
        store.batch_update(DECK, [each.request for each in found])
    if theirs:
        store.batch_update(DECK, theirs)
    return marks.judge(_scene(store))


@pytest.mark.parametrize(
    "requests", [(BOX,), (BOX, STYLE), (WRITE,), (WRITE, STYLE), (REPLACE, STYLE), (DELETE,)]
)
@pytest.mark.parametrize("theirs", [(), ({"insertText": {"objectId": "inner", "text": "z"}},)])
def test_one_mark_speaks_for_the_whole_batch(
    requests: tuple[dict[str, Any], ...], theirs: tuple[dict[str, Any], ...]
) -> None:
    """A batch is applied whole or not at all, whoever else edits."""
    assert _judged(*requests, ours=True, theirs=theirs) is Witness.APPLIED
    assert _judged(*requests, ours=False, theirs=theirs) is Witness.NOT_APPLIED


@pytest.mark.parametrize("ours", [True, False])
def test_what_nothing_shows_is_not_known(*, ours: bool) -> None:
    """Neither answer would be true half of the time."""
    assert _judged(STYLE, ours=ours, theirs=(SCRIBBLE,)) is Witness.UNKNOWN


def test_that_something_is_gone_does_not_say_who_deleted_it() -> None:
    """Others delete too; where there is more to the batch, it may not have been applied."""
    assert _judged(DELETE, STYLE, ours=True) is Witness.UNKNOWN
    assert _judged(DELETE, STYLE, ours=False, theirs=(DELETE,)) is Witness.UNKNOWN
    assert _judged(DELETE, STYLE, ours=False, theirs=(SCRIBBLE,)) is Witness.NOT_APPLIED
    assert _judged(DELETE, ours=False, theirs=(DELETE,)) is Witness.APPLIED, "it is as it was wished to be"


def test_marks_that_contradict_one_another_prove_nothing() -> None:
    """Somebody deleted what was made, or wrote the same text."""
    made = given_requests(DECK, [BOX], "salt")[0].made_ids[0]
    erase = {"deleteObject": {"objectId": made}}

    assert _judged(BOX, WRITE, ours=True, theirs=(erase,)) is Witness.UNKNOWN
    assert _judged(BOX, DELETE, ours=True, theirs=(erase,)) is Witness.UNKNOWN
    assert _judged(BOX, WRITE, ours=False, theirs=(WRITE,)) is Witness.UNKNOWN


def test_what_finds_nothing_may_be_sent_again() -> None:
    """Twice nothing is nothing."""
    assert _judged(IDLE, ours=True, theirs=(SCRIBBLE,)) is Witness.NOT_APPLIED
    assert _judged(IDLE, STYLE, ours=True, theirs=(SCRIBBLE,)) is Witness.UNKNOWN


@pytest.mark.parametrize(
    ("requests", "verdict"),
    [
        ([("nowhere", "nowhere else", None)], Witness.UNKNOWN),
        ([("nowhere", "", None)], Witness.UNKNOWN),
        ([("nowhere", "c", ["layout"])], Witness.NOT_APPLIED),
        ([("nowhere", "nowhere else", ["layout"])], Witness.UNKNOWN),
        ([("nowhere", "c", None), ("never", "nowhere", None)], Witness.UNKNOWN),
        ([("nowhere", "nowhere else", ["p"]), ("never", "", ["p"])], Witness.NOT_APPLIED),
    ],
)
def test_what_finds_nothing_on_slides_may_find_it_on_layouts(
    requests: list[tuple[str, str, list[str] | None]], verdict: Witness
) -> None:
    """Their texts are not read, but replaced: sent twice, `go` would have become `go go go`."""
    bodies = [
        {"containsText": {"text": find}, "replaceText": text, "pageObjectIds": pages or []}
        for find, text, pages in requests
    ]

    assert _judged(*[{"replaceAllText": body} for body in bodies], ours=False, theirs=(SCRIBBLE,)) is verdict


def test_without_a_look_before_only_what_is_made_is_a_mark() -> None:
    """Ids of ours are nobody else's, whatever was there."""
    store = some_store()
    found = given_requests(DECK, [BOX, WRITE], "salt")

    marks = marks_of(found, None)

    assert marks == Marks(made=found[0].made_ids)
    assert marks.judge(None) is Witness.UNKNOWN
    assert marks.judge(_scene(store)) is Witness.NOT_APPLIED
    assert marks_of(found[1:], None).judge(_scene(store)) is Witness.UNKNOWN


def test_without_a_look_before_what_was_there_when_the_call_began_proves_nothing() -> None:
    """The call deletes it and makes it anew: the old one was taken for the new one."""
    store = some_store()
    remade = given_requests(DECK, [{"createShape": {"objectId": "one_1", **BOX["createShape"]}}], "salt")

    marks = marks_of(remade, None, there=_scene(store).holder_of)

    assert marks.judge(_scene(store)) is Witness.UNKNOWN


def test_what_is_made_and_deleted_in_one_batch_leaves_no_mark() -> None:
    """Its absence would be taken for a proof."""
    name = given_requests(DECK, [BOX], "salt")[0].made_ids[0]

    assert _judged(BOX, {"deleteObject": {"objectId": name}}, STYLE, ours=True) is Witness.UNKNOWN


@settings(max_examples=300, deadline=None)
@given(requests=given_lists(4), theirs=given_lists(3), ours=st.booleans())
def test_a_verdict_is_never_wrong(
    requests: list[dict[str, Any]], theirs: list[dict[str, Any]], *, ours: bool
) -> None:
    """A wrong one is an edit that lands twice, or one that is lost and said to be there."""
    store = some_store()
    found = given_requests(DECK, requests, "salt")
    marks = marks_of(found, _scene(store))
    try:
        if ours:
            store.batch_update(DECK, [each.request for each in found])
        store.batch_update(DECK, _without_what_undoes(theirs))
    except SlidesApiError:
        return

    verdict = marks.judge(_scene(store))

    excused = marks.is_idle or marks.deletes_only
    assert verdict is Witness.UNKNOWN or excused or (verdict is Witness.APPLIED) == ours


def _without_what_undoes(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return edits of somebody who takes nothing away, writes words of their own and leaves ids to Google."""
    found: list[dict[str, Any]] = [{"insertText": {"objectId": "inner", "text": "zz"}}]
    for request in requests:
        ((kind, body),) = request.items()
        if kind == "insertText":
            found.append({kind: {**body, "text": "z"}})
        elif kind.startswith("create"):
            found.append({kind: {key: value for key, value in body.items() if key != "objectId"}})
        elif kind in {"duplicateObject", "updatePageElementAltText"}:
            found.append(request)
    return found


def test_digests_tell_all_that_an_object_says_and_only_of_those_asked_for() -> None:
    """By them a later process knows whether others have edited what it counts in."""
    store = some_store()
    before = digests_of_objects({"table_1", "one_1", "nobody"}, _scene(store))
    store.batch_update(DECK, [{"insertText": {"objectId": "table_1", "text": "x", "cellLocation": {}}}])
    after = digests_of_objects({"table_1", "one_1"}, _scene(store))

    assert before.keys() == {"table_1", "one_1"}
    assert before["one_1"] == after["one_1"]
    assert before["table_1"] != after["table_1"]


def test_marks_hold_what_the_counted_objects_say_before_and_after() -> None:
    """Whether the batch was applied is learned later."""
    store = some_store()
    found = given_requests(DECK, [WRITE], "salt")
    marks = marks_of(found, _scene(store), {"one_1", "two_2"})
    assert marks.counted_before == digests_of_objects({"one_1", "two_2"}, _scene(store))

    store.batch_update(DECK, [each.request for each in found])

    assert marks.counted_after == digests_of_objects({"one_1", "two_2"}, _scene(store))
