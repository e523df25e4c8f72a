"""`deckstorm gate`: stored results, judged again."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.commands.invalid_input import told_plainly
from loadtests.outcomes import SweepOutcome, judge_again
from loadtests.report.results import load_results, results_document
from loadtests.report.table import console, sweep_report


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--scenario", help="Judge by this scenario's gates.  [default: the gates stored with the results]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the judged results.json and nothing else.")
def gate(*, results: Path, scenario: str | None, as_json: bool) -> None:
    """Judge RESULTS (a results.json, or the folder of a sweep) again, without running anything.

    Exit codes are those of the sweep.
    """
    with told_plainly():
        stored = load_results(results)
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
