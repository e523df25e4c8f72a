from pathlib import Path

import pytest
from click.testing import CliRunner

from loadtests.commands.scenarios import scenarios
from tests.support.source_tree import ROOT


def test_lists_every_shipped_scenario_with_its_promise() -> None:
    """The promise is what tells them apart."""
    result = CliRunner().invoke(scenarios, ["list"])

    assert result.exit_code == 0
    assert "production_incident" in result.output
    assert "every edit lands exactly once" in result.output


def test_says_that_a_good_file_is_good_and_what_it_will_come_to() -> None:
    """Silence would leave people wondering, and a sweep takes minutes."""
    result = CliRunner().invoke(scenarios, ["check", "calm", "outage"])

    assert (result.exit_code, result.output.count(": ok, ")) == (0, 2)
    assert "unavailable" in result.output
    assert "slide_success_share > 95%" in result.output


@pytest.mark.parametrize(
    ("weather", "says"),
    [
        (
            "faults: [{id: r, often: {count: 1}, fault: {kind: tcp.reset}, expect_fired: {at_least: 2}}]",
            "2: NEVER",
        ),
        ("gates: [{id: g, metric: slide_success_share, require: '> 95%', min_samples: 999}]", "NEITHER"),
    ],
)
def test_a_file_that_could_only_be_inconclusive_is_told_so_before_any_run(
    tmp_path: Path, weather: str, says: str
) -> None:
    """With the exit code that the sweep would have."""
    file = tmp_path / "vain.yaml"
    file.write_text(f"version: 1\npromise: x\n{weather}\n", "utf-8")

    result = CliRunner().invoke(scenarios, ["check", str(file)])

    assert result.exit_code == 3
    assert says in result.output


def test_foresees_the_settings_that_one_asks_for() -> None:
    """As for a sweep."""
    result = CliRunner().invoke(scenarios, ["check", "calm", "--strategy", "coalesced", "--concurrency", "2"])

    assert "coalesced@2" in result.output
    assert "per_slide" not in result.output


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
