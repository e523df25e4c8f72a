import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from loadtests.__main__ import PARTS, LazyGroup, main


def _without(*packages: str) -> str:
    """Return a program that runs deckstorm on a machine where some packages are not installed."""
    return (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({packages!r}))\n"
        "from loadtests.__main__ import main\n"
        "main(prog_name='deckstorm')"
    )


def _run(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )


def test_help_lists_every_command_without_loading_any() -> None:
    """Help must work, and quickly, whatever is installed."""
    program = _without("rich", "trustme", "cryptography", "locust", "gevent", "aiohttp")

    shown = _run(program, "--help")

    assert shown.returncode == 0, shown.stderr
    assert all(name in shown.stdout for name in PARTS)


def test_apply_works_with_the_base_install() -> None:
    """Production installs the engine alone."""
    shown = _run(_without("rich", "trustme", "cryptography", "locust", "gevent"), "apply", "--help")

    assert shown.returncode == 0, shown.stderr
    assert "PRESENTATION" in shown.stdout


@pytest.mark.parametrize("name", ["sweep", "plan", "gate", "locust"])
def test_a_command_whose_extra_is_missing_says_what_to_install(name: str) -> None:
    """A traceback would send people hunting for a package by its import name."""
    shown = _run(_without("rich", "trustme"), name, "--help")

    assert shown.returncode == 2
    assert f"pip install 'deckstorm[{PARTS[name].extra}]'" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_mistake_of_ours_is_not_blamed_on_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installing an extra would not help then."""
    part = PARTS["gate"]
    broken = type(part)("loadtests.commands.nowhere", "gate", "testbed", "")
    monkeypatch.setattr("loadtests.__main__.PARTS", {"gate": broken})

    result = CliRunner().invoke(main, ["gate"])

    assert isinstance(result.exception, ModuleNotFoundError)


@pytest.mark.parametrize("name", [name for name in PARTS if name != "locust"])
def test_every_command_is_where_the_table_says(name: str) -> None:
    """A wrong entry would show only when somebody calls for it."""
    assert isinstance(main, LazyGroup)

    command = main.get_command(click.Context(main), name)

    assert command is not None
    assert command.name == name


def test_ctrl_c_exits_with_130_whenever_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script around deckstorm tells an interrupted run from a failed gate by the exit code alone."""

    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: click.Command("sweep", callback=interrupted))

    result = CliRunner().invoke(main, ["sweep"])

    assert result.exit_code == 130


def test_an_unknown_command_is_refused() -> None:
    """With exit code 2, like all bad input."""
    assert CliRunner().invoke(main, ["swep"]).exit_code == 2
