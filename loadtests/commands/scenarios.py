"""`deckstorm scenarios`: which ones ship, and whether a file is one."""

import click

from fakeslides.scenario.loader import find_scenario, load_scenario, shipped_scenarios
from fakeslides.scenario.schema import schema_text
from loadtests.commands.invalid_input import told_plainly


@click.group()
def scenarios() -> None:
    """List the scenarios that ship, or check a file."""


@scenarios.command("list")
def list_() -> None:
    """List the scenarios that ship, each with its promise."""
    with told_plainly():
        for path in shipped_scenarios():
            click.echo(f"{path.stem:<22}{load_scenario(path).promise}")


@scenarios.command()
@click.argument("names", nargs=-1, required=True, metavar="SCENARIO...")
def check(names: tuple[str, ...]) -> None:
    """Check each SCENARIO, and say all that is wrong with it.

    Exit code 2 when anything is.
    """
    for name in names:
        with told_plainly():
            path = find_scenario(name)
            scenario = load_scenario(path)
        click.echo(f"{path}: ok, {len(scenario.faults)} faults, {len(scenario.gates)} gates")


@scenarios.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, by which editors complete and check them."""
    click.echo(schema_text(), nl=False)
