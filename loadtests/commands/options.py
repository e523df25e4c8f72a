"""The options that several commands share, each with one meaning."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from engine.settings import Strategy
from fakeslides.scenario.units import parse_time_scale
from loadtests.run_plan import ClockName

MOST_REPEATS = 1_000
"""More are a slip of the finger: the last of them would be run next year."""

Command = TypeVar("Command", bound=Callable[..., Any])


def positive_numbers(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[int, ...] | None:
    """Read an option such as `1,2,3,5,8`; usable as a click callback.

    Raises:
        click.BadParameter: not whole numbers from 1, separated by commas.
    """
    del context, parameter
    if value is None:
        return None
    parts = [part.strip() for part in value.split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) >= 1 for part in parts):
        raise click.BadParameter(
            f"{value!r}; write whole numbers from 1, with commas between, like 1,2,3,5,8"
        )
    return tuple(int(part) for part in parts)


def time_scale(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """Read an option such as `1/20`; usable as a click callback.

    Raises:
        click.BadParameter: not a number or fraction above 0 and at most 1.
    """
    del context, parameter
    try:
        return None if value is None else parse_time_scale(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def what_to_sweep(command: Command) -> Command:
    """Add the options that choose the settings and the weather of a sweep."""
    for option in reversed(_SWEEP_OPTIONS):
        command = option(command)
    return command


def which_clock(command: Command) -> Command:
    """Add the option that chooses the clock of a sweep."""
    return _CLOCK_OPTION(command)


def what_to_show(folder: str) -> Callable[[Command], Command]:
    """Return what adds the options that choose where results go.

    Args:
        folder: where they go if nobody chooses, in words for the help.
    """

    def add(command: Command) -> Command:
        out = click.option(
            "--out",
            type=click.Path(file_okay=False, path_type=Path),
            help=f"Folder for the results.  [default: {folder}]",
        )
        for option in reversed((out, *_OUTPUT_OPTIONS)):
            command = option(command)
        return command

    return add


_SWEEP_OPTIONS = (
    click.option(
        "--strategy",
        "strategies",
        multiple=True,
        type=click.Choice([strategy.value for strategy in Strategy]),
        help="Only this strategy; may be given several times.  [default: the scenario's]",
    ),
    click.option(
        "--concurrency",
        "concurrencies",
        callback=positive_numbers,
        metavar="N,N,...",
        help="Slides in flight at once, such as 1,2,3,5,8.  [default: the scenario's]",
    ),
    click.option(
        "--seed", type=click.IntRange(min=0), help="Of weather and decks.  [default: the scenario's]"
    ),
    click.option(
        "--repeat",
        "repeats",
        type=click.IntRange(min=1, max=MOST_REPEATS),
        default=1,
        show_default=True,
        help="Run each setting this often, each time with the next seed.",
    ),
    click.option(
        "--time-scale",
        callback=time_scale,
        metavar="X",
        help="Real seconds per scenario second, such as 1/20.  [default: the scenario's]",
    ),
    click.option(
        "--deck",
        "deck_files",
        multiple=True,
        type=click.Path(dir_okay=False, path_type=Path),
        help="Edit this saved presentations.get answer, not generated decks; may be given several times.",
    ),
)
_CLOCK_OPTION = click.option(
    "--clock",
    type=click.Choice(get_args(ClockName)),
    default="real",
    show_default=True,
    help="Real processes in real time, or one world in memory whose time jumps: the same, in moments.",
)
_OUTPUT_OPTIONS = (
    click.option("--json", "as_json", is_flag=True, help="Print results.json and nothing else."),
    click.option("--quiet", is_flag=True, help="Print the verdict and nothing else."),
)
