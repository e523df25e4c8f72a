"""Emptying the engine."""

import asyncio

import pytest

from engine.admission.drain import Drain
from engine.errors import EngineClosed
from tests.support.manual_clock import ManualClock, quiet


async def test_a_wait_that_leads_nowhere_any_more_ends_when_draining_begins() -> None:
    """Whoever waits for the quota of the next minute would hold up the exit for a minute."""
    drain = Drain()
    waiting = asyncio.create_task(_wait_in(drain, asyncio.Event()))
    await quiet()

    drain.begin()

    with pytest.raises(EngineClosed):
        await waiting


async def test_beginning_again_while_a_wait_is_ending_is_as_well() -> None:
    """A second caller of `drain` may come at any instant, and has nothing to be told of."""
    drain = Drain()
    waiting = asyncio.create_task(_wait_in(drain, asyncio.Event()))
    await quiet()

    drain.begin()
    while not waiting.done():
        drain.begin()
        await asyncio.sleep(0)

    with pytest.raises(EngineClosed):
        await waiting


async def test_whoever_comes_after_that_is_turned_away() -> None:
    """What is being emptied must not fill again."""
    drain = Drain()
    drain.begin()

    with pytest.raises(EngineClosed):
        await _wait_in(drain, asyncio.Event())
    with pytest.raises(EngineClosed):
        drain.refuse()


async def test_until_then_waits_come_to_their_own_end() -> None:
    """Nothing is drained on most days."""
    drain, bell = Drain(), asyncio.Event()
    waiting = asyncio.create_task(_wait_in(drain, bell))
    await quiet()

    bell.set()
    await waiting
    drain.refuse()


async def test_a_wait_that_is_over_is_left_alone_when_draining_begins() -> None:
    """It was let in before, and what it does now is waited for."""
    drain, clock = Drain(), ManualClock()

    async def work() -> str:
        async with drain.until_begun():
            await clock.sleep(1.0)
        await clock.sleep(10.0)
        return "done"

    working = asyncio.create_task(work())
    await clock.advance(2.0)
    drain.begin()
    await clock.advance(10.0)

    assert await working == "done"


async def test_a_timeout_within_a_wait_stays_a_timeout() -> None:
    """A passed deadline is another reason, and is told as such."""
    drain, clock = Drain(), ManualClock()

    async def work() -> None:
        async with drain.until_begun(), clock.timeout(1.0):
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await clock.advance(1.0)

    with pytest.raises(TimeoutError):
        await working


async def test_a_cancelled_wait_stays_cancelled() -> None:
    """The caller has gone; to tell it that the engine closed would be wrong."""
    drain = Drain()
    waiting = asyncio.create_task(_wait_in(drain, asyncio.Event()))
    await quiet()

    waiting.cancel()
    drain.begin()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_it_is_empty_when_the_last_call_has_ended() -> None:
    """However many began, and however they ended."""
    drain = Drain()
    bells = [asyncio.Event(), asyncio.Event()]
    calls = [asyncio.create_task(_call_in(drain, bell)) for bell in bells]
    await quiet()
    drain.begin()
    emptied = asyncio.create_task(drain.emptied())

    bells[0].set()
    await quiet()
    assert not emptied.done()
    calls[1].cancel()
    await quiet()

    assert emptied.done()


async def test_a_call_between_two_of_its_parts_is_still_under_way() -> None:
    """It has read the presentation, and goes on to write in the same instant."""
    drain, bells = Drain(), [asyncio.Event(), asyncio.Event()]

    async def call() -> None:
        for bell in bells:
            await _call_in(drain, bell)

    calling = asyncio.create_task(call())
    await quiet()
    emptied = asyncio.create_task(drain.emptied())
    await quiet()
    bells[0].set()
    await quiet()
    assert not emptied.done()

    bells[1].set()
    await emptied
    await calling


async def test_an_engine_that_nobody_calls_is_empty_at_once() -> None:
    """A service that is stopped while idle should be gone in no time."""
    await Drain().emptied()


async def _wait_in(drain: Drain, bell: asyncio.Event) -> None:
    async with drain.until_begun():
        await bell.wait()


async def _call_in(drain: Drain, bell: asyncio.Event) -> None:
    with drain.call():
        await bell.wait()
