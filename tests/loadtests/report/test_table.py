import io

import pytest
from rich.console import Console

from loadtests.outcomes import SweepOutcome
from loadtests.report.cells import HEADINGS
from loadtests.report.table import PLAIN_WIDTH_COLUMNS, console, sweep_report
from tests.support.runs import a_fault, a_measurement, a_sweep, an_outcome


def _printed(width: int, sweep: SweepOutcome | None = None) -> str:
    screen = Console(file=io.StringIO(), width=width, highlight=False)
    screen.print(sweep_report(sweep or a_sweep(), width))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_shows_promise_settings_gates_and_verdict() -> None:
    """The whole answer on one screen."""
    shown = _printed(PLAIN_WIDTH_COLUMNS)

    assert all(heading in shown for heading in HEADINGS)
    assert "Nothing is lost." in shown
    assert "deck-as-computed" in shown
    assert "verdict: pass" in shown


def test_a_log_gets_lines_wide_enough_for_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """CI logs are no terminals, and rich would fold everything at 80 columns there."""
    console().print(sweep_report(a_sweep(), PLAIN_WIDTH_COLUMNS))

    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("coalesced"))
    assert row.rstrip().endswith("pass")


def test_a_quiet_console_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """--json must leave standard output to the document."""
    console(quiet=True).print("anything")

    assert capsys.readouterr().out == ""


def test_nothing_is_cut_off_in_a_narrow_terminal() -> None:
    """80 columns are what many people have; an ellipsis in a number is worse than a column less."""
    shown = _printed(80)

    assert "…" not in shown
    assert all(word in shown for word in ("coalesced", "100.0%", "verdict"))
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 50, 60, 79])
def test_the_verdict_of_each_setting_is_shown_however_narrow_the_terminal_is(width: int) -> None:
    """At 50 columns the last column was left out, and numbers were folded in two."""
    shown = _printed(width).splitlines()

    (row,) = [line.split() for line in shown if line.startswith("coalesced")]
    assert row == ["coalesced", "3", "100.0%", "10.0s", "pass"]
    assert max(map(len, shown)) <= width


def test_shows_how_often_each_fault_struck_of_how_often_it_might_have() -> None:
    """Whoever reads the verdict sees what it is worth."""
    sweep = a_sweep(an_outcome(a_measurement(faults=(a_fault(3),))))

    shown = [line.split() for line in _printed(80, sweep).splitlines()]

    assert ["reset", "3", "10", "1", "of", "1", "3", "1"] in shown


def test_a_folder_with_brackets_in_its_name_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Read as markup, `[old]` vanished from the path, and `[/old]` ended the command with a traceback."""
    console().print("files: out[old]/[/old]:smile:")

    assert capsys.readouterr().out == "files: out[old]/[/old]:smile:\n"
