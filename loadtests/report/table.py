"""The table of a sweep in a terminal."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from loadtests.gates import Verdict
from loadtests.outcomes import SettingOutcome, SweepOutcome
from loadtests.report.cells import HEADINGS, LEGEND, cells
from loadtests.report.summary import (
    GATE_HEADINGS,
    WEATHER_HEADINGS,
    gate_rows,
    header_line,
    objections,
    weather_rows,
)

PLAIN_WIDTH_COLUMNS = 160
FULL_WIDTH_COLUMNS = 135
NARROW_WIDTH_COLUMNS = 80
_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.UNSOUND: "magenta",
}
# Left-aligned, and never narrower than this.
_LEFT = {"strategy": len("sequential"), "verdict": len("verdict")}
_NARROW = {"slides ok": 6, "can't apply": 7, "lost/dup/wrong": 7, "speed-up": 6}
_WIDE_ONLY = {"edits", "p50 / p99", "faults"}
_ALWAYS = {"strategy", "conc.", "slides ok", "time", "verdict"}


def console(*, quiet: bool = False) -> Console:
    """Return a console for standard output; where that is no terminal, lines hold the whole table.

    What it prints stays as it is: a folder may be called `out[1]`, and no text here is meant as markup.
    """
    asked: dict[str, Any] = {"quiet": quiet, "highlight": False, "markup": False, "emoji": False}
    found = Console(**asked)
    return found if found.is_terminal else Console(**asked, width=PLAIN_WIDTH_COLUMNS)


def settings_table(outcomes: Sequence[SettingOutcome], width_columns: int) -> Table:
    """Return a row per setting; where the terminal is narrow, only what the verdict hangs on, or less."""
    is_narrow = width_columns < FULL_WIDTH_COLUMNS
    shown = [heading for heading in HEADINGS if _has_room(heading, width_columns)]
    table = Table(pad_edge=False, box=None, header_style="bold", collapse_padding=True)
    for heading in shown:
        table.add_column(
            heading.replace("/", "/ ").replace("-", "- ") if is_narrow else heading,
            justify="left" if heading in _LEFT else "right",
            no_wrap=not is_narrow,
            min_width=_LEFT.get(heading),
            max_width=_NARROW.get(heading) if is_narrow else None,
            overflow="fold",
        )
    for outcome in outcomes:
        row = dict(zip(HEADINGS, cells(outcome), strict=True))
        texts = [row[heading].partition(" [")[0] if is_narrow else row[heading] for heading in shown[:-1]]
        table.add_row(*texts, Text(row["verdict"], style=_STYLES[outcome.verdict]))
    return table


def _has_room(heading: str, width_columns: int) -> bool:
    if width_columns < NARROW_WIDTH_COLUMNS:
        return heading in _ALWAYS
    return width_columns >= FULL_WIDTH_COLUMNS or heading not in _WIDE_ONLY


def sweep_report(sweep: SweepOutcome, width_columns: int) -> RenderableType:
    """Return the whole report: header, settings, gates, what did not pass, verdict."""
    title = Text.assemble((sweep.promise, "bold"), "\n", (header_line(sweep), "dim"))
    verdict = sweep.verdict
    word = "interrupted" if sweep.was_interrupted else verdict.value
    return Group(
        title,
        Text(),
        settings_table(sweep.settings, width_columns),
        Text(LEGEND, style="dim"),
        Text(),
        _gates_table(sweep),
        *_weather_table(sweep),
        *(Text(f"  {line}", style="yellow") for line in objections(sweep)),
        Text(),
        Text.assemble("verdict: ", (word, _STYLES[verdict]), (f"  (exit code {sweep.exit_code})", "dim")),
    )


def _gates_table(sweep: SweepOutcome) -> Table:
    table = Table(pad_edge=False, box=None, header_style="bold")
    for heading in GATE_HEADINGS:
        table.add_column(heading)
    for name, required, held in gate_rows(sweep):
        whole = held.split(" of ")
        table.add_row(name, required, Text(held, style="green" if whole[0] == whole[1] else "bold red"))
    return table


def _weather_table(sweep: SweepOutcome) -> Sequence[RenderableType]:
    """Say how often each kind of weather struck; nothing where there was none to strike."""
    rows = weather_rows(sweep)
    table = Table(pad_edge=False, box=None, header_style="bold")
    for heading in WEATHER_HEADINGS:
        table.add_column(heading, justify="left" if heading == WEATHER_HEADINGS[0] else "right")
    for row in rows:
        fewest, needed = map(int, row[-2:])
        table.add_row(*row, style="yellow" if fewest < needed else None)
    return (Text(), table) if rows else ()
