from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loadtests.commands.gate import gate
from loadtests.commands.invalid_input import InvalidInput
from loadtests.commands.replay import replay
from loadtests.commands.results_folder import demand_writable, folder_of, folders_of
from loadtests.commands.simulate import simulate
from loadtests.commands.sweep import sweep
from loadtests.commands.sweeping import Choices, plan_of
from loadtests.run_plan import RunPlan
from tests.support.worlds import a_scenario_file


def _plan(folder: Path) -> RunPlan:
    folder.mkdir(parents=True, exist_ok=True)
    return plan_of(str(a_scenario_file(folder)), Choices())


def _run(command: object, *arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])  # type: ignore[arg-type] # a command


def test_results_of_several_scenarios_never_share_a_folder() -> None:
    """The second would overwrite the first."""
    assert folder_of("calm", None, is_one_of_many=True) == Path("deckstorm-results/calm")
    assert folder_of("calm", Path("here"), is_one_of_many=False) == Path("here")
    assert folder_of("calm", Path("here"), is_one_of_many=True) == Path("here/calm")


def test_two_scenarios_of_one_name_are_not_swept_into_one_folder(tmp_path: Path) -> None:
    """Of `a/small.yaml` and `b/small.yaml` only the second one's results were left."""
    plans = [_plan(tmp_path / "a"), _plan(tmp_path / "b")]

    with pytest.raises(InvalidInput, match=r"a/small\.yaml: another scenario is called small too"):
        folders_of(plans, tmp_path / "out")


def test_a_scenario_among_the_results_of_an_earlier_sweep_is_not_removed_with_them(tmp_path: Path) -> None:
    """What an earlier sweep wrote to `struck/` goes when a new one begins, and the file was one of those."""
    struck = _plan(tmp_path / "out" / "struck")

    with pytest.raises(InvalidInput, match="would replace it; choose another --out"):
        folders_of([struck], tmp_path / "out")

    assert struck.scenario_file.exists()
    assert folders_of([struck], tmp_path / "other") == [tmp_path / "other"]


def test_a_folder_that_is_not_there_is_made_and_one_with_files_in_it_keeps_them(tmp_path: Path) -> None:
    """Results go beside whatever is there."""
    kept = tmp_path / "a" / "kept.txt"

    demand_writable(tmp_path / "a")
    kept.write_text("kept", "utf-8")
    demand_writable(tmp_path / "a")

    assert [file.name for file in (tmp_path / "a").iterdir()] == ["kept.txt"]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (sweep, ["--clock", "virtual"]),
        (simulate, ["--seeds", "1", "--workers", "1"]),
        (replay, ["--seed", "1"]),
    ],
    ids=["sweep", "simulate", "replay"],
)
def test_an_out_that_cannot_be_written_to_is_refused_before_anything_runs(
    tmp_path: Path, command: object, options: list[str]
) -> None:
    """It ended in a traceback and the code of a gate that failed: a hunt of hours after its last seed."""
    scenario, file = a_scenario_file(tmp_path), tmp_path / "a file"
    file.write_text("", "utf-8")

    result = _run(command, scenario, *options, "--out", file / "below")

    assert result.exit_code == 2, result.output
    assert result.stderr == (
        f"{file}/below: results cannot be written there: Not a directory; "
        "choose a folder that can be written to\n"
    )
    assert result.stdout == ""


def test_a_usual_folder_that_cannot_be_written_to_is_told_as_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody gave an `--out`, as for a gate."""
    monkeypatch.chdir(tmp_path)
    Path("deckstorm-results").write_text("", "utf-8")

    result = _run(gate, a_scenario_file(tmp_path))

    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("deckstorm-results/small: results cannot be written there: ")
