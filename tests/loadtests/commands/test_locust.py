"""`deckstorm locust`: a sweep whose client is Locust."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from loadtests.commands import locust as module
from loadtests.commands.sweeping import Choices, Output


class Sweeps:
    """Stands in for the sweep, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.choices = Choices()
        self.output = Output()

    def sweep_all(self, names: tuple[str, ...], choices: Choices, output: Output) -> int:
        """Take the place of the real one; a gate failed."""
        self.names, self.choices, self.output = names, choices, output
        return 1


@pytest.fixture
def sweeps(monkeypatch: pytest.MonkeyPatch) -> Sweeps:
    """Put the stand-in in the sweep's place."""
    stand_in = Sweeps()
    monkeypatch.setattr(module, "sweep_all", stand_in.sweep_all)
    return stand_in


def test_sweeps_the_incident_with_locust_as_the_client(sweeps: Sweeps) -> None:
    """`make locust` gives no arguments."""
    CliRunner().invoke(module.locust, [])

    assert sweeps.names == ("production_incident",)
    assert "loadtests.locustfiles.headless" in sweeps.choices.client_command


def test_passes_the_choices_on(sweeps: Sweeps) -> None:
    """The options mean what they mean for a sweep."""
    options = ["calm", "--strategy", "coalesced", "--concurrency", "2,3", "--seed", "7", "--tenants", "4"]

    CliRunner().invoke(module.locust, options)

    assert sweeps.names == ("calm",)
    assert (tuple(sweeps.choices.strategies), sweeps.choices.concurrencies) == (("coalesced",), (2, 3))
    assert sweeps.choices.seed == 7
    assert sweeps.choices.client_command[-1] == "--tenants=4"


def test_ends_with_the_sweeps_exit_code(sweeps: Sweeps) -> None:
    """A gate that fails must fail the build."""
    assert CliRunner().invoke(module.locust, []).exit_code == 1


def test_leaves_the_sweeps_own_results_alone(sweeps: Sweeps) -> None:
    """Both may be run after one another, and compared."""
    CliRunner().invoke(module.locust, ["calm"])

    assert sweeps.output.out == Path("deckstorm-results/locust/calm")


def test_says_which_extra_to_install_when_locust_is_missing(
    sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a world would be started only to find that its client cannot."""
    monkeypatch.setattr(module, "find_spec", lambda _: None)

    result = CliRunner().invoke(module.locust, [])

    assert result.exit_code == 2
    assert "pip install 'deckstorm[locust]'" in result.output


@pytest.mark.parametrize("options", [["--tenants", "-1"], ["--concurrency", "0"], ["no-such-scenario"]])
def test_refuses_what_makes_no_sense(options: list[str]) -> None:
    """Before anything is started."""
    result = CliRunner().invoke(module.locust, options)

    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_help_names_the_folder_that_results_really_go_to() -> None:
    """It named the one of an ordinary sweep, and said otherwise three lines above."""
    shown = " ".join(CliRunner().invoke(module.locust, ["--help"], terminal_width=200).output.split())

    assert "Folder for the results. [default: deckstorm-results/locust/SCENARIO]" in shown
