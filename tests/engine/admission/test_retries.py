"""Waiting for leave to try again."""

import asyncio

import pytest

from engine.admission.retries import RetryGate
from engine.errors import EngineClosed, RevisionConflict, Unreachable
from engine.events import Event, RetryAllowed, RetryHeldBack
from engine.policy.retry_budget import FAILED_TOKENS, RetryBudget
from tests.support.manual_clock import ManualClock, quiet

FAR = 1e9
REFUSED = Unreachable("refused")


class Bench:
    """A gate, and those who want to try again."""

    def __init__(self) -> None:
        self.clock = ManualClock(0.0)
        self.events: list[Event] = []
        self.gate = RetryGate(RetryBudget(), self.clock, self.clock.sleep, self.events.append)
        self.leaves: list[tuple[str, float]] = []

    def ask(self, name: str, *, deadline: float = FAR, ends_doubt: bool = False) -> "asyncio.Task[None]":
        """Ask for one retry."""
        return asyncio.create_task(self._ask(name, deadline, ends_doubt=ends_doubt))

    async def _ask(self, name: str, deadline: float, *, ends_doubt: bool) -> None:
        tokens = await self.gate.leave(REFUSED, (name, "deck"), deadline, ends_doubt=ends_doubt)
        assert tokens == FAILED_TOKENS
        self.leaves.append((name, self.clock.now()))


async def test_whoever_finds_the_budget_used_up_waits_for_it_in_order_of_arrival() -> None:
    """Nobody hammers, nobody is forgotten, and nobody overtakes."""
    bench = Bench()

    tasks = [bench.ask(str(number)) for number in range(9)]
    await bench.clock.advance(200.0)
    await asyncio.gather(*tasks)

    assert [name for name, _ in bench.leaves] == [str(number) for number in range(9)]
    assert [at for _, at in bench.leaves] == [0.0] * 3 + [60.0] * 3 + [120.0] * 3


async def test_what_ends_a_doubt_does_not_queue_behind_what_does_not() -> None:
    """Its line is its own, since the share of the calls does not hold it back."""
    bench = Bench()
    tasks = [bench.ask(str(number)) for number in range(4)]
    await quiet()

    doubt = bench.ask("doubt", ends_doubt=True)
    await quiet()

    assert bench.leaves[-1] == ("doubt", 0.0)
    for task in (*tasks, doubt):
        task.cancel()


async def test_a_success_lets_whoever_is_next_go_sooner() -> None:
    """A server that is back is not made to wait for a minute to be over."""
    bench = Bench()
    tasks = [bench.ask(str(number), ends_doubt=True) for number in range(8)]
    await bench.clock.advance(1.0)

    bench.gate.budget.succeeded(FAILED_TOKENS, bench.clock.now())
    await bench.clock.advance(1.0)

    assert bench.leaves[-1] == ("7", 2.0)
    await asyncio.gather(*tasks)


async def test_a_deadline_ends_the_wait_and_takes_nothing() -> None:
    """The edit is reported then, as what is known of it."""
    bench = Bench()
    for number in range(3):
        await bench.ask(str(number))

    late, heir = bench.ask("late", deadline=10.0), bench.ask("heir")
    await bench.clock.advance(60.0)

    with pytest.raises(TimeoutError):
        await late
    await heir
    assert bench.leaves[-1] == ("heir", 60.0)


async def test_whoever_is_cancelled_makes_room_for_the_next() -> None:
    """A place that is lost would be lost for all who come after."""
    bench = Bench()
    tasks = [bench.ask(str(number)) for number in range(5)]
    await bench.clock.advance(5.0)

    tasks[3].cancel()
    await bench.clock.advance(60.0)

    await tasks[4]
    assert bench.leaves[-1] == ("4", 60.0)


async def test_every_retry_is_told_and_every_wait_as_soon_as_it_begins() -> None:
    """A person who wonders why nothing happens must find it in the log while nothing happens."""
    bench = Bench()
    for number in range(3):
        await bench.ask(str(number))

    waiting = bench.ask("waits")
    await quiet()

    told = [(type(event), event.identity) for event in bench.events]
    assert told == [*((RetryAllowed, str(number)) for number in range(3)), (RetryHeldBack, "waits")]
    waiting.cancel()


async def test_a_server_that_answered_well_is_asked_again_at_once() -> None:
    """Others' edits are no storm."""
    bench, error = Bench(), RevisionConflict("400", http_status=400)

    taken = [await bench.gate.leave(error, ("a", "deck"), FAR, ends_doubt=False) for _ in range(50)]

    assert set(taken) == {0.0}
    assert bench.events == []


async def test_closing_ends_the_wait() -> None:
    """There will be no other attempt, so there is nothing to wait for."""

    async def closed(_seconds: float) -> None:
        raise EngineClosed

    gate = RetryGate(RetryBudget(), ManualClock(0.0), closed, lambda _: None)
    for _ in range(3):
        await gate.leave(REFUSED, ("a", "deck"), FAR, ends_doubt=False)

    with pytest.raises(EngineClosed):
        await gate.leave(REFUSED, ("a", "deck"), FAR, ends_doubt=False)
