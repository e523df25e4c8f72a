from hypothesis import given
from hypothesis import strategies as st

from fakeslides.draws import Dice, draw_share, named


@given(seed=st.integers(0), identity=st.text())
def test_a_draw_is_a_share_and_the_same_each_time(seed: int, identity: str) -> None:
    """Two runs can be compared only if the same call rolls the same number."""
    first, again = draw_share(seed, identity), draw_share(seed, identity)

    assert first == again
    assert 0 <= first < 1


def test_draws_spread_evenly() -> None:
    """A rate of 20 % must strike one call in five, within four standard deviations."""
    struck = sum(draw_share(7, "rule", f"deck/{number}") < 0.2 for number in range(10_000))

    assert abs(struck - 2000) < 4 * (10_000 * 0.2 * 0.8) ** 0.5


def test_another_seed_draws_other_numbers() -> None:
    """A seed that changes nothing is a seed that does nothing."""
    assert draw_share(1, "deck") != draw_share(2, "deck")


@given(seed=st.integers(0), owner=st.text(), identity=st.lists(st.text() | st.integers(), min_size=1))
def test_the_dice_of_an_owner_roll_what_a_single_draw_would(
    seed: int, owner: str, identity: list[str | int]
) -> None:
    """They only save work; every number that was ever drawn stays what it was."""
    assert Dice(seed, owner).share(named(*identity)) == draw_share(seed, owner, *identity)
