"""Every setting of a grid, one after the other, each in a world of its own."""

import asyncio
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Protocol

from engine.clock import Clock
from fakeslides.scenario.gates import Gate
from loadtests.gates import BASELINE, SPEEDUP
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome, SweepOutcome, baseline_of, conclude
from loadtests.run import RunResult
from loadtests.run_plan import RunPlan
from loadtests.runners import Run, runner
from loadtests.world import WorldError


class Observer(Protocol):
    """Is told how a sweep goes on."""

    def setting_started(self, setting: Setting) -> None:
        """A world is being started for `setting`."""

    def operations_settled(self, count: int) -> None:
        """`count` operations of the current setting have their fate."""

    def setting_finished(self, outcome: SettingOutcome, result: RunResult | None) -> None:
        """A setting was measured and judged, or its world did not hold (`result` is None)."""


def grid(
    strategies: Iterable[str], concurrencies: Sequence[int], repeats: int, gates: Iterable[Gate]
) -> list[Setting]:
    """Return the settings to run, in order, the baseline of each repeat first.

    Sequential writes know no concurrency, so they are run once per repeat; and also when nobody asked for
    them but a gate wants to know the speed-up over them.
    """
    wanted = list(dict.fromkeys(strategies))
    has_baseline = BASELINE in wanted or any(gate.metric == SPEEDUP for gate in gates)
    settings = []
    for repeat in range(1, repeats + 1):
        settings += [Setting(BASELINE, 1, repeat)] * has_baseline
        settings += [
            Setting(strategy, concurrency, repeat)
            for strategy in wanted
            if strategy != BASELINE
            for concurrency in dict.fromkeys(concurrencies)
        ]
    return settings


async def run_sweep(
    plan: RunPlan, settings: Iterable[Setting], observer: Observer, clock: Clock
) -> SweepOutcome:
    """Run every setting; one whose client or world breaks does not stop the others.

    A cancellation ends the sweep, not this call: what was measured until then is returned, as interrupted.
    """
    started_at = datetime.fromtimestamp(clock.wall(), UTC).isoformat(timespec="seconds")
    outcomes: list[SettingOutcome] = []
    was_interrupted = False
    try:
        async with runner(plan, clock) as run:
            for setting in settings:
                observer.setting_started(setting)
                outcome, result = await _run_one(plan, setting, outcomes, observer, run)
                outcomes.append(outcome)
                observer.setting_finished(outcome, result)
    except asyncio.CancelledError:
        was_interrupted = True
    return SweepOutcome(
        scenario=plan.name,
        promise=plan.scenario.promise,
        seed=plan.seed,
        clock=plan.clock,
        time_scale=plan.time_scale,
        started_at=started_at,
        versions={name: version(name) for name in ("deckstorm", "aiohttp")}
        | {"python": platform.python_version()},
        gates=plan.scenario.gates,
        settings=outcomes,
        was_interrupted=was_interrupted,
    )


async def _run_one(
    plan: RunPlan, setting: Setting, so_far: Sequence[SettingOutcome], observer: Observer, run: Run
) -> tuple[SettingOutcome, RunResult | None]:
    try:
        result = await run(plan, setting, observer.operations_settled)
    except WorldError as error:
        return SettingOutcome(setting, None, problem=str(error)), None
    is_baseline = setting.strategy == BASELINE
    baseline = result.measurement if is_baseline else baseline_of(so_far, setting.repeat)
    return conclude(setting, result.measurement, plan.scenario.gates, baseline), result
