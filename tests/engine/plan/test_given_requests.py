"""Requests of the caller's own."""

import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.given_requests import RequestsError, derived_id, given_requests, misfits

BOX: dict[str, Any] = {"createShape": {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": "p"}}}


def _box(name: str) -> dict[str, Any]:
    return {"createShape": {**BOX["createShape"], "objectId": name}}


def _write(name: str) -> dict[str, Any]:
    return {"insertText": {"objectId": name, "text": "x"}}


def _nested(levels: int) -> dict[str, Any]:
    """Return a body with so many levels: the journal's traceback was all that told of a few hundred."""
    body: dict[str, Any] = {}
    for _ in range(levels - 1):
        body = {"a": body}
    return body


@pytest.mark.parametrize(
    ("requests", "why"),
    [
        ([], "there are no requests"),
        ([{}], r"requests\[0\]: empty"),
        ([BOX, None], r"requests\[1\]: empty"),
        (["createSlide"], r"requests\[0\]: str; expected an object"),
        ([{**BOX, **_write("a")}], r"requests\[0\]: 2 requests in one object: createShape, insertText"),
        ([{"createSlides": {}}], r"requests\[0\]: 'createSlides' is no request that the API knows"),
        ([{"createSlide": "now"}], r"requests\[0\].createSlide: expected an object, got str"),
        ([{"createSlide": {"objectId": 5}}], r"requests\[0\].createSlide.objectId: expected text"),
        ([{"createSlide": {"insertionIndex": math.nan}}], r"requests\[0\].createSlide: it cannot be written"),
        ([_write("a\ud800")], r"requests\[0\].insertText: it cannot be written"),
        ([{"createSlide": _nested(101)}], r"requests\[0\].createSlide: nested more than 100 levels deep"),
        ([{"createSlide": _nested(100_000)}], r"requests\[0\].createSlide: it cannot be written"),
        ([_box("abc")], r"requests\[0\].createShape: 'abc' is no id"),
        ([_box("-abcde")], "is no id"),
        ([_box("box_1"), _box("box_1")], r"requests\[1\].createShape: 'box_1' is made twice"),
    ],
)
def test_what_can_never_work_is_refused_by_its_place(requests: list[Any], why: str) -> None:
    """It would cost a write to learn it from the server, which applies nothing of the batch."""
    with pytest.raises(RequestsError, match=why):
        given_requests("p", requests, "salt")


def test_what_the_caller_changes_afterwards_changes_nothing() -> None:
    """A write whose answer was lost is sent again as the same bytes, and a resumed call by its digest."""
    mine = {"createShape": {"elementProperties": {"pageObjectId": "p"}}}
    (request,) = given_requests("p", [mine], "salt")

    mine["createShape"]["elementProperties"]["pageObjectId"] = "other"

    assert request.slide_id == "p"


def test_all_problems_are_told_at_once() -> None:
    """Whoever mends them one by one runs it as often."""
    with pytest.raises(RequestsError) as refused:
        given_requests("p", [{}, {"nonsense": {}}, BOX], "salt")

    assert len(str(refused.value).splitlines()) == 2


@given(st.text(), st.text())
def test_derived_ids_are_good_ids_the_same_each_time_and_never_another_ones(one: str, other: str) -> None:
    """The server refuses bad ones; a random one could not be found again, a shared one proves nothing."""
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_:-]{4,49}", derived_id(one))
    assert (derived_id(one) == derived_id(other)) == (one == other)


def test_what_is_made_gets_an_id_where_the_caller_gave_none() -> None:
    """It is what tells afterwards that the request was applied."""
    requests = [BOX, _box("my_box"), {"duplicateObject": {"objectId": "my_box"}}, {"createSlide": {}}]

    found = given_requests("p", requests, "salt")
    again = given_requests("p", requests, "salt")
    other_call = given_requests("p", requests, "pepper")

    assert [each.request for each in found] == [each.request for each in again]
    assert found[1].made_ids == ("my_box",)
    assert found[2].body["objectIds"] == {"my_box": found[2].made_ids[0]}
    assert len({each.made_ids for each in (*found, *other_call)}) == 7
    assert BOX["createShape"].get("objectId") is None, "what the caller gave is the caller's"


def test_a_request_knows_which_ones_make_what_it_uses() -> None:
    """It goes with them or after them, and not at all if they fail."""
    found = given_requests("p", [_box("box_1"), _write("title"), _box("box_2"), _write("box_1")], "salt")

    assert [each.parents for each in found] == [(), (), (), ("p/requests/0",)]


def test_what_the_presentation_has_no_place_for_is_told() -> None:
    """A look that was taken anyway spares a write."""
    requests = [_box("title"), _write("gone"), _box("box_1"), _write("box_1"), _write("title")]
    found = given_requests("p", requests, "salt")

    wrong = misfits(found, {"title", "p"})

    assert wrong == {
        "p/requests/0": "requests[0].createShape: there is a 'title' already",
        "p/requests/1": "requests[1].insertText: objectId: there is no 'gone'",
    }


def test_an_id_is_free_again_once_its_object_is_deleted() -> None:
    """To replace something by another of the same name is nothing unusual."""
    found = given_requests("p", [{"deleteObject": {"objectId": "title"}}, _box("title")], "salt")

    assert misfits(found, {"title", "p"}) == {}
