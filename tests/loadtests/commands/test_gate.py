import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loadtests.commands.gate import gate
from loadtests.report.files import write_reports
from tests.support.runs import a_measurement, a_sweep, an_outcome
from tests.support.worlds import a_scenario_file

STRICT = """version: 1
promise: Everything at once.
gates: [{id: at-once, metric: lost_edits, require: ">= 1"}]
"""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Return the folder of a sweep that passed."""
    write_reports(tmp_path, a_sweep(an_outcome(a_measurement())), {})
    return tmp_path


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(gate, [str(argument) for argument in arguments])


def test_stored_results_are_judged_again_without_a_run(results: Path) -> None:
    """By the gates that are stored with them."""
    result = _run(results)

    assert result.exit_code == 0
    assert "verdict: pass" in result.output


def test_another_scenarios_gates_can_fail_what_passed(results: Path) -> None:
    """A stricter gate needs no new run, and its failure is the exit code."""
    (results / "strict.yaml").write_text(STRICT, "utf-8")

    result = _run(results / "results.json", "--scenario", results / "strict.yaml", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["settings"][0]["gates"][0]["verdict"] == "fail"


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--scenario", "nowhere"]])
def test_a_missing_file_is_told_plainly(results: Path, arguments: list[str]) -> None:
    """Whichever of the two is missing."""
    paths = [str(results) if each == "." else each for each in arguments]

    result = _run(*paths)

    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert "Traceback" not in result.stderr


def test_results_of_another_clock_are_refused(results: Path) -> None:
    """A release that is to be judged by real processes must not pass on a simulation."""
    refused, accepted = _run(results, "--clock", "virtual"), _run(results, "--clock", "real")

    assert refused.exit_code == 2
    assert "measured on the real clock" in refused.stderr
    assert accepted.exit_code == 0


def test_a_scenario_is_swept_in_virtual_time_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate on a change should not need two commands."""
    monkeypatch.chdir(tmp_path)
    file = a_scenario_file(tmp_path)

    result = _run(file, "--json")

    judged = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (judged["clock"], judged["verdict"]) == ("virtual", "pass")


def test_a_gate_that_has_to_sweep_first_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With real processes it was silent for minutes."""
    monkeypatch.chdir(tmp_path)

    result = _run(a_scenario_file(tmp_path))

    assert "[1/16] sequential@1" in result.stdout
    assert result.stdout.count("verdict: ") == 1
