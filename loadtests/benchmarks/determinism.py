"""Whether a simulated world is the same each time, to the last byte of ciphertext.

    python -m loadtests.benchmarks.determinism

A stormy world, in which every kind of fault strikes, edits are cancelled and the engine is closed with calls
under way, lives once in many processes that differ in hash seed and in the size of their environment; then
many seeds in two processes, in the second in reverse order and so with another past.  The exit code is 1 if a
trace differs.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from random import Random
from subprocess import PIPE, Popen

import click

from fakeslides.decks import Deck, workload_decks
from fakeslides.scenario.model import Scenario
from loadtests.benchmarks.every_fault import rules_of_every_kind
from loadtests.client import ClientSpec, Job, editing
from loadtests.simulation.garbage import get_ready
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace
from loadtests.simulation.world import SimulatedWorld, Told, simulated_world

_FIELDS = {
    "at_most": 2,
    "after": "300ms",
    "by": "200ms",
    "bytes": 20,
    "bytes_per_second": 2000,
    "code": 503,
    "every": "10ms",
    "for": "1s",
}
_ENGINE = {
    "enable_concurrent_batch_operations": True,
    "batch_strategy": "semaphore",
    "max_concurrent_slides": 4,
    "http_connection_timeout": 5.0,
}
# When some edits are cancelled, and how long after that the engine is closed, on the world's clock.
_LATEST_CANCELLATION_SECONDS, _LATEST_END_SECONDS = 20.0, 60.0


def storm() -> Scenario:
    """Return weather in which every kind of fault strikes now and then, beside limits that are met often."""
    rules = rules_of_every_kind("2%", _FIELDS)
    server = {
        "latency": {"lognormal": {"p50": "200ms", "p99": "900ms"}},
        "quota": {"preset": "google-default", "window": "sliding"},
        "connections": {"at_most": 4, "beyond": "tls.record_corrupt"},
        "conflicts": {"overlapping_writes": "50%"},
    }
    workload = {"presentations": 6, "slides": 3, "replacements": 2}
    return Scenario.model_validate(
        {"version": 1, "promise": "The same again.", "server": server, "faults": rules, "workload": workload}
    )


def stormy_trace(seed: int, *, keeps_lines: bool = False) -> Trace:
    """Let a stormy world live, and return its trace."""
    trace = Trace(keeps_lines=keeps_lines)
    run_in_virtual_time(lambda loop: _live(loop, seed), seed=seed, trace=trace)
    return trace


def start_elsewhere(seeds: Sequence[int], *, hash_seed: int = 0, padding_bytes: int = 0) -> "Popen[str]":
    """Start a process that prints the digest of each seed's stormy world, a line each.

    Args:
        seeds: in the order in which their worlds live there.
        hash_seed: how that process hashes texts.
        padding_bytes: how much larger its environment is, which moves all that it allocates.
    """
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PADDING": "x" * padding_bytes}
    command = [sys.executable, "-m", "loadtests.benchmarks.determinism", "--digests", json.dumps(seeds)]
    return Popen(command, env=environment, stdout=PIPE, text=True)  # noqa: S603 - ourselves


def printed_by(process: "Popen[str]") -> Iterator[str]:
    """Yield digests as a process prints them.

    Raises:
        RuntimeError: it ended with an error.
    """
    with process:
        assert process.stdout is not None, "started with a pipe"
        yield from (line.strip() for line in process.stdout)
    if process.returncode:
        raise RuntimeError(f"exit status {process.returncode}")


def distinct_in_processes(count: int) -> set[str]:
    """Return the digests of one seed's world in so many processes; two of them run at a time."""
    digests: set[str] = set()
    for first in range(0, count, 2):
        numbers = range(first, min(first + 2, count))
        started = [start_elsewhere([1], hash_seed=n, padding_bytes=997 * n) for n in numbers]
        digests.update(digest for process in started for digest in printed_by(process))
    return digests


def unlike_seeds(count: int) -> Iterator[tuple[int, int]]:
    """Let so many seeds live in two processes, in opposite orders; yield how many are compared and differ."""
    seeds = list(range(1, count + 1))
    there = start_elsewhere(seeds)
    back = start_elsewhere(seeds[::-1], hash_seed=1, padding_bytes=12_345)
    forwards, backwards = printed_by(there), printed_by(back)
    seen_there: dict[int, str] = {}
    seen_back: dict[int, str] = {}
    for one, digest, other, other_digest in zip(seeds, forwards, reversed(seeds), backwards, strict=True):
        seen_there[one], seen_back[other] = digest, other_digest
        both = seen_there.keys() & seen_back.keys()
        yield len(both), sum(seen_there[seed] != seen_back[seed] for seed in both)


async def _live(loop: VirtualLoop, seed: int) -> None:
    scenario, draws = storm(), Random(seed)  # noqa: S311 - repeatable is what it is for
    decks = workload_decks(scenario.workload, seed)
    async with simulated_world(loop, scenario, decks, seed) as world:
        async with editing(_spec(world, decks, seed), Told(loop), world.ground) as edit:
            edits = [asyncio.create_task(edit(Job(d.presentation_id, d.replacements))) for d in decks]
            await world.clock.sleep(draws.uniform(0, _LATEST_CANCELLATION_SECONDS))
            for unlucky in draws.sample(edits, 2):
                unlucky.cancel()
            await world.clock.sleep(draws.uniform(0, _LATEST_END_SECONDS))
        for ended in await asyncio.gather(*edits, return_exceptions=True):
            loop.note(f"edit {type(ended).__name__}")
        await world.clock.sleep(1)  # until the ends of all connections have arrived


def _spec(world: SimulatedWorld, decks: Sequence[Deck], seed: int) -> ClientSpec:
    return ClientSpec(
        endpoint=world.fake.endpoint,
        ca_file=str(world.fake.ca_file),
        credentials_file=str(world.fake.credentials_file),
        jobs=tuple(Job(deck.presentation_id, deck.replacements) for deck in decks),
        engine=_ENGINE,
        time_scale=1.0,
        seed=seed,
        events_file="",
    )


@click.command()
@click.option(
    "--processes",
    type=click.IntRange(min=2),
    default=20,
    show_default=True,
    help="How many processes let one seed's world live.",
)
@click.option(
    "--seeds", type=click.IntRange(min=1), default=200, show_default=True, help="How many seeds are compared."
)
@click.option("--digests", hidden=True, help="Print the digests of these seeds, a list in JSON.")
def main(processes: int, seeds: int, digests: str | None) -> None:
    """Let a stormy world live again and again, and see whether it is ever another."""
    if digests is not None:
        get_ready()
        for seed in json.loads(digests):
            click.echo(stormy_trace(seed).digest())
        return
    distinct = len(distinct_in_processes(processes))
    click.echo(f"{distinct} distinct trace{'s' * (distinct != 1)} in {processes} processes")
    differ = 0
    for compared, differ in unlike_seeds(seeds):
        if compared and compared % 20 == 0:
            click.echo(f"{compared - differ} of {compared} seeds agree", err=True)
    click.echo(f"{seeds - differ} of {seeds} seeds agree")
    sys.exit(distinct != 1 or differ != 0)


if __name__ == "__main__":
    main()
