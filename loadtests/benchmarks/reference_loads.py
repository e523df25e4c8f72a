"""Five loads of growing size, and how near the engine comes to what no schedule can beat, in virtual time.

    python -m loadtests.benchmarks.reference_loads

Every presentation has the same replacements on all its slides, so that P presentations with R replacements
come to N* = P * ceil(R / B) writes of at most B requests.  A call takes 400 ms, on three connections.  T* is
the least time for those writes under 60 in any 60 s.  The engine allows itself 54 in 61 s, and has to read
each presentation first: the bound beside its time has both.  The exit code is 1 if a load takes more than
5 % over that bound, or another number of writes.
"""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from engine.policy.sliding_log import SPAN_SECONDS
from engine.settings import EngineSettings, Strategy
from loadtests.benchmarks.full_quota import CONNECTIONS, LATENCY_SECONDS, QUOTA, job
from loadtests.capacity import bound_seconds
from loadtests.measurements import WRITE, Setting
from loadtests.run_plan import RunPlan
from loadtests.virtual_run import record_virtual_run

MOST_OVER_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Load:
    """So many presentations, slides in each, replacements on each slide, and requests in a write."""

    presentations: int
    slides: int
    replacements: int
    batch_size: int

    @property
    def chain_writes(self) -> list[int]:
        """The fewest writes of each presentation."""
        return [math.ceil(self.replacements / self.batch_size)] * self.presentations

    @property
    def least_seconds(self) -> float:
        """T*: the least time for the writes alone, with the quota as Google publishes it."""
        return bound_seconds(self.chain_writes, LATENCY_SECONDS, CONNECTIONS, QUOTA)

    @property
    def bound_seconds(self) -> float:
        """The least time with a read before each presentation's first write, and the engine's own quota.

        The last write waits for its window, whose first writes wait for their reads: when write k starts, as
        many reads have ended as k writes need, and of the k - 1 writes before it all but those on the other
        connections.
        """
        allowed_count = math.floor(QUOTA * EngineSettings().quota_use_share)
        chain, lanes = self.chain_writes[0], min(CONNECTIONS, self.presentations)
        windows, before = divmod(sum(self.chain_writes) - 1, allowed_count)
        ended_count = math.ceil((before + 1) / chain) + before + 1 - lanes
        start = LATENCY_SECONDS * max(1, math.ceil(ended_count / lanes))
        calls = bound_seconds([chain + 1] * self.presentations, LATENCY_SECONDS, CONNECTIONS, None)
        return max(calls, start + windows * SPAN_SECONDS + LATENCY_SECONDS)

    def __str__(self) -> str:
        return f"{self.presentations} x {self.slides} x {self.replacements}, B = {self.batch_size}"


LOADS = (
    Load(1, 20, 10, 3),
    Load(10, 20, 10, 3),
    Load(10, 20, 10, 50),
    Load(50, 30, 20, 3),
    Load(100, 40, 25, 50),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What a load came to."""

    load: Load
    writes: int
    seconds: float

    @property
    def over_share(self) -> float:
        """How far the time is over its bound."""
        return self.seconds / self.load.bound_seconds - 1

    @property
    def is_good(self) -> bool:
        """As few writes as there can be, and hardly any time lost."""
        return self.writes == sum(self.load.chain_writes) and self.over_share <= MOST_OVER_SHARE

    def __str__(self) -> str:
        load = self.load
        return (
            f"{load!s:<24}{sum(load.chain_writes):>6}{self.writes:>8}{load.least_seconds:>10.1f} s"
            f"{load.bound_seconds:>10.1f} s{self.seconds:>10.1f} s{self.over_share:>8.1%}"
        )


def row_of(load: Load) -> Row:
    """Carry a load out in virtual time."""
    engine = {"slides_api_batch_size": load.batch_size}
    scenario = job(load.presentations, load.slides, load.replacements)
    plan = RunPlan(str(load), scenario, Path("load"), 1, 1.0, clock="virtual", engine=engine)
    record = record_virtual_run(plan, Setting(Strategy.COALESCED.value, CONNECTIONS))
    writes = sum(entry.method == WRITE for entry in record.ledger)
    return Row(load, writes, record.log.elapsed_seconds)


def rows() -> Iterator[Row]:
    """Yield a row for each load."""
    return map(row_of, LOADS)


@click.command()
def main() -> None:
    """Print the table."""
    click.echo(f"{'load':<24}{'N*':>6}{'writes':>8}{'T*':>12}{'bound':>12}{'time':>12}{'over':>8}")
    is_good = True
    for row in rows():
        click.echo(str(row))
        is_good = is_good and row.is_good
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
