"""`deckstorm sweep`: the main job."""

import sys
from pathlib import Path
from typing import Any

import click

from loadtests.commands.invalid_input import told_plainly
from loadtests.commands.options import what_to_show, what_to_sweep, which_clock
from loadtests.commands.sweeping import DEFAULT_SCENARIO, Choices, Output, sweep_all


@click.command()
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@what_to_sweep
@which_clock
@what_to_show("deckstorm-results/SCENARIO")
def sweep(
    *,
    scenarios: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    quiet: bool,
    **choices: Any,  # noqa: ANN401 - checked by click, option by option
) -> None:
    """Run each SCENARIO over its settings, show a table, and judge it by its gates.

    A scenario is a file, or the name of one that ships (see: deckstorm scenarios list).  Without one, the
    incident is run.

    Exit codes: 0 all gates pass, 1 a gate failed, 2 invalid input, 3 inconclusive, 4 the harness was unsound
    or the world did not start, 130 interrupted (what was measured is written).
    """
    with told_plainly():
        code = sweep_all(
            scenarios or (DEFAULT_SCENARIO,), Choices(**choices), Output(out, as_json=as_json, quiet=quiet)
        )
    sys.exit(code)
