import click
import pytest
from click.testing import CliRunner

from engine.settings import SettingsError
from fakeslides.decks import DeckError
from fakeslides.scenario.loader import ScenarioError
from loadtests.commands.invalid_input import told_plainly
from loadtests.report.results import ResultsError


@pytest.mark.parametrize("kind", [ScenarioError, DeckError, ResultsError, SettingsError])
def test_what_the_caller_gave_wrong_is_told_word_for_word(kind: type[Exception]) -> None:
    """Each line names its own place; a prefix would only be in the way."""

    @click.command()
    def command() -> None:
        with told_plainly():
            raise kind("a.yaml:1: seed: wrong; right\na.yaml:2: gates: wrong; right")

    result = CliRunner().invoke(command)

    assert result.exit_code == 2
    assert result.stderr == "a.yaml:1: seed: wrong; right\na.yaml:2: gates: wrong; right\n"


def test_a_mistake_of_ours_is_not_dressed_up_as_the_callers() -> None:
    """It needs its traceback."""
    with pytest.raises(ZeroDivisionError), told_plainly():
        _ = 1 / 0
