"""Who waits for what, in which order, and how long at most."""

import asyncio

import pytest

from engine.admission.waits import Waits
from engine.errors import (
    DeadlinePassed,
    EngineClosed,
)
from engine.policy.pacing import CallKind
from tests.support.dispatcher_bench import Bench
from tests.support.manual_clock import quiet


async def test_callers_go_in_order_of_arrival() -> None:
    """Nobody waits for ever because others come back sooner."""
    bench = Bench(ceiling=1)

    calls = [asyncio.create_task(bench.call(str(number))) for number in range(10)]
    await bench.clock.advance(20.0)
    await asyncio.gather(*calls)

    assert bench.started == [(str(number), float(number)) for number in range(10)]
    bench.assert_at_rest()


async def test_no_more_are_in_flight_than_the_limit() -> None:
    """The limit is what keeps connections and memory in bounds."""
    bench = Bench(ceiling=3)

    calls = [asyncio.create_task(bench.call(str(number))) for number in range(7)]
    await bench.clock.advance(0.5)
    in_flight = bench.dispatcher.in_flight_count
    await bench.clock.advance(5.0)
    await asyncio.gather(*calls)

    assert in_flight == 3
    assert [at for _, at in bench.started] == [0, 0, 0, 1, 1, 1, 2]


async def test_tenants_take_turns_and_each_keeps_its_order() -> None:
    """A nightly job must not make everybody else wait for the morning."""
    bench = Bench(ceiling=1)

    names = ["big 1", "big 2", "big 3", "small 1", "other 1", "other 2"]
    calls = [asyncio.create_task(bench.call(name, tenant=name.split()[0])) for name in names]
    await bench.clock.advance(20.0)
    await asyncio.gather(*calls)

    served = [name for name, _ in bench.started]
    assert served == ["big 1", "big 2", "small 1", "other 1", "big 3", "other 2"]


async def test_a_write_goes_on_with_the_turn_of_its_read_before_others_begin_theirs() -> None:
    """A crowd that is read to its last first leaves the quota for writes unused until then."""
    bench = Bench(ceiling=1)

    async def edit(name: str) -> None:
        await bench.call(f"{name} reads", CallKind.READ, tenant=name)
        await bench.call(f"{name} writes", tenant=name, is_begun=True)
        await bench.call(f"{name} writes more", tenant=name)

    edits = [asyncio.create_task(edit(name)) for name in "abcd"]
    await bench.clock.advance(20.0)
    await asyncio.gather(*edits)

    served = [name for name, _ in bench.started]
    assert served.index("a writes") < served.index("d reads") < served.index("a writes more")
    assert served.index("b writes") < served.index("d reads") < served.index("b writes more")


async def test_a_read_always_begins_a_turn() -> None:
    """Whoever reads again and again would otherwise keep all others from their first."""
    bench = Bench(ceiling=1)

    calls = [
        asyncio.create_task(bench.call(name, CallKind.READ, tenant=name, is_begun=name == "again"))
        for name in ("first", "second", "again")
    ]
    await bench.clock.advance(20.0)
    await asyncio.gather(*calls)

    assert [name for name, _ in bench.started] == ["first", "second", "again"]


async def test_reads_do_not_wait_for_the_quota_of_writes() -> None:
    """The look that ends an ambiguity must not queue behind the writes it would free."""
    bench = Bench(ceiling=1, writes_per_minute=1)
    await asyncio.wait([asyncio.create_task(bench.call("w1", seconds=0.0))])

    calls = [
        asyncio.create_task(bench.call("w2", seconds=0.0)),
        asyncio.create_task(bench.call("r1", CallKind.READ, seconds=0.0)),
    ]
    await bench.clock.advance(100.0)
    await asyncio.gather(*calls)

    assert [name for name, _ in bench.started] == ["w1", "r1", "w2"]
    assert bench.started[-1][1] == pytest.approx(61.0)


async def test_says_what_was_waited_for() -> None:
    """Only then can a report tell what limits the throughput."""
    bench = Bench(ceiling=1, writes_per_minute=2)
    waits = list[Waits]([{}, {}, {}])

    calls = [asyncio.create_task(bench.call(str(n), seconds=2.0, waits=waits[n])) for n in range(3)]
    await bench.clock.advance(200.0)
    await asyncio.gather(*calls)

    assert waits[0] == {}
    assert waits[1] == {"slot": 2.0}
    assert waits[2] == {"slot": 4.0, "quota": pytest.approx(57.0)}


async def test_a_slot_is_not_held_while_the_quota_is_full() -> None:
    """Whoever held one resource while waiting for another would block those who need only the first."""
    bench = Bench(ceiling=1, writes_per_minute=1)
    await asyncio.wait([asyncio.create_task(bench.call("w1", seconds=0.0))])

    waiting = asyncio.create_task(bench.call("w2"))
    await bench.clock.advance(10.0)

    assert bench.dispatcher.in_flight_count == 0
    waiting.cancel()
    await asyncio.wait([waiting])
    bench.assert_at_rest()


async def test_a_deadline_ends_the_wait_and_says_what_it_was_for() -> None:
    """Nothing may hang, and the caller should know what to change."""
    bench = Bench(ceiling=1)
    holder = asyncio.create_task(bench.call("holder", seconds=50.0))
    await quiet()

    late = asyncio.create_task(bench.call("late", deadline=1_010.0))
    await bench.clock.advance(10.0)

    with pytest.raises(DeadlinePassed, match="slot"):
        await late
    await bench.clock.advance(50.0)
    await holder
    bench.assert_at_rest()


async def test_a_deadline_that_has_passed_is_refused_at_once() -> None:
    """There is no point in asking for what can no longer be used."""
    bench = Bench()

    with pytest.raises(DeadlinePassed):
        await bench.call("late", deadline=999.0)

    bench.assert_at_rest()


async def test_a_crowd_that_waits_sets_one_alarm_and_sleeps() -> None:
    """Waiters that wake up in turns to look at the clock keep a core busy for nothing."""
    bench = Bench(ceiling=100, writes_per_minute=1)
    sleeps: list[float] = []
    plain_sleep = bench.clock.sleep

    async def counted_sleep(seconds: float) -> None:
        sleeps.append(seconds)
        await plain_sleep(seconds)

    bench.clock.sleep = counted_sleep
    await bench.call("first", seconds=0.0)
    sleeps.clear()
    crowd = [asyncio.create_task(bench.call(str(n))) for n in range(100)]
    await bench.clock.advance(60.0)

    assert sleeps == [pytest.approx(61.0)]
    for task in crowd:
        task.cancel()
    await asyncio.wait(crowd)
    bench.assert_at_rest()


@pytest.mark.parametrize("moment", range(12))
async def test_cancelling_at_any_moment_leaves_nothing_behind(moment: int) -> None:
    """A permit or slot that is lost is lost until the process ends."""
    bench = Bench(ceiling=1)
    holder = asyncio.create_task(bench.call("holder", seconds=0.0))
    cancelled = asyncio.create_task(bench.call("cancelled", seconds=0.0))
    heir = asyncio.create_task(bench.call("heir", seconds=0.0))

    for _ in range(moment):
        await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([holder, cancelled, heir])
    await quiet()

    assert "heir" in [name for name, _ in bench.started]
    bench.assert_at_rest()


async def test_closing_ends_every_wait_at_once_and_leaves_no_alarm() -> None:
    """Calls that waited for an open breaker went on waiting until their deadlines, long after the end."""
    bench = Bench(ceiling=1, circuit_breaker_threshold=1)
    under_way = asyncio.create_task(bench.call("under way", seconds=5.0))
    await quiet()
    waiting = asyncio.create_task(bench.call("waiting"))
    pausing = asyncio.create_task(bench.dispatcher.pause(3_600.0))
    await quiet()

    bench.dispatcher.close()
    await quiet()

    assert isinstance(waiting.exception(), EngineClosed)
    assert isinstance(pausing.exception(), EngineClosed)
    with pytest.raises(EngineClosed):
        await bench.call("late")
    assert not under_way.done()
    await bench.clock.advance(5.0)
    await under_way
    bench.assert_at_rest()
