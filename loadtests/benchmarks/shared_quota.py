"""How well four processes keep, and use, one user's quota, on real sockets, as the server counts it.

    python -m loadtests.benchmarks.shared_quota [--redis redis://127.0.0.1:6379/0]

Each process edits a deck of its own and has more to write than the quota allows.  In the middle one of them
is killed by SIGKILL and started again.  The exit code is 1 if the server saw more writes than the quota in
any 60 s, or the processes used less than 95 % of what they allow themselves while they had work.
"""

import asyncio
import math
import sys
from asyncio.subprocess import PIPE
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from engine.policy.sliding_log import SPAN_SECONDS, WINDOW_SECONDS
from fakeslides.clock import ServerClock
from fakeslides.decks.deck import Deck
from fakeslides.decks.realistic import realistic_deck
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from loadtests.client import ClientSpec, Job
from loadtests.measurements import WRITE
from loadtests.processes import child, feed, kill_group, tethered

QUOTA = 60
LEAST_USE_SHARE = 0.95
_SLIDES, _KEYS = 40, 8
_SEED = 7


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is to be tried.

    Attributes:
        spans: how many windows of the engine's it lasts.
        processes: clients at once.
        use_share: of the quota, that they allow themselves.
        speed: of all clocks; a fast one makes a window short, and the way of a call long.
        shares: false lets each keep its quota to itself, to see what sharing is for.
        redis_url: the server by which they share it; a file by default.
    """

    spans: int = 3
    processes: int = 4
    use_share: float = 1.0
    speed: float = 1.0
    shares: bool = True
    redis_url: str | None = field(default=None, repr=False)

    @property
    def allowed_count(self) -> int:
        """Writes that a window may hold."""
        return math.floor(QUOTA * self.use_share)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the server saw.

    Attributes:
        crowd: that came.
        arrived_at_seconds: of each write, in order.
        refused_count: writes refused for quota.
    """

    crowd: Crowd
    arrived_at_seconds: Sequence[float]
    refused_count: int

    def most_in(self, window_seconds: float) -> int:
        """Return the highest count in any window of this length."""
        arrivals = self.arrived_at_seconds
        return max(
            bisect_left(arrivals, start + window_seconds) - index for index, start in enumerate(arrivals)
        )

    def least_in(self, window_seconds: float) -> int:
        """Return the lowest count in any window of this length, from the first write to the end."""
        arrivals = self.arrived_at_seconds
        last_start = arrivals[0] + self.crowd.spans * SPAN_SECONDS - window_seconds
        # The fewest are in a window that begins just after a write.
        starts = [at for at in arrivals if at < last_start]
        return min(
            (bisect_right(arrivals, at + window_seconds) - bisect_right(arrivals, at) for at in starts),
            default=0,
        )

    @property
    def use_share(self) -> float:
        """Writes in the whole time, as a share of what is allowed by the minute."""
        first, whole_seconds = self.arrived_at_seconds[0], self.crowd.spans * SPAN_SECONDS
        used_count = bisect_left(self.arrived_at_seconds, first + whole_seconds)
        return used_count * WINDOW_SECONDS / (whole_seconds * self.crowd.allowed_count)

    @property
    def is_good(self) -> bool:
        """Never more than the quota, and never much less than what was allowed."""
        return self.most_in(WINDOW_SECONDS) <= QUOTA and self.use_share >= LEAST_USE_SHARE

    def __str__(self) -> str:
        crowd = self.crowd
        return (
            f"{crowd.processes} processes, {crowd.use_share:.0%} of {QUOTA} writes a minute, "
            f"{crowd.spans * SPAN_SECONDS:.0f} s: {len(self.arrived_at_seconds)} writes, at most "
            f"{self.most_in(WINDOW_SECONDS)} in any 60 s, at least {self.least_in(SPAN_SECONDS)} in any "
            f"{SPAN_SECONDS:.0f} s, {self.use_share:.1%} of what was allowed, {self.refused_count} refused"
        )


async def count(crowd: Crowd, folder: Path) -> Counted:
    """Let a crowd write, one of them killed and started again in the middle, and return what the server saw.

    Args:
        crowd: who comes.
        folder: for what they leave behind.
    """
    decks = [
        realistic_deck(f"deck-{number}", _SLIDES, _KEYS, Random(f"{_SEED} {number}"))  # noqa: S311 - the same decks each time
        for number in range(crowd.processes)
    ]
    async with FakeSlides(_weather(), decks=decks, clock=ServerClock(1 / crowd.speed)) as fake:
        specs = [_spec(crowd, fake, deck, folder) for deck in decks]
        clock = ServerClock(1 / crowd.speed)
        async with AsyncExitStack() as stack:
            *_, last = [await _start(spec, stack, folder) for spec in specs]
            first_at = await _first_write(fake, clock)
            await clock.sleep(crowd.spans * SPAN_SECONDS / 2)
            kill_group(last)
            await last.wait()
            await _start(specs[-1], stack, folder)
            await clock.sleep(first_at + crowd.spans * SPAN_SECONDS - clock.now())
    writes = [entry for entry in fake.ledger if entry.method == WRITE]
    return Counted(
        crowd,
        sorted(entry.arrived_at_seconds for entry in writes),
        sum(entry.organic == "quota" for entry in writes),
    )


async def _start(spec: ClientSpec, stack: AsyncExitStack, folder: Path) -> asyncio.subprocess.Process:
    complaints = folder / f"{Path(spec.events_file).stem}.stderr"
    process = await stack.enter_async_context(child(tethered("loadtests.client"), complaints, stdin=PIPE))
    await feed(process, spec.as_json())
    return process


async def _first_write(fake: FakeSlides, clock: ServerClock) -> float:
    """Return when the first write had ended."""
    while not any(entry.method == WRITE for entry in fake.ledger):
        await clock.sleep(0.1)
    return clock.now()


def _weather() -> Scenario:
    return Scenario.model_validate(
        {
            "version": "1",
            "promise": "Four processes keep one quota.",
            "server": {"latency": {"fixed": "300ms"}, "quota": {"preset": "google-default"}},
        }
    )


def _spec(crowd: Crowd, fake: FakeSlides, deck: Deck, folder: Path) -> ClientSpec:
    return ClientSpec(
        endpoint=fake.endpoint,
        ca_file=str(fake.ca_file),
        credentials_file=str(fake.credentials_file),
        jobs=(Job(deck.presentation_id, deck.replacements),),
        engine={
            "batch_strategy": "sequential",
            "quota_use_share": crowd.use_share,
            "operation_deadline": 86_400.0,
        },
        time_scale=1 / crowd.speed,
        seed=_SEED,
        events_file=str(folder / f"{deck.presentation_id}.ndjson"),
        quota_file=str(folder / "quota") if crowd.shares and not crowd.redis_url else None,
        quota_redis=crowd.redis_url if crowd.shares else None,
    )


@click.command()
@click.option("--spans", type=click.IntRange(min=1), default=3, show_default=True, help="Windows of 61 s.")
@click.option("--processes", type=click.IntRange(min=1), default=4, show_default=True)
@click.option("--share", "use_share", type=click.FloatRange(0.1, 1), default=1.0, show_default=True)
@click.option(
    "--speed", type=click.FloatRange(min=0.1), default=1.0, show_default=True, help="Of all clocks."
)
@click.option("--alone", is_flag=True, help="Each process keeps its quota to itself: what sharing is for.")
@click.option("--redis", "redis_url", help="Share by this Redis server; by a file if there is none.")
def main(
    *, spans: int, processes: int, use_share: float, speed: float, alone: bool, redis_url: str | None
) -> None:
    """Print what the server counted."""
    crowd = Crowd(spans, processes, use_share, speed, shares=not alone, redis_url=redis_url)
    with TemporaryDirectory() as folder:
        counted = asyncio.run(count(crowd, Path(folder)))
    click.echo(str(counted))
    sys.exit(0 if counted.is_good else 1)


if __name__ == "__main__":
    main()
