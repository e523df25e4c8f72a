import json
from pathlib import Path

import pytest

from fakeslides.scenario.loader import load_scenario
from fakeslides.scenario.rules import Strike
from loadtests.measurements import JoinedAttempt
from loadtests.metrics import audit_run
from loadtests.report.files import append_attempts, start_afresh, write_reports, write_struck
from loadtests.run import RunResult
from tests.support.runs import a_measurement, a_record, a_sweep, an_attempt, an_entry
from tests.support.worlds import a_plan, a_scenario_file

STRIKES = "faults: [{id: r, often: {rate: 5%}, fault: {kind: tcp.reset, point: after_commit}}]"


def test_a_sweep_leaves_its_reports_in_one_folder(tmp_path: Path) -> None:
    """One folder can be kept as a whole."""
    start_afresh(tmp_path / "out")

    write_reports(tmp_path / "out", a_sweep(), {})

    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "results.json", "attempts.ndjson", "junit.xml", "summary.md",
    }  # fmt: skip
    assert json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["verdict"] == "pass"


def test_the_summary_is_added_where_ci_wants_it(tmp_path: Path) -> None:
    """Added, since other steps write there too."""
    step = tmp_path / "step.md"
    step.write_text("before\n", "utf-8")

    write_reports(tmp_path, a_sweep(), {"GITHUB_STEP_SUMMARY": str(step)})

    assert step.read_text("utf-8").startswith("before\n# calm: pass")


def test_a_summary_that_ci_does_not_take_is_a_warning_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All gates had passed, and the exit code said that one had failed."""
    nowhere = tmp_path / "nowhere" / "step.md"

    write_reports(tmp_path, a_sweep(), {"GITHUB_STEP_SUMMARY": str(nowhere)})

    assert (tmp_path / "summary.md").exists()
    assert capsys.readouterr().err == (
        f"warning: GITHUB_STEP_SUMMARY: {nowhere} cannot be written to: No such file or directory; "
        "summary.md has it all\n"
    )


def test_the_tries_of_an_earlier_sweep_are_not_mixed_in(tmp_path: Path) -> None:
    """The folder has the same name each time."""
    record = a_record()
    result = RunResult(a_measurement(), audit_run(record), [JoinedAttempt(an_attempt(), None)], record.ledger)

    for _ in range(2):
        start_afresh(tmp_path)
        append_attempts(tmp_path, result)

    assert len((tmp_path / "attempts.ndjson").read_text("utf-8").splitlines()) == 1


def test_the_reports_of_an_earlier_sweep_do_not_outlive_one_that_breaks(tmp_path: Path) -> None:
    """`deckstorm gate` said pass of a sweep that had ended in the midst of it."""
    start_afresh(tmp_path)
    write_reports(tmp_path, a_sweep(), {})

    start_afresh(tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == ["attempts.ndjson"]


def test_what_struck_stands_beside_the_results_and_can_be_read_again(tmp_path: Path) -> None:
    """A red run at night is struck again in the morning."""
    plan = a_plan(a_scenario_file(tmp_path, STRIKES))
    entry = an_entry(rule_id="r", fault="tcp.reset", point="after_commit")
    struck = RunResult(a_measurement(), audit_run(a_record()), [], [entry])

    write_struck(tmp_path, plan, struck)

    again = load_scenario(tmp_path / "struck" / "coalesced-3.yaml")
    assert [rule.often.sequence for rule in again.faults] == [(Strike(operation="deck/s1/0", attempt=1),)]


def test_a_run_in_which_nothing_struck_leaves_no_scenario_of_it(tmp_path: Path) -> None:
    """Nor does one of an earlier sweep stay behind and look like this one's."""
    plan = a_plan(a_scenario_file(tmp_path, STRIKES))
    start_afresh(tmp_path)
    write_struck(
        tmp_path, plan, RunResult(a_measurement(), audit_run(a_record()), [], [an_entry(rule_id="r")])
    )

    start_afresh(tmp_path)
    write_struck(tmp_path, plan, RunResult(a_measurement(), audit_run(a_record()), [], [an_entry()]))

    assert list((tmp_path / "struck").iterdir()) == []


def test_a_scenario_of_ones_own_stays_where_results_are_written(tmp_path: Path) -> None:
    """Whatever lay in `struck/` went, of whichever folder was given."""
    own = tmp_path / "struck" / "mine.yaml"
    own.parent.mkdir()
    own.write_text("version: 1\n", "utf-8")

    start_afresh(tmp_path)

    assert own.exists()
