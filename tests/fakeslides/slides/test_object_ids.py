import pytest

from fakeslides.slides.object_ids import ObjectIds, check_new_id
from fakeslides.slides.refusal import Refusal
from tests.support.presentations import DECK, shape, store_with


@pytest.mark.parametrize("object_id", ["abcde", "_-:-:", "A" * 50, "0_slide:notes"])
def test_takes_ids_that_follow_the_rule(object_id: str) -> None:
    """5 to 50 characters; a word character first."""
    check_new_id(store_with().get(DECK), object_id)


@pytest.mark.parametrize(
    ("object_id", "why"),
    [
        ("abcd", "should have a length between 5 and 50"),
        ("A" * 51, "should have a length between 5 and 50"),
        (
            "-rmp-Glip Growth",
            (
                "The object ID (-rmp-Glip Growth) should start with a word character [a-zA-Z0-9_] and then "
                "followed by any number of the following characters [a-zA-Z0-9_-:]."
            ),
        ),
        ("été_de_chien", "should start with a word character"),
        ("taken", "The object ID (taken) should be unique among all pages and page elements."),
        ("p:notes", "should be unique"),
    ],
)
def test_refuses_others_in_google_s_words(object_id: str, why: str) -> None:
    """A client that matches these texts must find them."""
    presentation = store_with(shape("taken")).get(DECK)

    with pytest.raises(Refusal) as refused:
        check_new_id(presentation, object_id)

    assert why in str(refused.value)


def test_made_up_ids_count_up_and_step_over_taken_ones() -> None:
    """One number per batch, one id per object."""
    presentation = store_with(shape("SLIDES_API7_1")).get(DECK)
    ids = ObjectIds(7)

    made = [ids.fresh(presentation), ids.fresh(presentation)]

    assert made == ["SLIDES_API7_0", "SLIDES_API7_2"]


def test_a_chosen_id_is_checked_and_none_makes_a_fresh_one() -> None:
    """An empty string counts as none, as it does for proto3."""
    presentation = store_with().get(DECK)
    ids = ObjectIds(7)

    assert ids.chosen_or_fresh(presentation, "my_own") == "my_own"
    assert ids.chosen_or_fresh(presentation, "") == "SLIDES_API7_0"
    with pytest.raises(Refusal):
        ids.chosen_or_fresh(presentation, "no")
