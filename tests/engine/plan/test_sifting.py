"""What must not be sent any more."""

from typing import Any

from engine.events import Fate
from engine.plan.given_requests import given_requests
from engine.plan.planner import plan_given
from engine.plan.sifting import Sifted, sift

BOX: dict[str, Any] = {"createShape": {"objectId": "box_1"}}
IN_BOX = {"insertText": {"objectId": "box_1", "text": "x"}}
COPY = {"duplicateObject": {"objectId": "box_1", "objectIds": {"box_1": "copy_1"}}}
IN_COPY = {"insertText": {"objectId": "copy_1", "text": "x"}}
COUNTING = {"insertText": {"objectId": "title", "text": "x", "insertionIndex": 2}}
ELSEWHERE = {"insertText": {"objectId": "title", "text": "x"}}


def _sifted(
    *requests: dict[str, Any],
    fates: dict[int, Fate] | None = None,
    shifted: tuple[str, ...] = (),
    **known: Any,  # noqa: ANN401 - as `sift` takes them
) -> Sifted:
    """Return what is left of the requests that have no fate yet."""
    given = given_requests("p", requests, "salt")
    fate_of = {given[index].operation_id: fate for index, fate in (fates or {}).items()}
    (batch,) = plan_given([each for each in given if each.operation_id not in fate_of], 100)
    return sift(batch, fate_of.get, shifted, **known)


def _kept(sifted: Sifted) -> list[int]:
    return [] if sifted.kept is None else [each.index for each in sifted.kept.given]


def test_nothing_is_held_back_without_a_reason() -> None:
    """Most batches go as they are."""
    sifted = _sifted(BOX, IN_BOX, COUNTING)

    assert _kept(sifted) == [0, 1, 2]
    assert sifted.held_back == {}


def test_what_uses_something_that_was_not_made_is_held_back_to_the_last_descendant() -> None:
    """Each would cost a write to be refused."""
    sifted = _sifted(BOX, COPY, ELSEWHERE, IN_COPY, fates={0: Fate.REJECTED})

    assert _kept(sifted) == [2]
    assert [fate for fate, _ in sifted.held_back.values()] == [Fate.REJECTED, Fate.REJECTED]
    assert [str(error) for _, error in sifted.held_back.values()] == [
        "requests[1].duplicateObject: requests[0] makes what it uses, and is rejected",
        "requests[3].insertText: requests[1] makes what it uses, and is rejected",
    ]


def test_it_is_not_sent_but_not_lost_for_good_where_its_parent_may_come_yet() -> None:
    """Resuming sends both."""
    for fate in (Fate.NOT_SENT, Fate.INDETERMINATE):
        ((held, _),) = _sifted(BOX, IN_BOX, ELSEWHERE, fates={0: fate}).held_back.values()
        assert held is Fate.NOT_SENT


def test_it_is_lost_for_good_where_nobody_will_know_of_its_parent() -> None:
    """To wait for it would be to wait for ever."""
    ((held, error), *_) = _sifted(
        BOX, IN_BOX, fates={0: Fate.INDETERMINATE}, unknowable=lambda _: True
    ).held_back.values()

    assert held is Fate.REJECTED
    assert (
        str(error) == "requests[1].insertText: requests[0] makes what it uses, and is indeterminate for good"
    )


def test_a_child_goes_once_its_parent_is_there() -> None:
    """That is what it waited for."""
    assert _kept(_sifted(BOX, IN_BOX, fates={0: Fate.APPLIED})) == [1]


def test_what_counts_in_a_text_that_others_have_edited_is_held_back() -> None:
    """It would hit another place."""
    sifted = _sifted(COUNTING, ELSEWHERE, BOX, shifted=("title",))

    assert _kept(sifted) == [1, 2]
    ((fate, error),) = sifted.held_back.values()
    assert fate is Fate.REJECTED
    assert "requests[0].insertText: somebody else has edited 'title'" in str(error)


def test_in_an_atomic_call_one_holds_all_of_them_back() -> None:
    """All or nothing."""
    sifted = _sifted(ELSEWHERE, COUNTING, shifted=("title",), is_atomic=True)

    assert sifted.kept is None
    assert len(sifted.held_back) == 2
