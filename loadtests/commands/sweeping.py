"""Sweeps as commands run them: from what the caller chose to files, a table and an exit code."""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from engine.clock import MonotonicClock
from engine.settings import EngineSettings
from fakeslides.scenario.loader import find_scenario, load_scenario
from fakeslides.scenario.model import Scenario
from loadtests.commands.invalid_input import InvalidInput
from loadtests.commands.results_folder import folders_of
from loadtests.gates import EXIT_CODES, INTERRUPTED, worst
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome, SweepOutcome
from loadtests.report.files import append_attempts, start_afresh, write_reports, write_struck
from loadtests.report.progress import LiveProgress
from loadtests.report.results import results_document
from loadtests.report.table import console, sweep_report
from loadtests.run import RunResult
from loadtests.run_plan import ClockName, RunPlan
from loadtests.sweep import grid, run_sweep
from loadtests.world import CLIENT_COMMAND

DEFAULT_SCENARIO = "production_incident"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller chose for a sweep; empty or None leaves it to the scenario."""

    strategies: Sequence[str] = ()
    concurrencies: Sequence[int] | None = None
    seed: int | None = None
    repeats: int = 1
    time_scale: float | None = None
    deck_files: Sequence[Path] = ()
    client_command: Sequence[str] = CLIENT_COMMAND
    clock: ClockName = "real"


@dataclass(frozen=True, slots=True)
class Output:
    """Where results go, and what is shown of them.

    Attributes:
        out: the folder; None for the usual one.
        as_json: print results.json and nothing else.
        quiet: print the verdict and nothing else.
        is_step: print no results, as the command goes on from them; progress is shown unless it is quiet.
    """

    out: Path | None = None
    as_json: bool = False
    quiet: bool = False
    is_step: bool = False


def sweep_all(names: Sequence[str], choices: Choices, output: Output) -> int:
    """Sweep each named scenario, write and show its results, and return the exit code.

    Raises:
        ScenarioError, DeckError, SettingsError, InvalidInput: as for `sweep_each`.
    """
    sweeps = sweep_each(names, choices, output)
    if sweeps[-1].was_interrupted:
        return INTERRUPTED
    return EXIT_CODES[worst(sweep.verdict for sweep in sweeps)]


def sweep_first(name: str, choices: Choices, *, quiet: bool, is_step: bool) -> SweepOutcome:
    """Sweep a scenario for a command that goes on from its results; an interruption ends the command.

    Raises:
        ScenarioError, DeckError, SettingsError, InvalidInput: as for `sweep_each`.
    """
    (sweep,) = sweep_each([name], choices, Output(quiet=quiet, is_step=is_step))
    if sweep.was_interrupted:
        sys.exit(INTERRUPTED)
    return sweep


def sweep_each(names: Sequence[str], choices: Choices, output: Output) -> list[SweepOutcome]:
    """Sweep each named scenario, write and show its results; an interruption ends it with what there is.

    All scenarios are read, and all folders made, before the first is run: a typing error should not cost an
    hour.

    Raises:
        ScenarioError, DeckError, SettingsError, InvalidInput: something the caller gave cannot be used.
    """
    plans = [plan_of(name, choices) for name in names]
    sweeps = []
    for plan, folder in zip(plans, folders_of(plans, output.out), strict=True):
        sweeps.append(sweep_one(plan, choices, folder, output))
        if sweeps[-1].was_interrupted:
            break
    return sweeps


def plan_of(name: str, choices: Choices) -> RunPlan:
    """Return what a scenario and the caller's choices come to.

    Raises:
        ScenarioError, DeckError, SettingsError, InvalidInput: as for `sweep_each`.
    """
    file = find_scenario(name)
    scenario = load_scenario(file)
    plan = RunPlan(
        name=file.stem,
        scenario=scenario,
        scenario_file=file,
        seed=scenario.seed if choices.seed is None else choices.seed,
        time_scale=_time_scale(choices, scenario),
        deck_files=choices.deck_files,
        client_command=choices.client_command,
        clock=choices.clock,
    )
    EngineSettings.from_environment()  # a mistyped variable is refused even where the sweep sets its own
    for setting in settings_of(plan, choices):
        EngineSettings.from_environment(**plan.engine_settings(setting))
    plan.decks(Setting("", 1))
    return plan


def _time_scale(choices: Choices, scenario: Scenario) -> float:
    if choices.clock == "real":
        return choices.time_scale or scenario.time_scale
    if choices.time_scale is not None:
        raise InvalidInput("--time-scale: virtual time needs none, as it takes no time; leave it out")
    return 1.0


def settings_of(plan: RunPlan, choices: Choices) -> list[Setting]:
    """Return the settings to run, in order."""
    chosen = plan.scenario.settings
    return grid(
        choices.strategies or chosen.strategy,
        choices.concurrencies or chosen.concurrency,
        choices.repeats,
        plan.scenario.gates,
    )


def sweep_one(plan: RunPlan, choices: Choices, folder: Path, output: Output) -> SweepOutcome:
    """Sweep one scenario, write its files and show its table."""
    settings = settings_of(plan, choices)
    start_afresh(folder)
    screen = console(quiet=output.quiet or output.as_json)
    with LiveProgress(screen, len(settings), plan.edits_count()) as progress:
        sweep = asyncio.run(_sweep(plan, settings, _Recorder(plan, folder, progress)))
    write_reports(folder, sweep)
    if not output.is_step:
        _show(sweep, folder, output, screen)
    return sweep


def _show(sweep: SweepOutcome, folder: Path, output: Output, screen: Console) -> None:
    screen.print(sweep_report(sweep, screen.width))
    screen.print(f"files: {folder}/", style="dim", soft_wrap=True)
    if output.as_json:
        click.echo(json.dumps(results_document(sweep), ensure_ascii=False))
    elif output.quiet:
        click.echo(f"{sweep.scenario}: {'interrupted' if sweep.was_interrupted else sweep.verdict.value}")


class _Recorder:
    """Hands on what a sweep tells, and writes down the tries and faults of each setting as it ends."""

    def __init__(self, plan: RunPlan, folder: Path, progress: LiveProgress) -> None:
        self._plan = plan
        self._folder = folder
        self._progress = progress

    def setting_started(self, setting: Setting) -> None:
        self._progress.setting_started(setting)

    def operations_settled(self, count: int) -> None:
        self._progress.operations_settled(count)

    def setting_finished(self, outcome: SettingOutcome, result: RunResult | None) -> None:
        if result is not None:
            append_attempts(self._folder, result)
            write_struck(self._folder, self._plan, result)
        self._progress.setting_finished(outcome, result)


async def _sweep(plan: RunPlan, settings: Sequence[Setting], observer: _Recorder) -> SweepOutcome:
    """Run the sweep; SIGTERM ends it as Ctrl-C does, which `asyncio.run` turns into a cancellation."""
    task = asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run_sweep(plan, settings, observer, MonotonicClock())
