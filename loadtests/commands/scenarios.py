"""`deckstorm scenarios`: which ones ship, what a file will come to, and what a file may say."""

import sys
from typing import Any

import click

from fakeslides.scenario.loader import load_scenario, shipped_scenarios
from fakeslides.scenario.schema import schema_text
from loadtests.commands.invalid_input import told_plainly
from loadtests.commands.options import what_to_sweep
from loadtests.commands.sweeping import Choices, plan_of, settings_of
from loadtests.forecast import forecast
from loadtests.gates import EXIT_CODES, Verdict
from loadtests.report.foreseen import forecast_lines


@click.group()
def scenarios() -> None:
    """List the scenarios that ship, check a file, or print the schema."""


@scenarios.command("list")
def list_() -> None:
    """List the scenarios that ship, each with its promise."""
    with told_plainly():
        for path in shipped_scenarios():
            click.echo(f"{path.stem:<22}{load_scenario(path).promise}")


@scenarios.command()
@click.argument("names", nargs=-1, required=True, metavar="SCENARIO...")
@what_to_sweep
def check(names: tuple[str, ...], **choices: Any) -> None:  # noqa: ANN401 - checked by click, option by option
    """Check each SCENARIO before any run: its text, its faults and its gates.

    Says all that is wrong with a file; of a good one, how often each fault will strike and whether each gate
    can pass and fail at this size.

    Exit codes: 0 all is well, 2 a file is wrong, 3 some gate cannot be decided, or some fault can never
    strike as often as it has to.
    """
    chosen = Choices(**choices)
    with told_plainly():
        plans = [plan_of(name, chosen) for name in names]
    forecasts = [forecast(plan, settings_of(plan, chosen)) for plan in plans]
    for plan, foreseen in zip(plans, forecasts, strict=True):
        scenario = plan.scenario
        click.echo(f"{plan.scenario_file}: ok, {len(scenario.faults)} faults, {len(scenario.gates)} gates")
        for line in forecast_lines(foreseen, scenario.server):
            click.echo(line)
    if not all(foreseen.is_conclusive for foreseen in forecasts):
        sys.exit(EXIT_CODES[Verdict.INCONCLUSIVE])


@scenarios.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, by which editors complete and check them."""
    click.echo(schema_text(), nl=False)
