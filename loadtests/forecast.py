"""What a scenario will come to, before any run: its faults, and whether its gates can be decided.

The rules themselves are asked, by many seeds, about the calls that the engine's own planner makes; so rates,
ramps, bursts, limits and the order of rules need no second theory.  What is rough is when calls are made; and
what load brings about is not foreseen at all.  A thinking room.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from engine.settings import EngineSettings
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import FaultRule
from loadtests.decidability import Decidable, decidable
from loadtests.dry_run import Counts, dry_run
from loadtests.expectation import edits_of
from loadtests.measurements import Setting
from loadtests.run_plan import RunPlan
from loadtests.schedule import Schedule, schedule

DRY_RUNS_COUNT = 60


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What one rule will come to in one setting.

    Attributes:
        rule_id: of the rule.
        matched: tries that meet its conditions, on average.
        fired: strikes, on average.
        spread: two standard deviations of the strikes, from seed to seed.
        fired_here: strikes with the run's own seed.
        at_least: strikes that the rule must have for a verdict; 0 when it says nothing.
        enough_share: the share of seeds with which it has them.
    """

    rule_id: str
    matched: float
    fired: float
    spread: float
    fired_here: int
    at_least: int
    enough_share: float

    @property
    def is_hopeless(self) -> bool:
        """With no seed, and not with the run's own, does it strike as often as it must."""
        return self.enough_share == 0 and self.fired_here < self.at_least


@dataclass(frozen=True, slots=True)
class SettingForecast:
    """What one setting will come to; `calls_count` and `elapsed_seconds` are of an undisturbed client."""

    setting: Setting
    calls_count: int
    elapsed_seconds: float
    faults: Sequence[Foreseen]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a scenario will come to.

    Attributes:
        settings: one for each strategy; two, of the lowest and the highest concurrency, where rules ask for
            the time.
        gates: what each of them can come to.
        slides_count: slides to edit in each run.
        edits_count: edits in each run.
    """

    settings: Sequence[SettingForecast]
    gates: Sequence[Decidable]
    slides_count: int
    edits_count: int

    @property
    def is_conclusive(self) -> bool:
        """Every gate can go either way, and no fault will strike too seldom whatever the seed."""
        hopeless = any(fault.is_hopeless for setting in self.settings for fault in setting.faults)
        return not hopeless and all(gate.is_decidable for gate in self.gates)


def forecast(plan: RunPlan, settings: Sequence[Setting]) -> Forecast:
    """Return what a plan will come to in `settings`."""
    edits = [edit for deck in plan.decks(settings[0]) for edit in edits_of(deck.document, deck.replacements)]
    slides_count = len({(edit.presentation_id, edit.slide_id) for edit in edits})
    samples = {
        "operation_completion_share": len(edits),
        "breaker_activation_share": len(edits),
        "slide_success_share": slides_count,
    }
    strategies = {setting.strategy for setting in settings}
    return Forecast(
        settings=[_forecast_setting(plan, setting) for setting in _telling(plan.scenario, settings)],
        gates=[decidable(gate, samples, strategies) for gate in plan.scenario.gates],
        slides_count=slides_count,
        edits_count=len(edits),
    )


def foresee(scenario: Scenario, planned: Schedule, settings: EngineSettings, seed: int) -> list[Foreseen]:
    """Return what each rule of a scenario will come to.

    Args:
        scenario: the weather.
        planned: the calls of an undisturbed client.
        settings: of the client.
        seed: of the run.
    """
    seeds = range(seed, seed + DRY_RUNS_COUNT + 1)
    here, *others = (dry_run(scenario, planned, settings, each) for each in seeds)
    return [_foreseen(rule, here, others) for rule in scenario.faults]


def _forecast_setting(plan: RunPlan, setting: Setting) -> SettingForecast:
    scenario, seed = plan.scenario, plan.seed_of(setting)
    engine = EngineSettings.from_environment(**plan.engine_settings(setting))
    planned = schedule(plan.decks(setting), engine, scenario.server, plan.time_scale)
    faults = foresee(scenario, planned, engine, seed)
    return SettingForecast(setting, len(planned.calls), planned.elapsed_seconds, faults)


def _telling(scenario: Scenario, settings: Iterable[Setting]) -> list[Setting]:
    """Return the settings that differ in what is foreseen: concurrency only changes when calls are made."""
    by_strategy: dict[str, list[Setting]] = {}
    for setting in sorted(settings, key=lambda each: each.concurrency):
        if setting.repeat == 1:
            by_strategy.setdefault(setting.strategy, []).append(setting)
    both = _asks_for_the_time(scenario)
    return [
        setting
        for group in by_strategy.values()
        for setting in (dict.fromkeys((group[0], group[-1])) if both else group[:1])
    ]


def _asks_for_the_time(scenario: Scenario) -> bool:
    return any(rule.when.phase is not None or rule.when.offset is not None for rule in scenario.faults)


def _foreseen(rule: FaultRule, here: Counts, others: Sequence[Counts]) -> Foreseen:
    fired = [counts.fired[rule.id] for counts in others]
    at_least = rule.expect_fired.at_least if rule.expect_fired else 0
    return Foreseen(
        rule_id=rule.id,
        matched=fmean(counts.matched[rule.id] for counts in others),
        fired=fmean(fired),
        spread=2 * pstdev(fired),
        fired_here=here.fired[rule.id],
        at_least=at_least,
        enough_share=fmean(count >= at_least for count in fired),
    )
