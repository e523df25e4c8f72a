"""The one place that lets attempts start."""

import asyncio
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.admission.breakers import Breakers
from engine.admission.dispatcher import Admission, Dispatcher
from engine.admission.limiter import Limiter
from engine.admission.waits import Waits
from engine.errors import (
    CircuitOpen,
    ConnectionLost,
    DeadlinePassed,
    EngineClosed,
    NotFound,
    QuotaExceeded,
    QuotaFileError,
    QuotaScope,
    Unreachable,
)
from engine.events import BreakerChanged, Event
from engine.policy.circuit_breaker import BreakerState
from engine.policy.pacing import CallKind, Pacing, Reservation
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
        sequential = self.limiter.fall_back_to_sequential
        breakers = Breakers(chosen, "host", Random(3), self.events.append, sequential)
        self.dispatcher = Dispatcher(
            breakers=breakers, limiter=self.limiter, pacing=self.pacing, clock=self.clock
        )
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
        tenant: str = "",
    ) -> None:
        """Make one call that takes `seconds` and ends with `error`."""
        admitted = self.dispatcher.admit(kind, deadline, {} if waits is None else waits, tenant)
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


async def test_tenants_take_turns_and_each_keeps_its_order() -> None:
    """A nightly job must not make everybody else wait for the morning."""
    bench = Bench(ceiling=1)

    names = ["big 1", "big 2", "big 3", "small 1", "other 1", "other 2"]
    calls = [asyncio.create_task(bench.call(name, tenant=name.split()[0])) for name in names]
    await bench.clock.advance(20.0)
    await asyncio.gather(*calls)

    served = [name for name, _ in bench.started]
    assert served == ["big 1", "big 2", "small 1", "other 1", "big 3", "other 2"]


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

    async def test_a_trial_that_ends_in_a_bug_gives_its_place_back(self) -> None:
        """An error that nobody thought of must not shut the shop until its lease is over."""
        bench = await self._open()

        async def stumble() -> None:
            async with bench.dispatcher.admit(CallKind.READ, FAR, {}):
                raise KeyError("reply")

        stumbling = asyncio.create_task(stumble())
        await bench.clock.advance(12.0)
        heir = asyncio.create_task(bench.call("heir", CallKind.READ, seconds=0.0))
        await quiet()

        assert isinstance(stumbling.exception(), KeyError)
        assert heir.done()
        bench.assert_at_rest()


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

    async def test_a_429_that_names_the_project_leaves_the_users_quota_alone(self) -> None:
        """Who else uses this account was not learned from it."""
        bench = Bench(ceiling=1, writes_per_minute=10)
        error = QuotaExceeded("429", http_status=429)
        error.scope = QuotaScope.PROJECT

        await asyncio.wait([asyncio.create_task(bench.call("w", seconds=0.0, error=error))])

        logs, now = bench.pacing._logs[CallKind.WRITE], bench.clock.now()
        assert [logs[scope].allowed_count(now) for scope in QuotaScope] == [10, 1]

    async def test_a_quota_that_cannot_be_asked_ends_the_wait_and_holds_nothing(self) -> None:
        """A disk that is full must be heard of, and not waited for until the deadline."""
        bench = Bench(ceiling=1)
        bench.pacing = bench.dispatcher._pacing = _Broken()

        with pytest.raises(QuotaFileError, match="the disk is full"):
            await bench.call("w")

        bench.assert_at_rest()
        assert bench.dispatcher.is_healthy


class _Broken(Pacing):
    """A quota file on a full disk."""

    def __init__(self) -> None:
        """Hold nothing."""

    def take(self, now: float, kind: CallKind) -> Reservation | float:
        raise QuotaFileError("the disk is full")


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


ENDS = {
    "well": None,
    "lost": ConnectionLost("reset"),
    "unreachable": Unreachable("refused"),
    "refused": NotFound("404", http_status=404),
    "throttled": QuotaExceeded("429", http_status=429, retry_after_seconds=2.0),
}


@dataclass
class _Caller:
    kind: CallKind
    tenant: str
    task: "asyncio.Task[None] | None" = None
    is_inside: bool = False
    is_trial: bool = False


class DispatcherLaws(RuleBasedStateMachine):
    """Callers that come, end in any way and are cancelled at any moment; the clock moves when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.callers: list[_Caller] = []

    @initialize(ceiling=st.integers(1, 3), writes=st.integers(1, 6), is_lossy=st.booleans())
    def begin(self, ceiling: int, writes: int, *, is_lossy: bool) -> None:
        """Little of everything, so that all three are waited for."""
        self.bench = Bench(
            ceiling,
            writes_per_minute=writes,
            reads_per_minute=4,
            circuit_breaker_threshold=2 if is_lossy else 1_000,
            circuit_breaker_timeout=10.0,
        )

    @rule(
        kind=st.sampled_from(CallKind),
        count=st.integers(1, 4),
        seconds=st.sampled_from([0.0, 1.0, 20.0]),
        end=st.sampled_from(sorted(ENDS)),
        patience=st.sampled_from([0.0, 3.0, FAR]),
        tenant=st.sampled_from("abc"),
    )
    def arrive(
        self, kind: CallKind, count: int, seconds: float, end: str, patience: float, tenant: str = "a"
    ) -> None:
        """Some callers of one kind and tenant, one after the other."""

        async def start() -> None:
            for _ in range(count):
                caller = _Caller(kind, tenant)
                self.callers.append(caller)
                caller.task = asyncio.create_task(self._call(caller, seconds, end, patience))
            await quiet()

        self.loop.run_until_complete(start())

    async def _call(self, caller: _Caller, seconds: float, end: str, patience: float) -> None:
        dispatcher, clock = self.bench.dispatcher, self.bench.clock
        async with dispatcher.admit(caller.kind, clock.now() + patience, {}, caller.tenant) as admission:
            caller.is_inside, caller.is_trial = True, admission.is_trial
            assert dispatcher.in_flight_count <= admission.limit
            self._assert_nobody_like_it_waited_longer(caller)
            try:
                if end != "unreachable":
                    dispatcher.sent(admission)
                await clock.sleep(seconds)
                admission.ended(ENDS[end])
            finally:
                caller.is_inside = False

    def _assert_nobody_like_it_waited_longer(self, caller: _Caller) -> None:
        before = self.callers[: self.callers.index(caller)]
        alike = [one for one in before if (one.kind, one.tenant) == (caller.kind, caller.tenant)]
        assert [other for other in alike if self._waits(other)] == []

    def _waits(self, caller: _Caller) -> bool:
        task = caller.task
        return task is None or not (caller.is_inside or task.done() or task.cancelling())

    @precondition(lambda self: self.callers)
    @rule(
        victims=st.lists(st.tuples(st.sampled_from(["inside", "waiting"]), st.integers(0, 3)), max_size=3),
        turns=st.integers(0, 4),
    )
    def cancel(self, victims: list[tuple[str, int]], turns: int) -> None:
        """Some that are inside, wait, or were admitted this instant in another victim's place."""

        async def cancel() -> None:
            tasks = [task for victim in victims for task in self._tasks(*victim)]
            for task in tasks:
                task.cancel()
                for _ in range(turns):
                    await asyncio.sleep(0)
            await quiet()

        self.loop.run_until_complete(cancel())

    def _tasks(self, where: str, which: int) -> "list[asyncio.Task[None]]":
        found = [
            caller.task
            for caller in self.callers
            if caller.task is not None and not caller.task.done() and caller.is_inside is (where == "inside")
        ]
        return found[which : which + 1]

    @rule(turns=st.integers(0, 3))
    def cancel_a_caller_and_its_heir(self, turns: int) -> None:
        """The slot is handed on, and whoever got it is gone in the same instant."""
        self.cancel([("inside", 0), ("waiting", 0)], turns)

    @rule(seconds=st.sampled_from([9.0, 13.0, 25.0]))
    def outage(self, seconds: float) -> None:
        """A long call goes on while others fail, and more come after them."""
        self.arrive(CallKind.READ, 1, 20.0, "well", FAR)
        self.arrive(CallKind.WRITE, 2, 0.0, "unreachable", FAR)
        self.arrive(CallKind.READ, 2, 1.0, "well", FAR)
        self.wait(seconds)

    @rule(seconds=st.sampled_from([0.5, 1.0, 10.0, 61.0]))
    def wait(self, seconds: float) -> None:
        """Time passes, with a stop at every moment at which something is due."""
        self.loop.run_until_complete(self.bench.clock.advance(seconds))

    @invariant()
    def nothing_is_lost(self) -> None:
        """Slots, waiters and places are those of the callers that are there."""
        if not hasattr(self, "bench"):
            return
        inside = sum(caller.is_inside for caller in self.callers)
        waiting = sum(not (caller.is_inside or caller.task.done()) for caller in self.callers)
        assert self.bench.dispatcher.in_flight_count == inside
        assert self.bench.dispatcher.waiting_count == waiting

    @invariant()
    def nobody_waits_while_everything_is_free(self) -> None:
        """And whoever waits has something to wait for: an alarm, or the end of another's call."""
        if not hasattr(self, "bench"):
            return
        now, dispatcher = self.bench.clock.now(), self.bench.dispatcher
        for line in dispatcher._lines.values():
            is_free = self.bench.limiter.has_room and self.bench.pacing.ready_at(now, line.kind) <= now
            assert not (line.turns and is_free and dispatcher.is_healthy)
        is_trial_out = any(caller.is_inside and caller.is_trial for caller in self.callers)
        if self._is_half_open() and self.bench.limiter.has_room and not is_trial_out:
            assert not dispatcher.waiting_count or self.bench.pacing.ready_at(now, CallKind.READ) > now
        assert not dispatcher.waiting_count or dispatcher._alarm or dispatcher.in_flight_count

    def _is_half_open(self) -> bool:
        breaker = self.bench.dispatcher.breakers._host._breaker
        return breaker is not None and breaker.state is BreakerState.HALF_OPEN

    def teardown(self) -> None:
        """In the end everybody has had a turn, and all is as it was."""
        if hasattr(self, "bench"):
            self.loop.run_until_complete(self._end())
        self.loop.close()

    async def _end(self) -> None:
        await self.bench.clock.advance(20_000.0)
        tasks = [caller.task for caller in self.callers if caller.task is not None]
        assert all(task.done() for task in tasks)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert [end for end in ends if isinstance(end, AssertionError)] == []
        self.bench.assert_at_rest()
        assert not any(log._unsent for logs in self.bench.pacing._logs.values() for log in logs.values())


TestDispatcherLaws = DispatcherLaws.TestCase
TestDispatcherLaws.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
