"""From a call to its answer: admitted, sent, settled and announced, one try at a time."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any

from engine.admission.admission import Admission
from engine.admission.dispatcher import Dispatcher
from engine.admission.drain import Drain
from engine.admission.parking import Parking
from engine.admission.retries import RetryGate
from engine.clock import Clock
from engine.errand import Errand
from engine.errors import AnswerTimedOut, SlidesError, Unauthenticated, Unreachable
from engine.events import AttemptAdmitted, AttemptOutcome, Event
from engine.grace import Grace
from engine.policy.pacing import CallKind
from engine.policy.retry_budget import RetryBudget
from engine.policy.verdicts import outcome_of
from engine.record import Record
from engine.settings import EngineSettings
from engine.wire.transport import Call, Transport, get_presentation

PROBE_FIELDS = "revisionId"
PAUSE_AFTER_PROBE_SECONDS = 1.0

_ROUNDING_SECONDS = 1e-6  # a timer may end by so much before the clock says so


class Attempts:
    """Makes attempts: each admitted by the dispatcher, sent by the transport, announced when it ended.

    Args:
        transport: sends them.
        dispatcher: admits them.
        drain: once it has begun, only what is in doubt is tried again.
        settings: for how long one attempt may take, and how long a cancelled one is seen through.
        clock: for deadlines.
        announce: told of every attempt.
    """

    def __init__(
        self,
        transport: Transport,
        dispatcher: Dispatcher,
        drain: Drain,
        settings: EngineSettings,
        *,
        clock: Clock,
        announce: Callable[[Event], None],
    ) -> None:
        self._transport = transport
        self._dispatcher = dispatcher
        self._parking = Parking(dispatcher, clock)
        self._drain = drain
        self._attempt_seconds = settings.http_connection_timeout
        self._grace = Grace(clock, settings.cancellation_grace)
        self._clock = clock
        self._announce = announce
        self._retries = RetryGate(RetryBudget(), clock, dispatcher.pause, announce)

    def is_healthy(self, presentation_id: str) -> bool:
        """True while no breaker holds calls for the presentation back."""
        return self._parking.is_healthy(presentation_id)

    def refuse_new_work(self) -> None:
        """Raise `EngineClosed` once the engine is being drained."""
        self._drain.refuse()

    async def send(self, call: Call, errand: Errand) -> dict[str, Any]:
        """Send `call` once and return Google's reply; with a new access token once more if need be.

        Raises:
            SlidesError: how it ended.  A breaker that is not closed is waited for until the deadline.
            EngineClosed: the engine is closed, or drained and `errand` not in doubt.
        """
        try:
            return await self._send_when_healthy(call, errand)
        except Unauthenticated:
            if errand.cancellation is not None:
                raise
            errand.has_new_token = True
            return await self._send_when_healthy(call, errand)
        finally:
            errand.has_new_token = False

    async def pause(self, seconds: float, errand: Errand) -> None:
        """Wait between two attempts.

        Raises:
            EngineClosed: there will be no other attempt.
        """
        async with self._unless_drained(errand):
            await self._dispatcher.pause(seconds)

    async def await_retry(self, error: SlidesError, errand: Errand, latest_seconds: float) -> None:
        """Wait until the budget allows a retry after `error`, and take it from there.

        While the breaker is not closed, it is what holds calls back, and the budget is not asked.

        Raises:
            TimeoutError: that would be later than `latest_seconds`, on the clock.
            EngineClosed: there will be no other attempt.
        """
        if not self.is_healthy(errand.presentation_id):
            return
        async with self._unless_drained(errand):
            errand.retry_tokens += await self._retries.leave(
                error,
                (errand.identity, errand.presentation_id),
                latest_seconds,
                ends_doubt=errand.is_in_doubt,
            )
        errand.is_retry = True

    async def _send_when_healthy(self, call: Call, errand: Errand) -> dict[str, Any]:
        """Send `call`; while the breaker is half-open, cheap reads find out whether it may go."""
        while True:
            admission = await self._admitted(call, errand)
            try:
                self._announce_admission(call, errand, admission)
                if not admission.is_trial or call.kind is CallKind.READ:
                    return await self._try_on_budget(call, errand, admission)
                probe_error = await self._probe(errand, admission)
            finally:
                self._parking.settle(errand.presentation_id, admission)
            if probe_error is not None:
                left_seconds = errand.deadline_seconds - self._clock.now()
                await self.pause(min(PAUSE_AFTER_PROBE_SECONDS, left_seconds), errand)

    async def _admitted(self, call: Call, errand: Errand) -> Admission:
        where, waits, tenant = errand.presentation_id, errand.waits_seconds, errand.tenant
        try:
            async with self._unless_drained(errand):
                deadline, is_begun = errand.deadline_seconds, errand.is_turn_begun
                admission = await self._parking.take(
                    where, call.kind, deadline, waits, tenant or where, is_begun=is_begun
                )
        finally:
            errand.met_open_breaker |= "breaker" in waits
        admission.is_second_token = errand.has_new_token
        errand.met_open_breaker |= admission.is_trial
        return admission

    def _unless_drained(self, errand: Errand) -> AbstractAsyncContextManager[None]:
        """Return what ends a wait when draining begins, unless the wait is about a write in doubt."""
        return nullcontext() if errand.is_in_doubt else self._drain.until_begun()

    def _announce_admission(self, call: Call, errand: Errand, admission: Admission) -> None:
        self._announce(
            AttemptAdmitted(
                identity=errand.identity,
                presentation_id=errand.presentation_id,
                method=call.method,
                is_trial=admission.is_trial,
                in_flight=admission.in_flight,
                limit=admission.limit,
                quota_allowed_count=admission.quota_allowed_count,
                at_seconds=self._clock.now(),
            )
        )

    async def _probe(self, errand: Errand, admission: Admission) -> SlidesError | None:
        try:
            await self._try(get_presentation(errand.presentation_id, PROBE_FIELDS), errand, admission)
        except SlidesError as error:
            return error
        return None

    async def _try_on_budget(self, call: Call, errand: Errand, admission: Admission) -> dict[str, Any]:
        if not errand.is_retry:
            self._retries.budget.called(self._clock.now())
        errand.is_retry = False
        errand.is_turn_begun = call.kind is CallKind.READ
        reply = await self._try(call, errand, admission)
        self._retries.budget.succeeded(errand.retry_tokens, self._clock.now())
        errand.retry_tokens = 0.0
        return reply

    async def _try(self, call: Call, errand: Errand, admission: Admission) -> dict[str, Any]:
        record = Record(call, errand, errand.count(call.method), self._clock.now(), errand.is_in_doubt)
        timeout_seconds = min(self._attempt_seconds, errand.deadline_seconds - self._clock.now())
        attempt = self._transport.attempt(
            call,
            identity=errand.identity,
            number=record.number,
            timeout_seconds=timeout_seconds,
            on_sent=partial(self._on_sent, record, admission),
        )
        try:
            if call.kind is CallKind.WRITE:
                attempt = self._see_through(attempt, errand, admission)
            reply = await attempt
        except SlidesError as error:
            if timeout_seconds == self._attempt_seconds or not self._is_cut_short(error, errand):
                admission.ended(error)
            self._end(record, outcome_of(error), error)
            raise
        except BaseException as error:  # cancelled, or what nobody foresaw
            self._end(
                record, AttemptOutcome.UNKNOWN if admission.was_sent else AttemptOutcome.NOT_SENT, error
            )
            raise
        admission.ended(None)
        self._end(record, AttemptOutcome.ANSWERED)
        return reply

    def _is_cut_short(self, error: SlidesError, errand: Errand) -> bool:
        """Say whether our own deadline ended an attempt, which then says nothing of the server."""
        left_seconds = errand.deadline_seconds - self._clock.now()
        return left_seconds <= _ROUNDING_SECONDS and isinstance(error, AnswerTimedOut | Unreachable)

    def _see_through(
        self, write: Coroutine[Any, Any, dict[str, Any]], errand: Errand, admission: Admission
    ) -> Coroutine[Any, Any, dict[str, Any]]:
        return self._grace.see_through(
            write, was_sent=lambda: admission.was_sent, on_cancelled=errand.note_cancellation
        )

    def _on_sent(self, record: Record, admission: Admission) -> None:
        record.sent_at_seconds = self._clock.now()  # before a shared quota is told, which may take a while
        self._dispatcher.sent(admission)
        if record.call.kind is CallKind.WRITE:
            record.errand.is_in_doubt = True

    def _end(self, record: Record, outcome: AttemptOutcome, error: BaseException | None = None) -> None:
        errand = record.errand
        if record.call.kind is CallKind.WRITE and outcome is not AttemptOutcome.UNKNOWN:
            errand.is_in_doubt = record.was_in_doubt and outcome is not AttemptOutcome.ANSWERED
        self._announce(record.settled(outcome, error, self._clock.now()))
        errand.waits_seconds = {}
