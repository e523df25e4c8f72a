import pytest

from fakeslides.scenario.gates import Gate
from loadtests.decidability import Decidable, decidable


def on(count: int, require: str, *, metric: str = "slide_success_share", **more: object) -> Decidable:
    """Return what a gate on a share can come to, measured on `count` samples."""
    gate = Gate.model_validate({"id": "g", "metric": metric, "require": require, **more})
    return decidable(gate, {metric: count}, ["sequential", "coalesced"])


class TestShares:
    @pytest.mark.parametrize(
        ("count", "require", "most_bad"),
        [(80, "> 95%", 3), (80, ">= 95%", 4), (19, "> 95%", 0), (240, "< 5%", 11), (240, "<= 5%", 12)],
    )
    def test_says_how_many_may_go_wrong(self, count: int, require: str, most_bad: int) -> None:
        """That is what a threshold in percent means for the one who reads it."""
        gate = on(count, require)

        assert (gate.can_pass, gate.can_fail, gate.most_bad_count) == (True, True, most_bad)

    @pytest.mark.parametrize(("count", "can_pass"), [(51, False), (52, True), (80, True)])
    def test_a_gate_with_confidence_needs_enough_samples(self, count: int, *, can_pass: bool) -> None:
        """Wilson: one-sidedly 95 % sure of over 95 % takes z**2 * 0.95 / 0.05 = 51.4 samples, all good."""
        assert on(count, "> 95%", confidence="95%").can_pass is can_pass

    def test_a_gate_that_wants_more_samples_than_there_are_can_do_neither(self) -> None:
        """It would be inconclusive whatever happened."""
        gate = on(80, "> 95%", min_samples=81)

        assert (gate.can_pass, gate.can_fail, gate.is_decidable) == (False, False, False)

    @pytest.mark.parametrize("require", [">= 0%", "<= 100%"])
    def test_a_gate_that_cannot_fail_is_found(self, require: str) -> None:
        """It proves nothing."""
        gate = on(80, require)

        assert (gate.can_pass, gate.can_fail) == (True, False)

    @pytest.mark.parametrize(
        ("require", "can_pass"), [("> 100%", False), ("== 100%", True), ("== 33%", False)]
    )
    def test_a_gate_that_cannot_pass_is_found(self, require: str, *, can_pass: bool) -> None:
        """80 samples have no 33 %."""
        assert on(80, require).can_pass is can_pass

    def test_without_samples_nothing_can_be_decided(self) -> None:
        """Nothing was asked of the engine."""
        assert not on(0, "> 95%").is_decidable


class TestCounts:
    @pytest.mark.parametrize(
        ("require", "can_pass", "can_fail"),
        [("== 0", True, True), (">= 2", True, True), (">= 0", True, False), ("< 0", False, True)],
    )
    def test_a_count_is_never_below_nothing(self, require: str, *, can_pass: bool, can_fail: bool) -> None:
        """So that `>= 0` holds in every weather."""
        gate = on(80, require, metric="lost_edits")
        told = decidable(gate.gate, {}, ["coalesced"])

        assert (told.can_pass, told.can_fail) == (can_pass, can_fail)

    def test_the_speed_up_needs_another_strategy_than_the_baseline(self) -> None:
        """The baseline is not held to being faster than itself."""
        gate = Gate.model_validate({"id": "g", "metric": "speedup_over_sequential", "require": ">= 2"})

        assert not decidable(gate, {}, ["sequential"]).is_decidable
        assert decidable(gate, {}, ["sequential", "coalesced"]).is_decidable
