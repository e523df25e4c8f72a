"""`python -m loadtests.mutants`: every mutant, until the testbed turns red for it; the kill table."""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from statistics import median

import click

from loadtests.mutants.trying import EVERY_MUTANT, Kill, try_mutant
from loadtests.workers import WorkerDied, compute_all

_SHOWN_CHARACTERS = 70


@click.command()
@click.argument("names", nargs=-1, metavar="[MUTANT]...")
@click.option(
    "--seeds", "most_seeds", type=click.IntRange(min=1), default=300, show_default=True, help="At most."
)
def mutants(names: tuple[str, ...], most_seeds: int) -> None:
    """Plant each MUTANT (all by default) and try seeds until a promise breaks.

    Exit codes: 0 every mutant was noticed, 1 one was not, 2 there is no such mutant.
    """
    unknown = [name for name in names if name not in EVERY_MUTANT]
    if unknown:
        raise click.BadParameter(f"there is no mutant {unknown[0]!r}; there are: {', '.join(EVERY_MUTANT)}")
    kills = asyncio.run(_try_all(names or tuple(EVERY_MUTANT), most_seeds))
    survivors = [kill for kill in kills if kill.promise is None]
    click.echo(f"{len(kills) - len(survivors)} of {len(kills)} mutants noticed; {_seeds_words(kills)}")
    sys.exit(1 if survivors else 0)


async def _try_all(names: Sequence[str], most_seeds: int) -> list[Kill]:
    kills = []
    found = compute_all(partial(try_mutant, most_seeds), names, os.cpu_count() or 1)
    async with aclosing(found):
        async for name, kill in found:
            if isinstance(kill, WorkerDied):
                raise click.ClickException(f"{name}: {kill}")
            kills.append(kill)
            click.echo(kill_line(kill))
    return kills


def kill_line(kill: Kill) -> str:
    """Return a mutant's line of the table."""
    side = EVERY_MUTANT[kill.name].side
    if kill.promise is None:
        return f"{side:<7}{kill.name:<34}SURVIVED {kill.seeds_count} seeds"
    seen = " ".join(kill.text.split())[:_SHOWN_CHARACTERS]
    return f"{side:<7}{kill.name:<34}{kill.seeds_count:>4}  {kill.promise:<26}{seen}"


def _seeds_words(kills: Sequence[Kill]) -> str:
    dead = [kill.seeds_count for kill in kills if kill.promise is not None]
    return f"median seeds to death: {median(dead):g}, most: {max(dead)}" if dead else "none died"


if __name__ == "__main__":
    mutants()
