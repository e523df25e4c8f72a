"""While the breaker is open, callers park, and trials find out whether the server is back."""

import asyncio

import pytest

from engine.admission.dispatcher import Admission
from engine.admission.waits import Waits
from engine.errors import (
    CircuitOpen,
    Unreachable,
)
from engine.events import BreakerChanged
from engine.policy.pacing import CallKind
from tests.support.dispatcher_bench import FAR, Bench
from tests.support.held import admitted
from tests.support.manual_clock import quiet


async def _open(**settings: object) -> Bench:
    bench = Bench(ceiling=4, circuit_breaker_threshold=2, circuit_breaker_timeout=10.0, **settings)
    for number in range(2):
        call = asyncio.create_task(bench.call(str(number), seconds=0.0, error=Unreachable("refused")))
        await asyncio.wait([call])
    bench.started.clear()
    return bench


async def test_callers_park_until_a_trial_is_due_and_then_go_one_by_one() -> None:
    """The server is left alone, and then asked politely."""
    bench = await _open()
    waits = Waits()

    calls = [asyncio.create_task(bench.call(str(n), seconds=1.0, waits=waits)) for n in range(4)]
    await bench.clock.advance(5.0)
    before = list(bench.started)
    await bench.clock.advance(20.0)
    await asyncio.gather(*calls)

    assert before == []
    starts = [at for _, at in bench.started]
    assert 8.0 <= starts[0] <= 12.0
    assert starts == [pytest.approx(starts[0] + n) for n in range(4)]
    assert waits["breaker"] > 8.0
    changes = [event.after for event in bench.events if isinstance(event, BreakerChanged)]
    assert changes == ["open", "half-open", "closed"]
    bench.assert_at_rest()


async def test_a_deadline_while_it_is_open_says_circuit_open() -> None:
    """The caller learns that the server was down, not that a queue was long."""
    bench = await _open()

    parked = asyncio.create_task(bench.call("parked", deadline=1_003.0))
    await bench.clock.advance(5.0)

    with pytest.raises(CircuitOpen):
        await parked
    bench.assert_at_rest()


async def test_a_trial_counts_as_a_read_whatever_was_asked_for() -> None:
    """No user's write is risked to find out whether the server is back."""
    bench = await _open(writes_per_minute=2)
    admissions = list[Admission]()

    async def write() -> None:
        async with admitted(bench.dispatcher, CallKind.WRITE, FAR, {}) as admission:
            admissions.append(admission)

    trial = asyncio.create_task(write())
    await bench.clock.advance(15.0)
    await trial

    assert admissions[0].is_trial
    assert admissions[0].reservation is not None
    assert admissions[0].reservation.kind is CallKind.READ


async def test_a_trial_that_ends_in_a_bug_gives_its_place_back() -> None:
    """An error that nobody thought of must not shut the shop until its lease is over."""
    bench = await _open()

    async def stumble() -> None:
        async with admitted(bench.dispatcher, CallKind.READ, FAR, {}):
            raise KeyError("reply")

    stumbling = asyncio.create_task(stumble())
    await bench.clock.advance(12.0)
    heir = asyncio.create_task(bench.call("heir", CallKind.READ, seconds=0.0))
    await quiet()

    assert isinstance(stumbling.exception(), KeyError)
    assert heir.done()
    bench.assert_at_rest()
