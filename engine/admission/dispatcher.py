"""The one place that lets an attempt start: when breaker, slot and quota all allow it at the same instant.

Nobody holds one of the three while waiting for another, so nobody blocks others with what is not in use.
Calls of one kind go by turns of their tenants, and in order of arrival within one; reads and writes, whose
quotas are apart, overtake each other.  A read and the write it was for are one turn, and of those due writes
go first: otherwise a crowd would be read to its last before the quota for writes is touched.
"""

import asyncio
import math
from dataclasses import dataclass, field

from engine.admission.admission import Admission, settle_quota
from engine.admission.alarm import Alarm
from engine.admission.breakers import Breakers
from engine.admission.limiter import Limiter
from engine.admission.waits import WaitMeter, Waits, add_difference
from engine.clock import Clock
from engine.errors import CircuitOpen, DeadlinePassed, EngineClosed, NotSent, SharedQuotaError
from engine.events import BreakerMode
from engine.policy.circuit_breaker import Refusal
from engine.policy.fair_queue import FairQueue, VirtualTime
from engine.policy.pacing import CallKind, Pacer, Reservation
from engine.policy.verdicts import NOTHING_LEARNED, LimitSignal


@dataclass(slots=True)
class _Line:
    """Those who wait to make calls of one kind."""

    kind: CallKind
    turns: "FairQueue[asyncio.Future[Admission]]"
    meter: WaitMeter = field(default_factory=WaitMeter)


class Dispatcher:
    """Admits attempts; each admission is settled exactly once.

    These are two methods and no context manager: a frame more for each of a hundred thousand that wait is
    memory that nobody gets anything for.
    """

    def __init__(self, *, breakers: Breakers, limiter: Limiter, pacing: Pacer | None, clock: Clock) -> None:
        self.breakers = breakers
        self._limiter, self._pacing, self._clock = limiter, pacing, clock
        turns = VirtualTime()
        self._lines = {kind: _Line(kind, FairQueue(turns)) for kind in CallKind}
        self._tickets_count, self._refused_until = 0, 0.0
        self._alarm = Alarm(clock, self._serve)
        self._closed = asyncio.Event()

    @property
    def waiting_count(self) -> int:
        """How many callers wait."""
        return sum(len(line.turns) for line in self._lines.values())

    @property
    def in_flight_count(self) -> int:
        """How many admissions are not settled yet."""
        return self._limiter.in_flight

    @property
    def is_healthy(self) -> bool:
        """True while the breakers of all calls are closed."""
        return self.breakers.are_closed

    def control_breaker(self, key: str, mode: BreakerMode) -> None:
        """Switch a breaker by hand: see `Breakers.control`."""
        self.breakers.control(key, mode, self._clock.now())
        self._serve()

    def eta_seconds(self, writes_count: int) -> float:
        """Return after how many seconds, at the earliest, the last of some further writes can be sent."""
        now, pacing = self._clock.now(), self._pacing
        return 0.0 if pacing is None else pacing.eta_seconds(writes_count, now, CallKind.WRITE)

    async def take(
        self,
        kind: CallKind,
        deadline_seconds: float,
        waits: Waits,
        tenant: str = "",
        *,
        is_begun: bool = False,
    ) -> Admission:
        """Wait for leave to make one call, which is to be settled.

        Args:
            kind: read or write; a half-open trial is a read whatever was asked for.
            deadline_seconds: when to give up, on the clock.
            waits: what was waited for is added here, also when the wait ends badly.
            tenant: in whose name; tenants have equal shares of what there is.
            is_begun: the tenant had a turn for a read, with which this write goes on; no read does.

        Raises:
            CircuitOpen: the deadline came while the breaker was not closed.
            DeadlinePassed: the deadline came first.
            EngineClosed: `close` was called first.
        """
        if self._closed.is_set():
            raise EngineClosed
        if self._clock.now() >= deadline_seconds:
            raise DeadlinePassed("its turn")
        line = self._lines[kind]
        turn: asyncio.Future[Admission] = asyncio.get_running_loop().create_future()
        self._tickets_count += 1
        ticket, before = self._tickets_count, line.meter.read(self._clock.now())
        line.turns.add(tenant, ticket, turn, is_begun=is_begun and kind is CallKind.WRITE)
        self._serve()
        try:
            async with self._clock.timeout(deadline_seconds - self._clock.now()):
                return await turn
        except BaseException as error:
            line.turns.remove(tenant, ticket)
            self._hand_back(turn)
            self._serve()  # who stood behind may be first now
            if isinstance(error, TimeoutError):
                raise self._too_late(line) from None
            raise
        finally:
            add_difference(waits, before, line.meter.read(self._clock.now()))

    async def pause(self, seconds: float) -> None:
        """Wait between two attempts.

        Raises:
            EngineClosed: there will be no other attempt.
        """
        try:
            async with self._clock.timeout(seconds):
                await self._closed.wait()
        except TimeoutError:
            return
        raise EngineClosed

    def close(self) -> None:
        """Admit nobody any more, whoever waits now included; what is in flight goes on."""
        self._closed.set()
        for line in self._lines.values():
            for turn in line.turns:
                if not turn.done():
                    turn.set_exception(EngineClosed())
            line.turns.clear()
        self._alarm.set(math.inf, self._clock.now())

    def look_again(self) -> None:
        """Admit as many as can be: what the pacer said when it was asked last may have changed."""
        self._serve()

    def sent(self, admission: Admission) -> None:
        """Note that the call leaves the machine now, which is when it counts for the quota."""
        admission.was_sent = True
        if self._pacing is not None and admission.reservation is not None:
            self._pacing.sent(admission.reservation, self._clock.now())
            self._serve()

    def _hand_back(self, turn: "asyncio.Future[Admission]") -> None:
        """Undo an admission that came in the same instant as the cancellation."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self.settle(turn.result())

    def _too_late(self, line: _Line) -> NotSent:
        if line.meter.reason == "breaker":
            return CircuitOpen(max(0.0, self._refused_until - self._clock.now()))
        if line.meter.reason == "quota" and self._pacing is not None:
            return DeadlinePassed(self._pacing.held_up_by())
        return DeadlinePassed(line.meter.reason or "its turn")

    def settle(self, admission: Admission) -> None:
        """Give leave back with what was learned; to be called exactly once."""
        now, verdict = self._clock.now(), admission.verdict
        self.breakers.settle(admission.permits, admission.signals, now)
        self._limiter.release(admission.slot, verdict.limit if verdict else LimitSignal.IGNORED, now)
        if self._pacing is not None and admission.reservation is not None:
            settle_quota(self._pacing, admission.reservation, admission, now)
        self._serve()

    def _serve(self) -> None:
        """Admit as many as can be; then sleep until time alone may change something."""
        now, wake_at = self._clock.now(), math.inf
        waiting = [line for line in self._lines.values() if line.turns]
        while waiting:
            line = min(waiting, key=lambda each: (each.turns.due_at, each.kind is CallKind.READ))
            try_again_at = self._serve_first(line, now)
            if try_again_at is not None:
                wake_at = min(wake_at, try_again_at)
            if try_again_at is not None or not line.turns:
                waiting.remove(line)
        self._alarm.set(wake_at, now)

    def _serve_first(self, line: _Line, now: float) -> float | None:
        """Admit the first of a line and return None, or return when to try again."""
        tenant, ticket, turn = line.turns.first()
        if turn.done():  # a cancelled waiter stands in line until its task runs
            line.turns.remove(tenant, ticket)
            return None
        try:
            answer = self._try_admit(line, now)
        except SharedQuotaError as error:
            line.turns.remove(tenant, ticket)
            turn.set_exception(error)
            return None
        if not isinstance(answer, Admission):
            return answer
        turn.set_result(answer)
        line.turns.serve_first()
        return None

    def _try_admit(self, line: _Line, now: float) -> Admission | float:
        """Take everything at once, or nothing and say when to try again."""
        if not (has_room := self._limiter.has_room) and self.breakers.are_closed:  # nobody else need be asked
            line.meter.switch("slot", now)
            return math.inf
        permits = self.breakers.permit(now)
        if isinstance(permits, Refusal):
            line.meter.switch("breaker", now)
            self._refused_until = now + permits.retry_after_seconds
            return self._refused_until
        kind = CallKind.READ if permits.is_trial else line.kind
        try:
            reservation = self._place_in_quota(kind, now) if has_room else math.inf
        except SharedQuotaError:
            self.breakers.settle(permits, NOTHING_LEARNED, now)
            raise
        if not isinstance(reservation, float):
            line.meter.switch(None, now)
            allowed_count = None if self._pacing is None else self._pacing.allowed_count(now, kind)
            slot = self._limiter.take()
            in_flight, limit = self._limiter.in_flight, self._limiter.limit
            return Admission(permits, slot, reservation, in_flight, limit, allowed_count)
        self.breakers.settle(permits, NOTHING_LEARNED, now)
        line.meter.switch("quota" if has_room else "slot", now)
        return reservation

    def _place_in_quota(self, kind: CallKind, now: float) -> Reservation | float | None:
        """Take a place in the quota, or say when to ask again; None if calls are not paced."""
        return None if self._pacing is None else self._pacing.take(now, kind)
