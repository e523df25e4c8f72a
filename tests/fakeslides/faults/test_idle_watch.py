import asyncio

from fakeslides.faults.idle_watch import IdleWatch
from tests.support.manual_clock import ManualClock, quiet


async def test_strikes_once_when_silence_has_lasted_long_enough() -> None:
    """A kept-alive connection is reset in its sleep, and only once."""
    clock, struck = ManualClock(), list[float]()
    watch = IdleWatch(clock, 10.0, lambda: struck.append(clock.now()))

    watch.silence_began()
    await clock.advance(9.0)
    before = list(struck)
    await clock.advance(50.0)

    assert (before, len(struck)) == ([], 1)


async def test_counts_anew_with_every_answer() -> None:
    """Silence is measured from the last byte that was sent."""
    clock, struck = ManualClock(), list[float]()
    watch = IdleWatch(clock, 10.0, lambda: struck.append(clock.now()))

    for _ in range(3):
        watch.silence_began()
        await clock.advance(9.0)

    assert struck == []


async def test_a_request_ends_the_silence_and_leaves_no_task() -> None:
    """A server at work is not idle, however long it takes."""
    clock, struck, tasks = ManualClock(), list[float](), asyncio.all_tasks()
    watch = IdleWatch(clock, 10.0, lambda: struck.append(clock.now()))

    watch.silence_began()
    await quiet()
    watch.silence_ended()
    await clock.advance(100.0)

    assert struck == []
    assert asyncio.all_tasks() == tasks
