"""Where calls wait until there is room to carry them out."""

import asyncio
import gc
import weakref
from dataclasses import dataclass

import pytest

from engine.admission.waiting_room import WaitingRoom
from engine.errors import DeadlinePassed, EngineClosed
from tests.support.manual_clock import ManualClock, quiet


@dataclass(eq=False)
class Call:
    """One call, which is carried out until it is told to end."""

    tenant: str
    deadline_seconds: float = 1e9
    ticket: int = 0
    turn: "asyncio.Future[None] | None" = None


class Bench:
    """A room, and calls that are carried out."""

    def __init__(self, room_count: int = 1) -> None:
        self.clock = ManualClock(0.0)
        self.room = WaitingRoom(room_count, self.clock)
        self.begun: list[str] = []

    def come(self, name: str, deadline_seconds: float = 1e9, seconds: float = 10.0) -> "asyncio.Task[None]":
        """Let a call come that takes that long, once it has begun."""
        return asyncio.create_task(self._call(Call(name, deadline_seconds), seconds))

    async def _call(self, call: Call, seconds: float) -> None:
        try:
            await self.room.come(call)
            self.begun.append(call.tenant)
            await self.clock.sleep(seconds)
        finally:
            self.room.leave(call)

    def assert_empty(self) -> None:
        """Nobody waits, nobody is under way, and no timer is left."""
        assert (len(self.room), self.room._waitlist.under_way_count) == (0, 0)
        assert not self.room._alarm.is_set


async def test_calls_begin_one_after_the_other_as_there_is_room() -> None:
    """And need not wait where there is."""
    bench = Bench(room_count=2)
    calls = [bench.come(name) for name in "abc"]

    await bench.clock.advance(5.0)
    assert bench.begun == ["a", "b"]
    await bench.clock.advance(20.0)

    assert bench.begun == ["a", "b", "c"]
    assert all(call.done() for call in calls)
    bench.assert_empty()


async def test_whoever_waits_until_the_deadline_is_told_so() -> None:
    """Each at its own, whoever came first, and though nobody else comes or goes."""
    bench = Bench()
    first = bench.come("a", seconds=100.0)
    patient, hurried = bench.come("b", 60.0), bench.come("c", 30.0)

    await bench.clock.advance(29.0)
    assert not hurried.done()
    await bench.clock.advance(2.0)
    assert isinstance(hurried.exception(), DeadlinePassed)
    assert not patient.done()
    await bench.clock.advance(200.0)

    assert isinstance(patient.exception(), DeadlinePassed)
    assert first.done()
    bench.assert_empty()


async def test_a_cancelled_call_gives_up_its_place_in_line() -> None:
    """While it waits, and in the instant in which its turn came."""
    bench = Bench()
    first, waiting, called, last = (bench.come(name) for name in "abcd")
    await quiet()

    waiting.cancel()
    await quiet()
    first.cancel()
    called.cancel()  # before the first has left
    await quiet()

    assert bench.begun == ["a", "d"]
    last.cancel()
    await quiet()
    bench.assert_empty()


async def test_a_call_that_was_cancelled_when_its_turn_had_come_leaves_the_room_to_the_next() -> None:
    """Its turn came, and it never saw it."""
    bench = Bench()
    first, called, last = Call("a"), Call("b"), Call("c")
    for call in (first, called, last):
        bench.room.come(call)

    bench.room.leave(first)
    assert called.turn is not None
    assert called.turn.done()
    bench.room.leave(called)

    assert last.turn is not None
    assert last.turn.done()


async def test_closing_tells_all_who_wait_and_refuses_whoever_comes() -> None:
    """What is under way goes on, and nothing comes after it."""
    bench = Bench()
    first, waiting = bench.come("a"), bench.come("b")
    await quiet()

    bench.room.close()
    late = bench.come("c")
    await bench.clock.advance(20.0)

    assert first.exception() is None
    for refused in (waiting, late):
        with pytest.raises(EngineClosed):
            await refused
    bench.assert_empty()


async def test_nothing_is_kept_of_calls_whose_turn_came_long_before_their_deadline() -> None:
    """A day of calls, each with a deadline of a day."""
    bench = Bench()

    held, waits_on = Call("held"), Call("waits on", deadline_seconds=1e8)  # before all that follow
    bench.room.come(held)
    bench.room.come(waits_on)
    for number in range(1_000):
        call = Call(f"deck-{number}")
        bench.room.come(call)
        bench.room.leave(call)

    assert len(bench.room._deadlines) < 100
    bench.room.leave(waits_on)
    bench.room.leave(held)
    bench.assert_empty()


async def test_a_call_that_was_refused_is_not_kept_until_a_collection() -> None:
    """Its error holds the frames of its caller, and with them all that was to be edited."""
    bench = Bench()
    bench.room.come(Call("held"))
    gc.disable()
    try:
        late = Call("late", deadline_seconds=1.0)
        kept = weakref.ref(late)
        waiting = asyncio.create_task(_refused(bench, late))
        del late
        await bench.clock.advance(2.0)
        await waiting
        del waiting

        assert kept() is None
    finally:
        gc.enable()


async def _refused(bench: Bench, call: Call) -> None:
    try:
        await bench.room.come(call)
    except DeadlinePassed:
        pass
    finally:
        bench.room.leave(call)
