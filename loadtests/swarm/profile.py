"""What one seed of a swarm comes to: some faults off, the rest reweighted, callers who change their minds.

Swarm testing (A. Groce and others, ISSTA 2012): runs that each lack some features find more than runs that
have all of them, since one feature can keep another from ever showing its worst.  A thinking room.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import FaultRule, Phase, Ramp
from fakeslides.scenario.writer import scenario_data
from loadtests.measurements import WRITE, Setting
from loadtests.swarm.vocabulary import FaultData, every_fault, name_of, strikes_connections
from loadtests.swarm.whims import Whims, drawn_whims

STORM, CALM = "storm", "calm"
_MOST_STRUCK_SHARE = 0.9
_MOST_STRUCK_BY_OWN_SHARE = 0.6
_HOUR_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One seed's world: everything that its run depends on.

    Attributes:
        seed: of weather, decks, jitter and how long bytes travel.
        scenario: the weather: a storm, then calm.
        setting: strategy and concurrency.
        engine: fields of `EngineSettings` that differ from their defaults.
        whims: of the callers.
    """

    seed: int
    scenario: Scenario
    setting: Setting
    engine: Mapping[str, Any] = field(default_factory=dict)
    whims: Whims = field(default_factory=Whims)

    @property
    def storm_seconds(self) -> float:
        """How long faults may strike, from the first call of the API."""
        return sum(phase.for_seconds for phase in self.scenario.phases if phase.name == STORM)


def swarm_profile(scenario: Scenario, seed: int) -> Profile:
    """Return the profile of one seed.

    Args:
        scenario: gives the server, its own faults among all others, and the largest workload.
        seed: decides everything else.
    """
    dice = Random(f"swarm {seed}")  # noqa: S311 - the same seed must bring the same weather
    storm_seconds = round(15 * 16 ** dice.random(), 1)
    workload = _workload(scenario, dice)
    weather = scenario.model_copy(
        update={
            "seed": seed,
            "phases": (
                Phase.model_validate({"name": STORM, "for": f"{storm_seconds}s"}),
                Phase.model_validate({"name": CALM, "for": f"{_HOUR_SECONDS}s"}),
            ),
            "faults": tuple(_rules(scenario, dice)),
            "workload": workload,
        }
    )
    return Profile(
        seed=seed,
        scenario=weather,
        setting=Setting(dice.choice(scenario.settings.strategy), dice.choice(scenario.settings.concurrency)),
        engine=_engine(scenario, dice, seed),
        whims=drawn_whims(workload.presentations, storm_seconds, seed, dice),
    )


def _workload(scenario: Scenario, dice: Random) -> Any:  # noqa: ANN401 - the model of a section
    most = scenario.workload
    drawn = {
        name: dice.randint(1, getattr(most, name)) for name in ("presentations", "slides", "replacements")
    }
    return most.model_copy(update={**drawn, "deck": dice.choice((most.deck, "problematic"))})


def _rules(scenario: Scenario, dice: Random) -> Sequence[FaultRule]:
    """Return the rules of a seed: of the scenario's own and of the whole vocabulary, those that are on."""
    stays_on_share = dice.choice((0.04, 0.12, 0.35))
    own = _fitting([_own_rule(rule, dice) for rule in scenario.faults if dice.random() < 0.5])
    others = [fault for fault in every_fault(dice) if dice.random() < stays_on_share]
    weights = [dice.random() ** 2 + 0.02 for _ in others]
    struck_share = dice.uniform(0.05, _MOST_STRUCK_SHARE - sum(_share(rule) for rule in own))
    scale = struck_share / sum(weights) if weights else 0.0
    pairs = zip(others, weights, strict=True)
    return [*own, *(_rule(fault, min(0.5, weight * scale), dice) for fault, weight in pairs)]


def _rule(fault: FaultData, share: float, dice: Random) -> FaultRule:
    data: dict[str, Any] = {
        "id": name_of(fault),
        "when": {"phase": STORM},
        "often": {"rate": f"{100 * share:.3f}%"},
        "fault": fault,
    }
    if not strikes_connections(fault):
        data["draw"] = dice.choice(("attempt", "attempt", "attempt", "operation", "connection"))
        method = dice.choice((None, WRITE, "presentations.get", "token"))
        data["where"] = {} if method is None else {"method": method}
    return FaultRule.model_validate(data)


def _own_rule(rule: FaultRule, dice: Random) -> FaultRule:
    """Return a rule of the scenario, moved into the storm and reweighted; it need not strike any more."""
    data = scenario_data(Scenario(version=1, promise="one rule", faults=(rule,)))["faults"][0]
    data.pop("expect_fired", None)
    when = {key: value for key, value in data.get("when", {}).items() if key in {"attempt", "nth"}}
    data["when"] = {**when, "phase": STORM}
    if isinstance(rule.often.rate, float):
        data["often"] = {"rate": f"{100 * min(0.3, rule.often.rate * dice.uniform(0.2, 1.5)):.3f}%"}
    return FaultRule.model_validate(data)


def _fitting(rules: Sequence[FaultRule]) -> Sequence[FaultRule]:
    """Return rules with smaller shares, if theirs leave no room for other faults."""
    total = sum(_share(rule) for rule in rules)
    if total <= _MOST_STRUCK_BY_OWN_SHARE:
        return rules
    return [_rarer(rule, _MOST_STRUCK_BY_OWN_SHARE / total) for rule in rules]


def _rarer(rule: FaultRule, part: float) -> FaultRule:
    """Return a rule that strikes a part of what it would; one without a share stays as it is."""
    rate = rule.often.rate
    if rate is None:
        return rule
    fewer = part * rate if isinstance(rate, float) else _lower(rate, part)
    return rule.model_copy(update={"often": rule.often.model_copy(update={"rate": fewer})})


def _lower(ramp: Ramp, part: float) -> Ramp:
    ends = {"from_share": part * ramp.from_share, "to_share": part * ramp.to_share}
    return ramp.model_copy(update=ends)


def _share(rule: FaultRule) -> float:
    """Return the largest share of calls that a rule's rate comes to."""
    rate = rule.often.rate
    return max(rate.from_share, rate.to_share) if isinstance(rate, Ramp) else rate or 0.0


def _engine(scenario: Scenario, dice: Random, seed: int) -> dict[str, Any]:
    """Return settings of the engine, each left at its default more often than not."""
    limit = scenario.server.connections
    most_connections = limit.at_most if limit else 8
    choices: Mapping[str, Sequence[Any]] = {
        "slides_api_batch_size": (1, 2, 10),
        "batch_retry_attempts": (0, 1, 2, 8),
        "batch_retry_delay": (0.1, 2.0, 5.0),
        "circuit_breaker_threshold": (1, 2, 10),
        "circuit_breaker_timeout": (1.0, 30.0, 60.0),
        "http_connection_pool_size": range(1, most_connections + 1),
        "http_connection_timeout": (3.0, 10.0, 60.0),
        "writes_per_minute": (30, 90, 200),
        "quota_use_share": (0.5, 1.0),
    }
    drawn = {name: dice.choice(values) for name, values in choices.items()}
    kept = {name: value for name, value in drawn.items() if dice.random() < 0.25}
    return {**kept, **_project_quota(seed), **_grace(seed), **_room(seed)}


def _project_quota(seed: int) -> dict[str, Any]:
    """Return a project's quota below that of a user, in some seeds; from dice of its own."""
    dice = Random(f"project of swarm {seed}")  # noqa: S311 - the same seed must bring the same weather
    return {"project_writes_per_minute": dice.choice((20, 40))} if dice.random() < 0.12 else {}


def _grace(seed: int) -> dict[str, Any]:
    """Return a grace that ends before most answers come, in some seeds; from dice of its own."""
    dice = Random(f"grace of swarm {seed}")  # noqa: S311 - the same seed must bring the same weather
    return {"cancellation_grace": dice.choice((0.0, 0.2))} if dice.random() < 0.4 else {}


def _room(seed: int) -> dict[str, Any]:
    """Return room for fewer calls than there are, in some seeds; from dice of its own."""
    dice = Random(f"waiting room of swarm {seed}")  # noqa: S311 - the same seed must bring the same weather
    return {"max_calls_under_way": dice.choice((1, 2, 3))} if dice.random() < 0.12 else {}
