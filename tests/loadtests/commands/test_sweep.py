import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loadtests.commands.sweep import sweep
from tests.support.worlds import a_scenario_file

NEVER = """faults:
  - {id: never, where: {method: presentations.create}, often: {rate: 100%},
     fault: {kind: tcp.reset, point: before_commit}, expect_fired: {at_least: 1}}"""


def _run(folder: Path, *arguments: str, **environment: str) -> Result:
    usual = ["--strategy", "coalesced", "--concurrency", "3", "--out", str(folder / "out")]
    return CliRunner().invoke(sweep, [*arguments, *usual], env=environment)


def test_a_sweep_ends_with_table_files_and_verdict(tmp_path: Path) -> None:
    """The main job, at its smallest."""
    result = _run(tmp_path, str(a_scenario_file(tmp_path)))

    assert result.exit_code == 0, result.output
    assert "verdict: pass" in result.stdout
    assert json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["scenario"] == "small"
    assert len((tmp_path / "out" / "attempts.ndjson").read_text("utf-8").splitlines()) == 4


def test_json_is_all_that_is_printed_when_asked_for(tmp_path: Path) -> None:
    """So that it can be piped."""
    result = _run(tmp_path, str(a_scenario_file(tmp_path)), "--json")

    assert json.loads(result.stdout)["verdict"] == "pass"


def test_a_weather_that_did_not_happen_is_inconclusive(tmp_path: Path) -> None:
    """Exit code 3, never a pass."""
    result = _run(tmp_path, str(a_scenario_file(tmp_path, NEVER)), "--quiet")

    assert (result.exit_code, result.stdout) == (3, "small: inconclusive\n")


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["nowhere"], {}, "nowhere"),
        (["calm", "--deck", "nowhere.json"], {}, "nowhere.json"),
        (["calm"], {"SCALAPAY_BATCH_RETRY_ATTEMPTS": "often"}, "SCALAPAY_BATCH_RETRY_ATTEMPTS"),
    ],
)
def test_bad_input_is_told_plainly_before_anything_runs(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    """One message that names the place, exit code 2, no traceback, no results."""
    result = _run(tmp_path, *arguments, **environment)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
