from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from tests.support.presentations import DECK, shape, store_with, update


def create(**options: object) -> dict[str, Any]:
    """Return a createShape request for slide p."""
    body = {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": "p"}} | options
    return {"createShape": {key: value for key, value in body.items() if value is not None}}


def test_puts_an_empty_shape_in_front_of_all_else() -> None:
    """Later elements are drawn over earlier ones."""
    size = {"width": {"magnitude": 5.0, "unit": "PT"}, "height": {"magnitude": 1.0, "unit": "PT"}}
    store = store_with(shape("before"))

    properties = {"pageObjectId": "p", "size": size, "transform": {"scaleX": 2, "unit": "PT"}}
    result = update(store, create(objectId="my_box", elementProperties=properties))

    assert result.replies == [{"createShape": {"objectId": "my_box"}}]
    assert store.get(DECK).page_json("p")["pageElements"][-1] == {
        "objectId": "my_box",
        "size": size,
        "transform": {"scaleX": 2.0, "unit": "PT"},
        "shape": {"shapeType": "TEXT_BOX", "shapeProperties": {}},
    }


def test_makes_up_an_id_and_a_size_when_none_are_given() -> None:
    """The reply says which id."""
    store = store_with()

    object_id = update(store, create()).replies[0]["createShape"]["objectId"]

    created = store.get(DECK).page_json("p")["pageElements"][-1]
    assert created["objectId"] == object_id
    assert created["size"]["width"] == {"magnitude": 3000000, "unit": "EMU"}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"shapeType": None}, "The shape type must be specified."),
        ({"shapeType": "TYPE_UNSPECIFIED"}, "The shape type must be specified."),
        ({"elementProperties": {"pageObjectId": "gone"}}, "The object (gone) could not be found."),
        ({"elementProperties": {"pageObjectId": "i0"}}, "The object (i0) could not be found."),
        (
            {"elementProperties": {"pageObjectId": "p:notes"}},
            "The operation is not allowed on notes page (p:notes).",
        ),
        (
            {"objectId": "p:notes"},
            "The object ID (p:notes) should be unique among all pages and page elements.",
        ),
    ],
)
def test_refuses_a_shape_without_type_page_or_good_id(options: dict[str, Any], why: str) -> None:
    """Each with its reason."""
    with pytest.raises(SlidesApiError) as refused:
        update(store_with(), create(**options))

    assert refused.value.message == f"Invalid requests[0].createShape: {why}"
