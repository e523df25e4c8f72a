"""What a sweep came to: its settings, each with its measurement and its judgements.  A thinking room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fakeslides.scenario.gates import Gate
from loadtests.gates import (
    BASELINE,
    EXIT_CODES,
    INTERRUPTED,
    SPEEDUP,
    Judgement,
    Verdict,
    judge_setting,
    worst,
)
from loadtests.measurements import Setting
from loadtests.metrics import Measurement


@dataclass(frozen=True, slots=True)
class SettingOutcome:
    """One setting of a sweep.  `problem` says why there is no measurement, when there is none."""

    setting: Setting
    measurement: Measurement | None
    judgements: Sequence[Judgement] = ()
    problem: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The gravest of its judgements; unsound when the world did not hold."""
        if self.measurement is None:
            return Verdict.UNSOUND
        return worst(judgement.verdict for judgement in self.judgements)


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """A whole sweep, finished or interrupted."""

    scenario: str
    promise: str
    seed: int
    time_scale: float
    started_at: str
    versions: Mapping[str, str]
    gates: Sequence[Gate]
    settings: Sequence[SettingOutcome]
    was_interrupted: bool = False
    clock: str = "real"

    @property
    def verdict(self) -> Verdict:
        """The gravest of its settings'; a sweep without settings is inconclusive."""
        return worst(setting.verdict for setting in self.settings)

    @property
    def exit_code(self) -> int:
        """What the process says to its caller."""
        return INTERRUPTED if self.was_interrupted else EXIT_CODES[self.verdict]


def conclude(
    setting: Setting, measurement: Measurement, gates: Sequence[Gate], baseline: Measurement | None
) -> SettingOutcome:
    """Judge a measured setting, with its speed-up over the baseline of the same repeat if there is one."""
    compared = with_speedup(measurement, baseline)
    return SettingOutcome(setting, compared, tuple(judge_setting(gates, compared)))


def with_speedup(measurement: Measurement, baseline: Measurement | None) -> Measurement:
    """Return `measurement` with `speedup_over_sequential` filled in; None where either took no time.

    A baseline that did not settle all its operations says nothing about how long they take.
    """
    own = measurement.metrics["elapsed_seconds"]
    theirs = baseline.metrics["elapsed_seconds"] if baseline else None
    is_whole = baseline is not None and baseline.metrics["operation_completion_share"] == 1
    speedup = theirs / own if is_whole and own and theirs else None
    return replace(measurement, metrics={**measurement.metrics, SPEEDUP: speedup})


def baseline_of(outcomes: Iterable[SettingOutcome], repeat: int) -> Measurement | None:
    """Return the sequential measurement of a repeat, if it was made."""
    for outcome in outcomes:
        if outcome.setting.strategy == BASELINE and outcome.setting.repeat == repeat:
            return outcome.measurement
    return None


def judge_again(outcome: SettingOutcome, gates: Sequence[Gate]) -> SettingOutcome:
    """Judge a stored setting by other gates."""
    if outcome.measurement is None:
        return outcome
    return replace(outcome, judgements=tuple(judge_setting(gates, outcome.measurement)))
