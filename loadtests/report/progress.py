"""A sweep as it goes on, for a person who watches."""

from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.report.cells import shown_seconds
from loadtests.report.table import settings_table
from loadtests.run import RunResult


class LiveProgress:
    """A table that grows, over a bar for the current setting and one for the sweep.

    Use it as a context manager; where the console is no terminal, each finished setting is one line instead.
    """

    def __init__(self, console: Console, settings_count: int, edits_count: int) -> None:
        self._console = console
        self._settings_count = settings_count
        self._outcomes: list[SettingOutcome] = []
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._sweep = self._bars.add_task("sweep", total=settings_count, unit="settings")
        self._setting = self._bars.add_task("", total=edits_count, unit="edits")
        self._live = Live(console=console, get_renderable=self._shown, transient=True, refresh_per_second=8)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._live.stop()

    def setting_started(self, setting: Setting) -> None:
        """Begin a new bar."""
        self._bars.reset(self._setting, description=setting.name)

    def operations_settled(self, count: int) -> None:
        """Move the setting's bar."""
        self._bars.update(self._setting, completed=count)

    def setting_finished(self, outcome: SettingOutcome, result: RunResult | None) -> None:
        """Add a row, and move the sweep's bar."""
        del result
        self._outcomes.append(outcome)
        self._bars.advance(self._sweep)
        if not self._console.is_terminal:
            self._console.print(self._line(outcome))

    def _line(self, outcome: SettingOutcome) -> str:
        done = f"[{len(self._outcomes)}/{self._settings_count}]"
        elapsed = outcome.measurement.metrics["elapsed_seconds"] if outcome.measurement else None
        return f"{done:>7} {outcome.setting.name:<16}{shown_seconds(elapsed):>8}  {outcome.verdict.value}"

    def _shown(self) -> RenderableType:
        if not self._outcomes:
            return self._bars
        return Group(settings_table(self._outcomes, self._console.width), self._bars)
