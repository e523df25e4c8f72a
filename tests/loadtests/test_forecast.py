from math import sqrt
from pathlib import Path

import pytest

from engine.settings import EngineSettings
from loadtests.forecast import Forecast, Foreseen, forecast, foresee
from loadtests.measurements import WRITE, Setting
from loadtests.schedule import PlannedCall, Schedule
from tests.support.rulebooks import a_rule
from tests.support.weather import weather
from tests.support.worlds import a_plan, a_scenario_file

RULE = "faults: [{id: r, often: {%s}, fault: {kind: tcp.reset}, expect_fired: {at_least: %d}}]"
PHASED = """
phases: [{name: calm, for: 60s}, {name: storm, for: 60s}]
faults: [{id: r, when: {phase: storm}, often: {every: 1}, fault: {kind: tcp.reset}}]
"""
SETTINGS = [
    Setting("sequential", 1),
    *(Setting("coalesced", n) for n in (1, 3, 8)),
    Setting("coalesced", 8, 2),
]


def of(folder: Path, text: str, settings: list[Setting]) -> Forecast:
    """Return the forecast of a small scenario."""
    return forecast(a_plan(a_scenario_file(folder, text)), settings)


def writes(count: int, percent: int, *, at_least: int = 1) -> Foreseen:
    """Return what a rate on the first try of `count` writes will come to."""
    calls = [PlannedCall(WRITE, "deck", f"deck/s/{n}", 0.0, 0) for n in range(count)]
    rule = a_rule(often={"rate": f"{percent}%"}, when={"attempt": 1}, expect_fired={"at_least": at_least})
    scenario = weather().model_copy(update={"faults": (rule,)})
    [found] = foresee(scenario, Schedule(calls, 0.4, 1.0), EngineSettings(breaker_enabled=False), 1)
    return found


@pytest.mark.parametrize("percent", [2, 20, 50, 90])
def test_a_rate_is_foreseen_with_its_binomial_spread(percent: int) -> None:
    """Two sigma; with 60 dry runs sigma is known to about a tenth, and the mean to sigma / 8."""
    share = percent / 100
    sigma = sqrt(200 * share * (1 - share))

    foreseen = writes(200, percent)

    assert foreseen.matched == 200
    assert abs(foreseen.fired - 200 * share) < 4 * sigma / sqrt(60)
    assert foreseen.spread == pytest.approx(2 * sigma, rel=0.4)


def test_says_with_how_many_seeds_a_fault_strikes_as_often_as_it_must() -> None:
    """An expectation that holds with one seed in five is a trap for the next person who changes the seed."""
    certain, possible, hopeless = (writes(100, 20, at_least=least) for least in (1, 20, 60))

    assert certain.enough_share == 1
    assert 0.2 < possible.enough_share < 0.9
    assert (hopeless.enough_share, hopeless.is_hopeless) == (0, True)


def test_asks_each_strategy_once_where_time_does_not_matter(tmp_path: Path) -> None:
    """Draws go by identity, so concurrency changes nothing."""
    told = of(tmp_path, RULE % ("rate: 10%", 1), SETTINGS)

    assert [each.setting.name for each in told.settings] == ["sequential@1", "coalesced@1"]


def test_asks_at_both_ends_where_rules_ask_for_the_time(tmp_path: Path) -> None:
    """A phase may be over before a fast setting, or begin only after it."""
    told = of(tmp_path, PHASED, SETTINGS)

    assert [each.setting.name for each in told.settings] == ["sequential@1", "coalesced@1", "coalesced@8"]
    assert [each.faults[0].fired for each in told.settings] == [0, 0, 0]


def test_counts_what_gates_are_measured_on(tmp_path: Path) -> None:
    """Two decks of two slides with two keys each."""
    told = of(tmp_path, "", SETTINGS)

    assert (told.slides_count, told.edits_count) == (4, 8)
    assert {gate.samples_count for gate in told.gates if gate.gate.metric == "slide_success_share"} == {4}


@pytest.mark.parametrize(("often", "least", "is_conclusive"), [("every: 1", 1, True), ("count: 1", 2, False)])
def test_a_fault_that_can_never_strike_enough_makes_it_inconclusive(
    tmp_path: Path, often: str, least: int, *, is_conclusive: bool
) -> None:
    """It would cost a whole sweep to find out."""
    assert of(tmp_path, RULE % (often, least), SETTINGS).is_conclusive is is_conclusive
