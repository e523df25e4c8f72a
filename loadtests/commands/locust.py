"""`deckstorm locust`: a sweep whose client is Locust."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from loadtests.commands.invalid_input import told_plainly
from loadtests.commands.options import what_to_show, what_to_sweep
from loadtests.commands.results_folder import RESULTS_FOLDER
from loadtests.commands.sweeping import DEFAULT_SCENARIO, Choices, Output, sweep_all
from loadtests.locustfiles.headless import headless_command


@click.command()
@click.argument("scenario", default=DEFAULT_SCENARIO)
@what_to_sweep
@what_to_show("deckstorm-results/locust/SCENARIO")
@click.option(
    "--tenants",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How many other users of the project call the API too: they take quota and connections.",
)
def locust(
    *,
    scenario: str,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    tenants: int,
    **choices: Any,  # noqa: ANN401 - checked by click, option by option
) -> None:
    """Run Locust's users headless over the settings of SCENARIO, as many as each setting's concurrency.

    Measured, audited, judged and written as by `deckstorm sweep`, with the same exit codes; Locust's own
    failures make a run unsound (4).
    """
    _demand_locust()
    client = headless_command("replace_text", f"--tenants={tenants}")
    with told_plainly():
        code = sweep_all(
            (scenario,),
            Choices(**choices, client_command=client),
            Output(out or RESULTS_FOLDER / "locust" / Path(scenario).stem, as_json=as_json, quiet=quiet),
        )
    sys.exit(code)


def _demand_locust() -> None:
    """Say so at once if Locust is missing: the process that needs it is only started later.

    Raises:
        click.UsageError: it is not installed.
    """
    if find_spec("locust") is None:
        raise click.UsageError(
            "deckstorm locust needs locust, which is not installed; "
            "install it with: pip install 'deckstorm[locust]'"
        )
