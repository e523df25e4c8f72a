"""The files of a sweep, all in one folder, written as it goes on and when it ends."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import click

from loadtests.outcomes import SweepOutcome
from loadtests.report import attempts, junit, results, summary
from loadtests.run import RunResult
from loadtests.run_plan import RunPlan
from loadtests.struck import OPENING, struck_file_name, struck_scenario, struck_yaml

STRUCK_FOLDER = "struck"
STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def start_afresh(folder: Path) -> None:
    """Make the folder, and an empty attempts.ndjson in it: tries of an earlier sweep would be misread.

    So would its reports, which would pass for this one's should it break before it has any, and its
    `struck/`, of which only what a sweep has written is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in (results.FILE_NAME, junit.FILE_NAME, summary.FILE_NAME):
        (folder / name).unlink(missing_ok=True)
    for file in (folder / STRUCK_FOLDER).glob("*.yaml"):
        if file.read_text("utf-8", errors="replace").startswith(OPENING):
            file.unlink()
    (folder / attempts.FILE_NAME).write_text("", "utf-8")


def append_attempts(folder: Path, result: RunResult) -> None:
    """Add the tries of one setting."""
    lines = attempts.attempt_lines(result.measurement.setting, result.attempts)
    with (folder / attempts.FILE_NAME).open("a", encoding="utf-8") as file:
        file.writelines(lines)


def write_struck(folder: Path, plan: RunPlan, result: RunResult) -> None:
    """Write the faults that struck one setting as a scenario that strikes them again, if any did."""
    setting = result.measurement.setting
    scenario = struck_scenario(plan.scenario, setting, plan.seed_of(setting), result.ledger)
    if scenario.faults:
        (folder / STRUCK_FOLDER).mkdir(exist_ok=True)
        text = struck_yaml(scenario, f"{plan.name} at {setting.name}", plan.deck_files)
        (folder / STRUCK_FOLDER / struck_file_name(setting)).write_text(text, "utf-8")


def write_reports(folder: Path, sweep: SweepOutcome, environ: Mapping[str, str] | None = None) -> None:
    """Write results.json, junit.xml and summary.md; the last also where GITHUB_STEP_SUMMARY says."""
    document = json.dumps(results.results_document(sweep), indent=2, ensure_ascii=False)
    (folder / results.FILE_NAME).write_text(document + "\n", "utf-8")
    (folder / junit.FILE_NAME).write_text(junit.junit_xml(sweep), "utf-8")
    markdown = summary.summary_markdown(sweep)
    (folder / summary.FILE_NAME).write_text(markdown, "utf-8")
    step_summary = (os.environ if environ is None else environ).get(STEP_SUMMARY)
    if step_summary:
        _add_to(Path(step_summary), markdown)


def _add_to(step_summary: Path, markdown: str) -> None:
    """Add the summary to CI's page; where that cannot be written to, warn: the verdict is another matter."""
    try:
        with step_summary.open("a", encoding="utf-8") as file:
            file.write(markdown)
    except OSError as error:
        why = f"{step_summary} cannot be written to: {error.strerror or error}"
        click.echo(f"warning: {STEP_SUMMARY}: {why}; {summary.FILE_NAME} has it all", err=True)
