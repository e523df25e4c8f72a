import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.progress import NoSuchPhaseError, Progress
from fakeslides.scenario.rules import Phase


def progress(*phases: str) -> Progress:
    """Return the progress of phases of ten seconds each."""
    return Progress([Phase.model_validate({"name": name, "for": "10s"}) for name in phases])


class TestByItself:
    def test_time_stands_still_until_the_first_call(self) -> None:
        """However long a client takes to start, it meets the first phase."""
        waiting = progress("calm", "storm")

        assert (waiting.offset_seconds(500.0), waiting.phase(500.0)) == (0.0, "calm")

    def test_phases_pass_and_the_last_one_lasts(self) -> None:
        """A phase begins where the one before ends."""
        begun = progress("calm", "storm", "recovery")

        begun.begin(100.0)
        begun.begin(105.0)  # only the first call counts

        assert [begun.phase(now) for now in (100.0, 109.9, 110.0, 120.0, 9000.0)] == [
            "calm", "calm", "storm", "recovery", "recovery",
        ]  # fmt: skip

    def test_without_phases_there_is_none(self) -> None:
        """Most scenarios have one kind of weather from beginning to end."""
        assert progress().phase(0.0) is None


class TestByHand:
    def test_advancing_goes_to_the_beginning_of_the_next_phase(self) -> None:
        """The phase then has its whole length before it."""
        begun = progress("calm", "storm", "recovery")
        begun.begin(100.0)

        assert begun.advance(103.0) == "storm"

        assert begun.offset_seconds(103.0) == pytest.approx(10.0)
        assert [begun.phase(now) for now in (103.0, 112.9, 113.1)] == ["storm", "storm", "recovery"]

    def test_a_phase_can_be_chosen_before_the_first_call_and_gone_back_to(self) -> None:
        """A test may begin in the storm; a person may want to see it again."""
        chosen = progress("calm", "storm", "recovery")

        chosen.go_to("storm", 50.0)
        assert chosen.phase(59.9) == "storm"
        chosen.begin(60.0)
        assert (chosen.phase(69.9), chosen.phase(70.1)) == ("storm", "recovery")

        chosen.go_to("calm", 100.0)
        assert (chosen.phase(100.0), chosen.phase(110.1)) == ("calm", "storm")

    @given(began=st.floats(0, 1e6), passed=st.floats(0, 1e4), index=st.integers(0, 2))
    def test_whoever_goes_to_a_phase_is_in_it(self, began: float, passed: float, index: int) -> None:
        """However the numbers round: a hair's breadth before it would still be the phase before."""
        name, progressing = ("calm", "storm", "recovery")[index], progress("calm", "storm", "recovery")
        progressing.begin(began)

        progressing.go_to(name, began + passed)

        assert progressing.phase(began + passed) == name

    def test_there_is_nothing_behind_the_last_phase(self) -> None:
        """It lasts for ever, so there is no beginning to go to."""
        last = progress("calm", "storm")
        last.go_to("storm", 0.0)

        with pytest.raises(NoSuchPhaseError, match="'storm' is the last phase"):
            last.advance(1.0)
        with pytest.raises(NoSuchPhaseError, match="has no phases"):
            progress().advance(1.0)

    def test_an_unknown_phase_is_refused_and_the_known_ones_are_named(self) -> None:
        """A slip of the pen must not look like weather."""
        begun = progress("calm", "storm")

        with pytest.raises(NoSuchPhaseError, match="no phase 'strom'; known here: calm, storm"):
            begun.go_to("strom", 0.0)
        assert begun.phase(0.0) == "calm"
