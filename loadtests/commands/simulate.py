"""`deckstorm simulate`: many seeds of a swarm in virtual time, with every promise watched."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.commands.invalid_input import told_plainly
from loadtests.commands.results_folder import RESULTS_FOLDER, demand_writable
from loadtests.commands.sweeping import DEFAULT_SCENARIO
from loadtests.gates import EXIT_CODES, INTERRUPTED, Verdict
from loadtests.report.hunting import HuntProgress, hunt_lines
from loadtests.report.table import console
from loadtests.swarm.failing_seeds import FILE_NAME, FailingSeeds
from loadtests.swarm.hunt import Order, first_unlike_event, hunt
from loadtests.swarm.tally import Tally

RESULT_NAME = "simulation.json"


@dataclass(frozen=True, slots=True)
class _Shown:
    out: Path
    as_json: bool
    quiet: bool


@click.command()
@click.argument("scenario", default=DEFAULT_SCENARIO)
@click.option(
    "--seeds", "seeds_count", type=click.IntRange(min=1), default=200, show_default=True, help="How many."
)
@click.option(
    "--first-seed", type=click.IntRange(min=0), default=0, show_default=True, help="Where to begin."
)
@click.option(
    "--workers",
    "workers_count",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    help="Processes at once.  [default: one for each core]",
)
@click.option(
    "--keep-going", "goes_on", is_flag=True, help="Try all seeds, and do not stop at the first that fails."
)
@click.option(
    "--check-determinism",
    "checks_determinism",
    is_flag=True,
    help="Run every seed twice, the second time in reverse order, and compare all that happened.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the results and the failing seeds.  [default: deckstorm-results/simulate/SCENARIO]",
)
@click.option("--json", "as_json", is_flag=True, help="Print simulation.json and nothing else.")
@click.option("--quiet", is_flag=True, help="Print the verdict and nothing else.")
def simulate(  # noqa: PLR0913 - one argument for each option of the command
    *,
    scenario: str,
    seeds_count: int,
    first_seed: int,
    workers_count: int,
    goes_on: bool,
    checks_determinism: bool,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Try seeds of SCENARIO in virtual time: for each, other faults are off and the rest are reweighted.

    In each world promises are watched at every step of a storm, in the calm after it, and when the engine is
    closed.  Stops at the first promise that breaks, and says how to replay it; seeds that failed are kept,
    and tried first the next time.

    Exit codes: 0 every promise held, 1 one broke, 2 invalid input, 3 no fault ever struck, 4 a worker died or
    two runs of a seed differed, 130 interrupted (what was tried is written).
    """
    with told_plainly():
        file = find_scenario(scenario)
        order = Order(
            load_scenario(file), first_seed, seeds_count, workers_count, goes_on, checks_determinism
        )
        folder = demand_writable(out or RESULTS_FOLDER / "simulate" / file.stem)
        failing = FailingSeeds(folder / FILE_NAME)
    sys.exit(asyncio.run(_hunt(scenario, order, failing, _Shown(folder, as_json, quiet))))


async def _hunt(name: str, order: Order, failing: FailingSeeds, shown: _Shown) -> int:
    """Hunt; SIGTERM ends it as Ctrl-C does, which `asyncio.run` turns into a cancellation."""
    task = asyncio.current_task()
    assert task is not None, "a coroutine under asyncio.run has a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    screen = console(quiet=shown.quiet or shown.as_json)
    tally, was_interrupted = Tally(), False
    with HuntProgress(screen, order.trials_count(failing)) as progress:
        try:
            tally = await hunt(order, failing, progress.tried)
        except asyncio.CancelledError:
            tally, was_interrupted = progress.tally, True
    code = INTERRUPTED if was_interrupted else EXIT_CODES[verdict_of(tally)]
    _write(name, order, tally, code, shown)
    for line in hunt_lines(name, tally, progress.seconds):
        screen.print(line)
    if tally.unlike:
        screen.print(await first_unlike_event(order.scenario, tally.unlike[0]))
    if shown.quiet and not shown.as_json:
        click.echo(f"{name}: {'interrupted' if was_interrupted else verdict_of(tally).value}")
    return code


def verdict_of(tally: Tally) -> Verdict:
    """Return what a tally comes to: a broken promise outweighs a broken harness, and calm proves nothing."""
    if tally.failed:
        return Verdict.FAIL
    if tally.deaths or tally.unlike:
        return Verdict.UNSOUND
    return Verdict.PASS if tally.strikes else Verdict.INCONCLUSIVE


def _write(name: str, order: Order, tally: Tally, code: int, shown: _Shown) -> None:
    document = {
        "schema_version": 1,
        "scenario": name,
        "first_seed": order.first_seed,
        "exit_code": code,
        **tally.as_dict(),
    }
    (shown.out / RESULT_NAME).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if shown.as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
