"""The one place that lets attempts start."""

import asyncio
from random import Random

import pytest

from engine.admission.breaker import BreakerGate
from engine.admission.dispatcher import Admission, Dispatcher
from engine.admission.limiter import Limiter
from engine.admission.waits import Waits
from engine.errors import (
    CircuitOpen,
    ConnectionLost,
    DeadlinePassed,
    EngineClosed,
    QuotaExceeded,
    Unreachable,
)
from engine.events import BreakerChanged, Event
from engine.policy.circuit_breaker import BatchOperationCircuitBreaker
from engine.policy.pacing import CallKind, Pacing
from engine.settings import EngineSettings
from tests.support.manual_clock import ManualClock, quiet

FAR = 1e9


class Bench:
    """A dispatcher with everything it needs, and callers to put in front of it."""

    def __init__(self, ceiling: int = 1, **settings: object) -> None:
        chosen = EngineSettings(**{"writes_per_minute": 600, "quota_use_share": 1.0, **settings})
        self.clock = ManualClock()
        self.events: list[Event] = []
        self.limiter = Limiter(ceiling, 100, self.events.append)
        self.pacing = Pacing(chosen)
        breaker = BatchOperationCircuitBreaker(chosen, Random(3))
        gate = BreakerGate(breaker, "host", self.events.append, self.limiter.fall_back_to_sequential)
        self.dispatcher = Dispatcher(breaker=gate, limiter=self.limiter, pacing=self.pacing, clock=self.clock)
        self.started: list[tuple[str, float]] = []

    async def call(
        self,
        name: str,
        kind: CallKind = CallKind.WRITE,
        *,
        seconds: float = 1.0,
        deadline: float = FAR,
        error: Exception | None = None,
        waits: Waits | None = None,
    ) -> None:
        """Make one call that takes `seconds` and ends with `error`."""
        admitted = self.dispatcher.admit(kind, deadline, {} if waits is None else waits)
        async with admitted as admission:
            self.started.append((name, self.clock.now() - 1_000.0))
            self.dispatcher.sent(admission)
            await self.clock.sleep(seconds)
            admission.ended(error)

    def assert_at_rest(self) -> None:
        """Fail if anybody waits, holds a slot, or has set an alarm."""
        assert self.dispatcher.waiting_count == 0
        assert self.dispatcher.in_flight_count == 0
        assert self.dispatcher._alarm is None


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
    waits: list[Waits] = [{}, {}, {}]

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


class TestWithAnOpenBreaker:
    async def _open(self, **settings: object) -> Bench:
        bench = Bench(ceiling=4, circuit_breaker_threshold=2, circuit_breaker_timeout=10.0, **settings)
        for number in range(2):
            call = asyncio.create_task(bench.call(str(number), seconds=0.0, error=Unreachable("refused")))
            await asyncio.wait([call])
        bench.started.clear()
        return bench

    async def test_callers_park_until_a_trial_is_due_and_then_go_one_by_one(self) -> None:
        """The server is left alone, and then asked politely."""
        bench = await self._open()
        waits: Waits = {}

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

    async def test_a_deadline_while_it_is_open_says_circuit_open(self) -> None:
        """The caller learns that the server was down, not that a queue was long."""
        bench = await self._open()

        parked = asyncio.create_task(bench.call("parked", deadline=1_003.0))
        await bench.clock.advance(5.0)

        with pytest.raises(CircuitOpen):
            await parked
        bench.assert_at_rest()

    async def test_a_trial_counts_as_a_read_whatever_was_asked_for(self) -> None:
        """No user's write is risked to find out whether the server is back."""
        bench = await self._open(writes_per_minute=2)
        admissions: list[Admission] = []

        async def write() -> None:
            async with bench.dispatcher.admit(CallKind.WRITE, FAR, {}) as admission:
                admissions.append(admission)

        trial = asyncio.create_task(write())
        await bench.clock.advance(15.0)
        await trial

        assert admissions[0].is_trial
        assert admissions[0].reservation is not None
        assert admissions[0].reservation.kind is CallKind.READ


class TestAfterTheAttempt:
    async def test_a_call_that_was_not_sent_costs_no_quota(self) -> None:
        """A refused connection reached no server that could have counted it."""
        bench = Bench(ceiling=1, writes_per_minute=1)

        async with bench.dispatcher.admit(CallKind.WRITE, FAR, {}) as admission:
            admission.ended(Unreachable("refused"))

        assert bench.pacing.ready_at(bench.clock.now(), CallKind.WRITE) == bench.clock.now()

    async def test_a_call_that_was_sent_costs_quota_however_it_ends(self) -> None:
        """The server has counted it, answer or not."""
        bench = Bench(ceiling=1, writes_per_minute=1)

        await asyncio.wait([asyncio.create_task(bench.call("w", seconds=0.0, error=ConnectionLost("reset")))])

        assert bench.pacing.ready_at(bench.clock.now(), CallKind.WRITE) > bench.clock.now()

    async def test_a_429_holds_back_the_calls_that_follow(self) -> None:
        """Others use the quota too; sending on would only be refused again."""
        bench = Bench(ceiling=1, writes_per_minute=10)
        error = QuotaExceeded("429", http_status=429, retry_after_seconds=30.0)

        await asyncio.wait([asyncio.create_task(bench.call("w", seconds=0.0, error=error))])

        assert bench.pacing.ready_at(bench.clock.now(), CallKind.WRITE) >= bench.clock.now() + 30.0


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
