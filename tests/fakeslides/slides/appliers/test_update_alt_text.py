import pytest

from fakeslides.errors import SlidesApiError
from tests.support.presentations import DECK, shape, store_with, update


def test_sets_what_is_given_and_leaves_the_rest() -> None:
    """A title does not take the description away."""
    store = store_with(shape("box_1", "text"))

    update(store, {"updatePageElementAltText": {"objectId": "box_1", "title": "a", "description": "b"}})
    update(store, {"updatePageElementAltText": {"objectId": "box_1", "title": "c"}})

    element = store.get(DECK).page_json("p")["pageElements"][-1]
    assert (element["title"], element["description"]) == ("c", "b")
    assert "text" in element["shape"]


def test_refuses_an_element_that_is_not_there() -> None:
    """Pages have no alt text."""
    with pytest.raises(SlidesApiError, match="could not be found"):
        update(store_with(), {"updatePageElementAltText": {"objectId": "p", "title": "a"}})
