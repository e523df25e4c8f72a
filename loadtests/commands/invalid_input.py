"""What a person gets for bad input: one clear message, exit code 2, no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from engine.settings import SettingsError
from fakeslides.decks import DeckError
from fakeslides.scenario.loader import ScenarioError
from loadtests.gates import INVALID_INPUT
from loadtests.report.results import ResultsError
from loadtests.swarm.failing_seeds import FailingSeedsError


class InvalidInput(click.ClickException):
    """Something the caller gave cannot be used."""

    exit_code = INVALID_INPUT

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it is: each of its lines names its own place."""
        click.echo(self.format_message(), file=file, err=file is None)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what is wrong with a file, a name or a variable into the message for the caller.

    Raises:
        InvalidInput: a scenario, deck, results file or environment variable cannot be used.
    """
    try:
        yield
    except (ScenarioError, DeckError, ResultsError, SettingsError, FailingSeedsError) as error:
        raise InvalidInput(str(error)) from None
