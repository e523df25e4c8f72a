from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from loadtests.swarm.ddmin import fewest

ITEMS = list(range(12))


def _whimsical(seed: int) -> Callable[[Sequence[int]], bool]:
    """Return what fails with all items and with some others, in no order that anybody could foresee."""
    return lambda items: list(items) == ITEMS or hash((seed, *items)) % 3 == 0


@given(st.lists(st.sets(st.sampled_from(ITEMS)), min_size=1, max_size=3))
def test_what_is_left_still_fails_needs_each_item_and_keeps_their_order(causes: list[set[int]]) -> None:
    """Any of some causes is enough, however their items lie."""

    def still_fails(items: Sequence[int]) -> bool:
        return any(cause <= set(items) for cause in causes)

    left = fewest(ITEMS, still_fails)

    assert set(left) in causes
    assert left == sorted(left)


@given(st.integers(0, 10_000))
def test_none_can_be_left_out_though_more_may_fail_less(seed: int) -> None:
    """Faults may undo each other: that many fail together says nothing of fewer of them."""
    still_fails = _whimsical(seed)

    left = fewest(ITEMS, still_fails)

    assert still_fails(left)
    assert left == sorted(left)
    assert not any(still_fails([*left[:place], *left[place + 1 :]]) for place in range(len(left)))


def test_one_of_many_is_found_in_few_tries() -> None:
    """Each try is a world of its own; a hundred times a hundred of them would take an hour."""
    tries = []

    def still_fails(items: Sequence[int]) -> bool:
        tries.append(items)
        return 77 in items

    assert fewest(range(100), still_fails) == [77]
    assert len(tries) < 30


def test_what_fails_with_nothing_needs_nothing() -> None:
    """Nor does nothing itself."""
    assert fewest([1, 2], lambda _: True) == []
    assert fewest([], lambda _: True) == []
