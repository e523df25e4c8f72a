"""The laws of the dispatcher, whatever its callers do."""

import asyncio
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.errors import (
    ConnectionLost,
    NotFound,
    QuotaExceeded,
    Unreachable,
)
from engine.policy.circuit_breaker import BreakerState
from engine.policy.pacing import CallKind
from tests.support.dispatcher_bench import FAR, Bench
from tests.support.held import admitted
from tests.support.manual_clock import quiet

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
        async with admitted(dispatcher, caller.kind, clock.now() + patience, {}, caller.tenant) as admission:
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
        assert not dispatcher.waiting_count or dispatcher._alarm.is_set or dispatcher.in_flight_count

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
