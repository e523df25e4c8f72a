"""The table of a sweep in a terminal."""

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from loadtests.gates import Verdict
from loadtests.outcomes import SettingOutcome, SweepOutcome
from loadtests.report.cells import HEADINGS, LEGEND, cells
from loadtests.report.summary import gate_rows, header_line, objections

PLAIN_WIDTH_COLUMNS = 160
_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.UNSOUND: "magenta",
}
_LEFT = {"strategy", "verdict"}


def console(*, quiet: bool = False) -> Console:
    """Return a console for standard output; where that is no terminal, lines hold the whole table."""
    found = Console(quiet=quiet, highlight=False)
    return found if found.is_terminal else Console(quiet=quiet, highlight=False, width=PLAIN_WIDTH_COLUMNS)


def settings_table(outcomes: list[SettingOutcome]) -> Table:
    """Return a row per setting."""
    table = Table(pad_edge=False, box=None, header_style="bold", collapse_padding=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in _LEFT else "right", no_wrap=True)
    for outcome in outcomes:
        *texts, verdict = cells(outcome)
        table.add_row(*texts, Text(verdict, style=_STYLES[outcome.verdict]))
    return table


def sweep_report(sweep: SweepOutcome) -> RenderableType:
    """Return the whole report: header, settings, gates, what did not pass, verdict."""
    title = Text.assemble((sweep.promise, "bold"), "\n", (header_line(sweep), "dim"))
    verdict = sweep.verdict
    word = "interrupted" if sweep.was_interrupted else verdict.value
    return Group(
        title,
        Text(),
        settings_table(list(sweep.settings)),
        Text(LEGEND, style="dim"),
        Text(),
        _gates_table(sweep),
        *(Text(f"  {line}", style="yellow") for line in objections(sweep)),
        Text(),
        Text.assemble("verdict: ", (word, _STYLES[verdict]), (f"  (exit code {sweep.exit_code})", "dim")),
    )


def _gates_table(sweep: SweepOutcome) -> Table:
    table = Table(pad_edge=False, box=None, header_style="bold")
    for heading in ("gate", "requires", "held in"):
        table.add_column(heading)
    for name, required, held in gate_rows(sweep):
        whole = held.split(" of ")
        table.add_row(name, required, Text(held, style="green" if whole[0] == whole[1] else "bold red"))
    return table
