"""Many seeds as they go by, and what they came to, for a person who watches."""

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from engine.clock import MonotonicClock
from loadtests.swarm.tally import Tally
from loadtests.swarm.vocabulary import names

_MOST_SHOWN, _MOST_NAMED = 3, 20
_HOUR_SECONDS = 3_600.0
_LINES_APART_SECONDS = 20.0
_MOMENT_SECONDS = 1e-9


class HuntProgress:
    """A bar with the pace; where the console is no terminal, a line now and then.

    Attributes:
        tally: as it was last told.
    """

    def __init__(self, console: Console, trials_count: int) -> None:
        self._console, self._trials_count = console, trials_count
        self._clock = MonotonicClock()
        self._began = self._said = self._clock.now()
        self.tally = Tally()
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("runs of seeds"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=trials_count, pace="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._bar.stop()

    @property
    def seconds(self) -> float:
        """How long it has gone on."""
        return self._clock.now() - self._began

    def tried(self, tally: Tally) -> None:
        """Move on."""
        self.tally = tally
        pace = f"{tally.trials_count / max(self.seconds, _MOMENT_SECONDS):.1f}/s, {len(tally.failed)} failed"
        self._bar.update(self._task, completed=tally.trials_count, pace=pace)
        if not self._console.is_terminal and self._clock.now() - self._said > _LINES_APART_SECONDS:
            self._said = self._clock.now()
            self._console.print(f"{tally.trials_count} of {self._trials_count} runs of seeds, {pace}")


def hunt_lines(name: str, tally: Tally, seconds: float) -> Iterator[str]:
    """Yield what a hunt came to, line by line."""
    checks = sum(tally.checked.values())
    hours = tally.virtual_seconds / _HOUR_SECONDS
    a_minute, a_second = (
        count / max(seconds, _MOMENT_SECONDS) for count in (60 * tally.seeds_count, tally.virtual_seconds)
    )
    yield (
        f"{tally.seeds_count} seeds of {name}: {hours:,.1f} hours of virtual time in {seconds:.0f} s "
        f"({a_minute:.0f} seeds a minute, {a_second:,.0f} times real time)"
    )
    yield f"{sum(tally.strikes.values()):,} strikes; {checks:,} checks of {len(tally.checked)} promises:"
    for promise, count in sorted(tally.checked.items()):
        yield f"  {promise:<29}{count:>12,}  {_end_of(count, tally.broken[promise])}"
    yield from _idle(tally.never_struck(names()))
    yield from _failures(name, tally)


def _idle(faults: Sequence[str]) -> Iterator[str]:
    """Name the faults that never struck, unless they are most of all, as after a few seeds."""
    if len(faults) > _MOST_NAMED:
        yield f"never struck: {len(faults)} of {len(names())} faults; with more seeds fewer do not"
    elif faults:
        yield f"never struck: {', '.join(faults)}"


def _end_of(checks_count: int, broken_count: int) -> str:
    if broken_count:
        return f"broken in {broken_count} seeds"
    return "held" if checks_count else "nothing came that it is about"


def _failures(name: str, tally: Tally) -> Iterator[str]:
    for trial in tally.failed[:_MOST_SHOWN]:
        first = trial.broken[0]
        yield f"seed {trial.seed} broke {first.promise} at {first.at_seconds:.3f} s: {first.text}"
        yield f"  see it:   deckstorm replay {quote(name)} --seed {trial.seed}"
        yield f"  least of: deckstorm replay {quote(name)} --seed {trial.seed} --shrink"
    if len(tally.failed) > _MOST_SHOWN:
        others = ", ".join(str(trial.seed) for trial in tally.failed[_MOST_SHOWN:])
        yield f"other seeds that failed: {others}"
    for seed, text in tally.deaths.items():
        yield f"seed {seed}: {text}"
    if tally.unlike:
        yield f"two runs of a seed differed: {', '.join(map(str, tally.unlike))}"
