import pytest

from fakeslides.scenario.rules import Phase
from fakeslides.scenario.timeline import Span, Timeline

PHASES = [
    Phase.model_validate({"name": name, "for": length})
    for name, length in (("calm", "10s"), ("storm", "5s"), ("after", "1s"))
]


def test_without_phases_there_is_no_phase() -> None:
    """Rules without a phase look at every call then."""
    assert Timeline(()).phase_at(3.0) is None


@pytest.mark.parametrize(
    ("offset", "phase"),
    [(0, "calm"), (9.9, "calm"), (10, "storm"), (14.9, "storm"), (15, "after"), (99, "after")],
)
def test_the_last_phase_lasts_for_ever(offset: float, phase: str) -> None:
    """A run that takes longer than was planned ends in the recovery, not in nothing."""
    assert Timeline(PHASES).phase_at(offset) == phase


@pytest.mark.parametrize(("name", "start", "end"), [("calm", 0, 10), ("storm", 10, 15), ("after", 15, 16)])
def test_every_phase_has_its_stretch(name: str, start: float, end: float) -> None:
    """A ramp goes over it."""
    assert Timeline(PHASES).span_of(name) == Span(start, end)


@pytest.mark.parametrize(("offset", "passed"), [(0, 0), (10, 0), (11, 0.2), (15, 1), (99, 1)])
def test_a_stretch_has_passed_from_nothing_to_all(offset: float, passed: float) -> None:
    """Before it nothing has, and after it all."""
    assert Span(10, 15).passed_share(offset) == pytest.approx(passed)


def test_a_stretch_of_no_length_has_passed_once_it_is_reached() -> None:
    """`for: 0s` is allowed, and nothing may be divided by it."""
    assert [Span(3, 3).passed_share(offset) for offset in (2.9, 3.0)] == [0, 1]
