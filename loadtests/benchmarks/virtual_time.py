"""How fast virtual time passes.

    python -m loadtests.benchmarks.virtual_time

Four figures, from one run: simulated seconds per second of the machine's for one world under quota, with the
engine in it and with a client that does no more than post; seeds of the incident's swarm a minute over all
cores; and how much sooner a small world comes to its end than the same world of real processes in real time.
The exit code is 1 where a figure stays below what is wanted.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from engine.clock import Clock, MonotonicClock
from fakeslides.decks import Deck
from fakeslides.scenario.loader import find_scenario, load_scenario
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.writer import scenario_yaml
from loadtests.benchmarks.plain_client import edit_all
from loadtests.measurements import Setting
from loadtests.run import record_run
from loadtests.run_plan import RunPlan
from loadtests.simulation.garbage import collections_postponed, get_ready
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace
from loadtests.simulation.world import simulated_world
from loadtests.swarm.trial import try_seed
from loadtests.virtual_run import record_virtual_run
from loadtests.workers import compute_all

WANTED_PACE, WANTED_SEEDS_A_MINUTE = 1_500.0, 300.0
_SETTING = Setting("per_slide", 3)


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and how much is wanted; None where there is no such demand."""

    name: str
    value: float
    wanted: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is as large as it should be."""
        return self.wanted is None or self.value >= self.wanted

    def __str__(self) -> str:
        wanted = "" if self.wanted is None else f" (wanted: {self.wanted:,.0f})"
        return f"{self.name}: {self.value:,.0f}{wanted}"


def under_quota(presentations: int, slides: int, *, latency: str = "300ms") -> Scenario:
    """Return calm weather with Google's quota, and decks whose every slide is a write."""
    return Scenario.model_validate(
        {
            "version": "1",
            "promise": "A benchmark's weather.",
            "server": {"latency": {"fixed": latency}, "quota": {"preset": "google-default"}},
            "workload": {"presentations": presentations, "slides": slides, "replacements": 1},
        }
    )


def pace_of_one_world(clock: Clock, scenario: Scenario, rounds_count: int) -> float:
    """Return simulated seconds per real second of one world with three workers; the middle of some rounds."""
    plan = RunPlan("pace", scenario, Path("pace"), 1, 1.0, clock="virtual")
    return median(_pace(clock, plan) for _ in range(rounds_count))


def pace_of_a_plain_client(clock: Clock, scenario: Scenario, rounds_count: int) -> float:
    """Return the same of a world in which a plain client makes as many writes, without an engine."""
    decks = RunPlan("pace", scenario, Path("pace"), 1, 1.0, clock="virtual").decks(_SETTING)
    return median(_plain_pace(clock, scenario, decks) for _ in range(rounds_count))


async def seeds_a_minute(
    clock: Clock, scenario: Scenario, seeds_count: int, tell: Callable[[int], None]
) -> float:
    """Return how many seeds of a swarm all cores try in a minute, the start of the processes included."""
    began, count = clock.now(), 0
    async for _ in compute_all(partial(try_seed, scenario), range(seeds_count), os.cpu_count() or 1):
        count += 1
        tell(count)
    return 60.0 * count / (clock.now() - began)


async def times_sooner(clock: Clock, scenario: Scenario) -> float:
    """Return how many times as long the same world takes in real time, both from nothing to its record."""
    with _written(scenario) as file:
        began = clock.now()
        await record_run(RunPlan("small", scenario, file, 1, 1.0), _SETTING, clock, lambda _: None)
        real_seconds = clock.now() - began
    virtual = RunPlan("small", scenario, file, 1, 1.0, clock="virtual")
    return real_seconds / await asyncio.to_thread(_middle_of_three, clock, virtual)


@contextmanager
def _written(scenario: Scenario) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        file = Path(folder, "small.yaml")
        file.write_text(scenario_yaml(scenario), "utf-8")
        yield file


def measure(clock: Clock) -> Iterator[Figure]:
    """Yield each figure as it is measured."""
    get_ready()
    pace = pace_of_one_world(clock, under_quota(20, 30), rounds_count=5)
    yield Figure("simulated seconds per second, 20 decks of 30 slides under quota", pace, WANTED_PACE)
    plain = pace_of_a_plain_client(clock, under_quota(20, 30), rounds_count=5)
    yield Figure("simulated seconds per second, as many writes by a plain client", plain)
    incident = load_scenario(find_scenario("production_incident"))
    seeds = asyncio.run(seeds_a_minute(clock, incident, 200, _say_how_many))
    yield Figure("seeds of the incident a minute", seeds, WANTED_SEEDS_A_MINUTE)
    sooner = asyncio.run(times_sooner(clock, under_quota(6, 4)))
    yield Figure("times sooner than real time, 6 decks of 4 slides", sooner)


def _middle_of_three(clock: Clock, plan: RunPlan) -> float:
    return median(_lived(clock, plan)[1] for _ in range(3))


def _pace(clock: Clock, plan: RunPlan) -> float:
    simulated_seconds, real_seconds = _lived(clock, plan)
    return simulated_seconds / real_seconds


def _plain_pace(clock: Clock, scenario: Scenario, decks: Sequence[Deck]) -> float:
    async def live(loop: VirtualLoop) -> float:
        async with simulated_world(loop, scenario, decks, seed=1) as world:
            began = world.clock.now()
            await edit_all(world, decks)
            return world.clock.now() - began

    began = clock.now()
    with collections_postponed():
        simulated_seconds = run_in_virtual_time(live, seed=1, trace=Trace())
    return simulated_seconds / (clock.now() - began)


def _lived(clock: Clock, plan: RunPlan) -> tuple[float, float]:
    """Return how long a world lasted on its own clock, and how long it took."""
    began = clock.now()
    with collections_postponed():  # as a worker does
        simulated_seconds = record_virtual_run(plan, _SETTING).log.elapsed_seconds
    return simulated_seconds, clock.now() - began


def _say_how_many(count: int) -> None:
    if count % 50 == 0:
        click.echo(f"  {count} seeds", err=True)


@click.command()
def main() -> None:
    """Measure, say it, and judge it."""
    figures = []
    for figure in measure(MonotonicClock()):
        figures.append(figure)
        click.echo(str(figure))
    sys.exit(0 if all(figure.is_met for figure in figures) else 1)


if __name__ == "__main__":
    main()
