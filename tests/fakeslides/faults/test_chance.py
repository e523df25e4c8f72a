from itertools import groupby
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.faults.chance import is_bad_weather, rate_at
from fakeslides.scenario.rules import Burst, Ramp
from fakeslides.scenario.timeline import Span

STEPS = 6_000
PERCENT = st.integers(1, 100)


def a_burst(enter: str, leave: str) -> Burst:
    """Return a burst as a scenario writes it."""
    return Burst.model_validate({"enter": enter, "leave": leave})


def weather(burst: Burst, *, seed: int = 1, steps: int = STEPS) -> list[bool]:
    """Return the states of the first steps of a chain."""
    return [is_bad_weather(burst, seed, ("rule",), step) for step in range(1, steps + 1)]


class TestRates:
    RAMP = Ramp.model_validate({"from": "10%", "to": "50%"})

    @pytest.mark.parametrize(("offset", "share"), [(0, 0.1), (20, 0.1), (30, 0.2), (60, 0.5), (99, 0.5)])
    def test_a_ramp_goes_straight_over_its_stretch_and_then_stays(self, offset: float, share: float) -> None:
        """That is how weather worsens."""
        assert rate_at(self.RAMP, Span(20, 60), offset) == pytest.approx(share)

    def test_a_share_is_the_same_at_all_times(self) -> None:
        """Also where a stretch is named."""
        assert {rate_at(0.3, Span(0, 9), offset) for offset in (0, 4, 99)} == {0.3}


class TestBursts:
    @pytest.mark.parametrize(
        ("enter", "leave"), [("2%", "20%"), ("20%", "20%"), ("90%", "60%"), ("1%", "100%")]
    )
    def test_the_share_of_bad_steps_is_the_stationary_one(self, enter: str, leave: str) -> None:
        """Otherwise a burst would strike more or less than it says.

        Steps depend on each other, which widens the binomial spread by sqrt((1 + r) / (1 - r)), with r the
        correlation of neighbours, `1 - enter - leave`.
        """
        burst = a_burst(enter, leave)
        share, neighbours = burst.stationary_share, 1 - burst.enter - burst.leave

        measured = sum(weather(burst)) / STEPS

        spread = sqrt(share * (1 - share) / STEPS * (1 + neighbours) / (1 - neighbours))
        assert abs(measured - share) <= 4 * spread + 1 / STEPS

    @pytest.mark.parametrize(("enter", "leave"), [("2%", "20%"), ("30%", "10%"), ("70%", "60%")])
    def test_bad_weather_lasts_as_long_as_it_is_told_to(self, enter: str, leave: str) -> None:
        """`leave: 20%` means five strikes in a row on average; dice without memory would give one."""
        burst = a_burst(enter, leave)

        runs = [len(list(run)) for is_bad, run in groupby(weather(burst)) if is_bad]

        expected = 1 / burst.leave
        spread = sqrt((1 - burst.leave) / burst.leave**2 / len(runs))
        assert abs(sum(runs) / len(runs) - expected) <= 4 * spread

    @given(enter=PERCENT, leave=PERCENT, order=st.permutations(range(1, 30)))
    def test_a_step_is_the_same_whenever_it_is_asked_for(
        self, enter: int, leave: int, order: list[int]
    ) -> None:
        """Nothing is remembered between draws, so concurrency cannot change what each step is."""
        burst = a_burst(f"{enter}%", f"{leave}%")
        in_order = weather(burst, steps=29)

        assert {step: is_bad_weather(burst, 1, ("rule",), step) for step in order} == {
            step: in_order[step - 1] for step in order
        }

    def test_a_burst_that_always_turns_alternates(self) -> None:
        """The far end of the scale: every step leaves the state it is in."""
        states = weather(a_burst("100%", "100%"), steps=10)

        assert states in ([True, False] * 5, [False, True] * 5)

    def test_another_seed_and_another_chain_see_other_weather(self) -> None:
        """Each rule and each operation has its own."""
        burst = a_burst("10%", "10%")
        chains = [
            tuple(is_bad_weather(burst, seed, chain, step) for step in range(1, 200))
            for seed, chain in ((1, ("a",)), (2, ("a",)), (1, ("b",)))
        ]

        assert len(set(chains)) == 3
