"""Lists of requests such as callers give them, many of which work."""

from typing import Any

from hypothesis import strategies as st

from fakeslides.slides.store import Store
from tests.support.presentations import group, shape, store_with, table

TEXTS = st.text("ab😀\n", max_size=4)
INDICES = st.integers(0, 4)
SHAPES = ("one_1", "two_2", "inner", "box_0", "box_1", "box_2")
OBJECTS = (*SHAPES, "table_1", "group_1", "slide_1")


def some_store() -> Store:
    """Return a store with shapes, a table, a group and notes."""
    grouped = group("group_1", shape("inner", "aab"), shape("other", "b"))
    return store_with(
        shape("one_1", "ab ab"), shape("two_2"), table("table_1", [["a", "b"]]), grouped, notes="ab"
    )


def given_lists(max_size: int = 8) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return lists of requests; none makes an id that another one of the list makes."""
    return st.lists(_requests(), min_size=1, max_size=max_size).map(_without_twins)


def _requests() -> st.SearchStrategy[dict[str, Any]]:
    shapes, objects = st.sampled_from(SHAPES), st.sampled_from(OBJECTS)
    page = st.sampled_from(("p", "slide_1"))
    boxes = st.sampled_from(("box_0", "box_1", "box_2", None))
    kinds = {
        "createShape": _body(
            objectId=boxes, shapeType=st.just("TEXT_BOX"), elementProperties=_body(pageObjectId=page)
        ),
        "createSlide": _body(objectId=st.sampled_from(("slide_1", None)), insertionIndex=st.integers(0, 1)),
        "createTable": _body(elementProperties=_body(pageObjectId=page), rows=st.just(1), columns=st.just(2)),
        "deleteObject": _body(objectId=objects),
        "deleteText": _body(objectId=shapes, textRange=_ranges()),
        "duplicateObject": _body(objectId=objects),
        "insertText": _body(objectId=shapes, text=TEXTS, insertionIndex=INDICES),
        "replaceAllText": _body(
            containsText=_body(text=st.text("ab", min_size=1, max_size=2), matchCase=st.booleans()),
            replaceText=TEXTS,
            pageObjectIds=st.sampled_from(([], ["p"], ["slide_1"])),
        ),
        "updatePageElementAltText": _body(objectId=shapes, title=TEXTS),
    }
    return st.one_of([body.map(lambda body, kind=kind: {kind: body}) for kind, body in kinds.items()])


def _ranges() -> st.SearchStrategy[dict[str, Any]]:
    fixed = _body(type=st.just("FIXED_RANGE"), startIndex=INDICES, endIndex=INDICES)
    return st.one_of(
        st.just({"type": "ALL"}), fixed, _body(type=st.just("FROM_START_INDEX"), startIndex=INDICES)
    )


def _body(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def without_none(body: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in body.items() if value is not None}

    return st.fixed_dictionaries(fields).map(without_none)


def _without_twins(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: set[str] = set()
    kept = []
    for request in requests:
        ((kind, body),) = request.items()
        made = body.get("objectId") if kind.startswith("create") else None
        if made not in seen:
            kept.append(request)
        seen |= {made} if made else set()
    return kept
