from pathlib import Path

from click.testing import CliRunner

from loadtests.commands.scenarios import scenarios
from tests.support.source_tree import ROOT


def test_lists_every_shipped_scenario_with_its_promise() -> None:
    """The promise is what tells them apart."""
    result = CliRunner().invoke(scenarios, ["list"])

    assert result.exit_code == 0
    assert "production_incident" in result.output
    assert "every edit lands exactly once" in result.output


def test_says_that_a_good_file_is_good() -> None:
    """Silence would leave people wondering."""
    result = CliRunner().invoke(scenarios, ["check", "calm", "production_incident"])

    assert (result.exit_code, result.output.count(": ok, ")) == (0, 2)


def test_says_all_that_is_wrong_with_a_bad_file(tmp_path: Path) -> None:
    """By file and line, and with exit code 2."""
    file = tmp_path / "bad.yaml"
    file.write_text("version: 1\npromise: x\nsede: 3\ntime_scale: 20\n", "utf-8")

    result = CliRunner().invoke(scenarios, ["check", str(file)])

    assert result.exit_code == 2
    assert f"{file}:3: sede" in result.stderr
    assert f"{file}:4: time_scale" in result.stderr


def test_prints_the_schema_that_is_committed() -> None:
    """Whoever keeps scenarios elsewhere needs it beside them."""
    result = CliRunner().invoke(scenarios, ["schema"])

    assert result.exit_code == 0
    assert result.output == (ROOT / "scenarios" / "scenario.schema.json").read_text("utf-8")
