"""How long a large job takes under Google's full quota, for each strategy, beside what no schedule can beat.

    python -m loadtests.benchmarks.full_quota

Ten presentations of twenty slides with ten replacements each, 400 ms a call, three connections, 60 writes a
minute: over half an hour for the slowest, in virtual time.  Two bounds of the writes alone stand beside each:
with the quota as Google publishes it, and with the share that the engine allows itself, whose window is a
second longer.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from engine.policy.sliding_log import SPAN_SECONDS
from engine.settings import EngineSettings, Strategy
from fakeslides.scenario.model import Scenario
from loadtests.capacity import bound_seconds
from loadtests.measurements import WRITE, RunRecord, Setting
from loadtests.run_plan import RunPlan
from loadtests.virtual_run import record_virtual_run

LATENCY_SECONDS, CONNECTIONS, QUOTA = 0.4, 3, 60


@dataclass(frozen=True, slots=True)
class Row:
    """One strategy: its writes, its time, and the least that any schedule of them takes."""

    strategy: str
    writes: int
    seconds: float
    bound_seconds: float
    own_bound_seconds: float

    def __str__(self) -> str:
        over = self.seconds / self.own_bound_seconds - 1
        return (
            f"{self.strategy:<11}{self.writes:>7}{self.seconds:>10.1f} s{self.bound_seconds:>10.1f} s"
            f"{self.own_bound_seconds:>10.1f} s{over:>9.1%}"
        )


def job(presentations: int = 10, slides: int = 20, replacements: int = 10) -> Scenario:
    """Return the weather, in which only the quota and the latency are in the way, and the decks."""
    server = {
        "latency": {"fixed": f"{LATENCY_SECONDS * 1000:g}ms"},
        "quota": {"preset": "google-default"},
    }
    workload = {"presentations": presentations, "slides": slides, "replacements": replacements}
    return Scenario.model_validate(
        {
            "version": "1",
            "promise": "A job takes hardly more time than it must.",
            "server": server,
            "workload": workload,
        }
    )


def rows(scenario: Scenario) -> Iterator[Row]:
    """Yield a row for each strategy, the slowest first."""
    # The slowest of them takes longer than the deadline that production wants.
    plan = RunPlan(
        "job", scenario, Path("job"), 1, 1.0, clock="virtual", engine={"operation_deadline": 7_200}
    )
    for strategy in Strategy:
        yield row_of(record_virtual_run(plan, Setting(strategy.value, CONNECTIONS)))


def row_of(record: RunRecord) -> Row:
    """Return the row of a run in which every deck has as many writes."""
    writes = sum(entry.method == WRITE for entry in record.ledger)
    decks = len(record.documents_before)
    connections = 1 if record.setting.strategy == Strategy.SEQUENTIAL else CONNECTIONS
    chains = [writes // decks] * decks
    allowed = math.floor(QUOTA * EngineSettings().quota_use_share)
    return Row(
        strategy=record.setting.strategy,
        writes=writes,
        seconds=record.log.elapsed_seconds,
        bound_seconds=bound_seconds(chains, LATENCY_SECONDS, connections, QUOTA),
        own_bound_seconds=bound_seconds(chains, LATENCY_SECONDS, connections, allowed, SPAN_SECONDS),
    )


@click.command()
def main() -> None:
    """Print the table."""
    click.echo(f"{'strategy':<11}{'writes':>7}{'time':>12}{'bound':>12}{'at 54/61 s':>12}{'over it':>9}")
    for row in rows(job()):
        click.echo(str(row))


if __name__ == "__main__":
    main()
