import json
from pathlib import Path

from loadtests.measurements import JoinedAttempt
from loadtests.metrics import audit_run
from loadtests.report.files import append_attempts, start_attempts, write_reports
from loadtests.run import RunResult
from tests.support.runs import a_measurement, a_record, a_sweep, an_attempt


def test_a_sweep_leaves_its_reports_in_one_folder(tmp_path: Path) -> None:
    """One folder can be kept as a whole."""
    start_attempts(tmp_path / "out")

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


def test_the_tries_of_an_earlier_sweep_are_not_mixed_in(tmp_path: Path) -> None:
    """The folder has the same name each time."""
    record = a_record()
    result = RunResult(a_measurement(), audit_run(record), [JoinedAttempt(an_attempt(), None)])

    for _ in range(2):
        start_attempts(tmp_path)
        append_attempts(tmp_path, result)

    assert len((tmp_path / "attempts.ndjson").read_text("utf-8").splitlines()) == 1
