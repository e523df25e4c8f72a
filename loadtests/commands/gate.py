"""`deckstorm gate`: stored results, judged again; or a scenario, judged at once in virtual time."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.commands.invalid_input import InvalidInput, told_plainly
from loadtests.commands.sweeping import Choices, sweep_first
from loadtests.outcomes import SweepOutcome, judge_again
from loadtests.report.results import load_results, results_document
from loadtests.report.table import console, sweep_report
from loadtests.run_plan import ClockName


@click.command()
@click.argument("source", metavar="RESULTS|SCENARIO")
@click.option(
    "--scenario", help="Judge by this scenario's gates.  [default: the gates stored with the results]"
)
@click.option(
    "--clock",
    type=click.Choice(get_args(ClockName)),
    help="With RESULTS: demand that they were measured on this clock.  With a SCENARIO: sweep it on this one "
    "and judge it.  [default: virtual]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the judged results.json and nothing else.")
def gate(*, source: str, scenario: str | None, clock: ClockName | None, as_json: bool) -> None:
    """Judge RESULTS (a results.json, or the folder of a sweep) again, without running anything.

    A SCENARIO has no results yet: it is swept first, in virtual time unless told otherwise.

    Exit codes are those of the sweep.
    """
    with told_plainly():
        stored = _results(source, clock, as_json=as_json)
        gates = stored.gates if scenario is None else load_scenario(find_scenario(scenario)).gates
    judged = judge_sweep_again(replace(stored, gates=gates))
    if as_json:
        click.echo(json.dumps(results_document(judged), ensure_ascii=False))
    else:
        screen = console()
        screen.print(sweep_report(judged, screen.width))
    sys.exit(judged.exit_code)


def judge_sweep_again(sweep: SweepOutcome) -> SweepOutcome:
    """Judge every setting of a stored sweep by the sweep's gates."""
    return replace(sweep, settings=[judge_again(outcome, sweep.gates) for outcome in sweep.settings])


def _results(source: str, clock: ClockName | None, *, as_json: bool) -> SweepOutcome:
    if Path(source).is_dir() or source.endswith(".json"):
        stored = load_results(Path(source))
        if clock not in (None, stored.clock):
            raise InvalidInput(
                f"{source}: measured on the {stored.clock} clock, and --clock {clock} was asked for; "
                f"sweep it with: deckstorm sweep {stored.scenario} --clock {clock}"
            )
        return stored
    return sweep_first(source, Choices(clock=clock or "virtual"), quiet=as_json, is_step=True)
