"""What waiting costs: processor time and bytes for each operation, however many wait with it.

    python -m loadtests.benchmarks.queue

For the time each operation has a presentation and a tenant of its own, has a place in the queue, takes the
presentation's lock and waits for the dispatcher, as a call with one edit does; one is in flight at a time.
For the bytes, calls of a hundred edits wait to write, and a crowd of calls of one edit waits on the engine's
whole path, the tasks of their callers and those under way included.  A million presentations must leave no
lock behind.  The exit code is 1 where a figure is worse than what is wanted.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from statistics import median

import click

from engine.admission.assembly import dispatcher_for
from engine.admission.call_queue import CallQueue, Place
from engine.admission.locks import PresentationLock
from engine.admission.waiting_room import WaitingRoom
from engine.clock import Clock, MonotonicClock
from engine.events import Event
from engine.policy.pacing import CallKind
from engine.settings import EngineSettings
from loadtests.benchmarks.waiting_bytes import bytes_each, bytes_of_a_crowd

SIZES = (10, 100, 1_000, 10_000, 100_000)
MOST_TIMES_THE_COST, MOST_BYTES = 3.0, 2_048.0
PRESENTATIONS_COUNT = 1_000_000
_DEADLINE_SECONDS = 3_600.0
SETTINGS = EngineSettings(
    writes_per_minute=1_000_000,
    project_writes_per_minute=1_000_000,
    quota_use_share=1.0,
    max_queued_calls=1_000_000,
)
_ENOUGH_OPERATIONS = 20_000  # measured for one figure, so that a small queue is filled often


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and the most that is wanted; None where there is no such demand."""

    name: str
    value: float
    most: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is as small as it should be."""
        return self.most is None or self.value <= self.most

    def __str__(self) -> str:
        most = "" if self.most is None else f" (at most {self.most:,.0f} wanted)"
        return f"{self.name}: {self.value:,.1f}{most}"


class Queue:
    """Operations that wait in front of one dispatcher.

    Args:
        clock: real or not; nothing here waits for it.
    """

    def __init__(self, clock: Clock) -> None:
        self.locks = PresentationLock()
        self.dispatcher = dispatcher_for(SETTINGS, "host", clock, Random(1), _hear_nothing)  # noqa: S311 - jitter
        room = WaitingRoom(SETTINGS.max_calls_under_way, clock)
        self._calls = CallQueue(SETTINGS.max_queued_calls, self.dispatcher, clock, _hear_nothing, room)
        self._clock = clock

    async def operate(self, number: int) -> None:
        """Wait for one operation's turn, and end it."""
        name, deadline = f"deck-{number}", self._clock.now() + _DEADLINE_SECONDS
        with Place(self._calls, name, name, deadline) as place:
            place.expect(1)
            await place.begin()
            await self.locks.take(name)
            admission = await self.dispatcher.take(CallKind.WRITE, deadline, {}, name)
            admission.ended(None)
            self.dispatcher.settle(admission)
            self.locks.give_back(name)


def _hear_nothing(_: Event) -> None:
    """Listen to no event."""


async def seconds_each(clock: Clock, size: int, operations: int = _ENOUGH_OPERATIONS) -> float:
    """Return what one operation of a queue of that size takes of the processor, from coming to leaving.

    A small queue is filled again until so many `operations` went through it.
    """
    began, rounds = time.process_time(), max(1, operations // size)
    for _ in range(rounds):
        queue = Queue(clock)
        await asyncio.gather(*(queue.operate(number) for number in range(size)))
    return (time.process_time() - began) / (rounds * size)


async def locks_left(count: int) -> int:
    """Return how many locks are left when that many presentations had their turn, a few at a time."""
    locks = PresentationLock()

    async def visit(first: int) -> None:
        for number in range(first, count, 10):
            await locks.take(f"deck-{number}")
            locks.give_back(f"deck-{number}")

    await asyncio.gather(*map(visit, range(10)))
    return len(locks)


def measure(
    clock: Clock,
    sizes: tuple[int, ...] = SIZES,
    presentations: int = PRESENTATIONS_COUNT,
    operations: int = _ENOUGH_OPERATIONS,
    settings: EngineSettings = SETTINGS,
) -> Iterator[Figure]:
    """Yield each figure as it is measured."""
    costs = []
    for size in sizes:
        costs.append(median(asyncio.run(seconds_each(clock, size, operations)) for _ in range(3)))
        yield Figure(f"microseconds each, {size:,} queued", 1e6 * costs[-1])
    times = max(costs) / min(costs)
    yield Figure("times the cost in the dearest queue of the cheapest", times, MOST_TIMES_THE_COST)
    taken = asyncio.run(bytes_each(clock, settings, sizes[-1] // 100, 100))
    yield Figure("bytes for each edit while it waits, 100 in a call", taken, MOST_BYTES)
    taken = asyncio.run(bytes_of_a_crowd(clock, settings, sizes[-1]))
    yield Figure(f"bytes for each call of one edit, {sizes[-1]:,} queued", taken, MOST_BYTES)
    left = asyncio.run(locks_left(presentations))
    yield Figure(f"locks left after {presentations:,} presentations", left, 0)


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
