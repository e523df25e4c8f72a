"""From a call to its answer: admitted, sent, settled and announced, one try at a time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from engine.admission.admission import Admission
from engine.admission.dispatcher import Dispatcher
from engine.admission.waits import Waits
from engine.clock import Clock
from engine.errors import AnswerTimedOut, NotSent, Rejected, SlidesError, Unauthenticated
from engine.events import AttemptAdmitted, AttemptOutcome, AttemptSettled, Event
from engine.plan.operations import Batch
from engine.policy.pacing import CallKind
from engine.wire.transport import Call, Transport, get_presentation

PROBE_FIELDS = "revisionId"
PAUSE_AFTER_PROBE_SECONDS = 1.0


@dataclass(slots=True)
class Errand:
    """What a series of attempts is for, and what came of them so far.

    Attributes:
        identity: names it to the server.
        presentation_id: what it is about.
        deadline_seconds: when it must be over, on the clock.
        operation_ids: the operations it carries, none for a read.
        attempts: tries so far, by identity and method; shared by all errands of one call.
        waits_seconds: what was waited for since the last try.
        met_open_breaker: it had to wait for a breaker that was not closed.
        is_in_doubt: a write of it was sent, and may have been applied.
    """

    identity: str
    presentation_id: str
    deadline_seconds: float
    operation_ids: tuple[str, ...] = ()
    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    waits_seconds: Waits = field(default_factory=dict)
    met_open_breaker: bool = False
    is_in_doubt: bool = False

    def take_on(self, batch: Batch, *, is_in_doubt: bool = False) -> None:
        """From here on, serve `batch`, which an earlier process may have sent if it is in doubt."""
        self.identity = batch.identity
        self.operation_ids = tuple(operation.operation_id for operation in batch.operations)
        self.is_in_doubt = is_in_doubt

    def count(self, method: str) -> int:
        """Count one more try of `method` and return its number, from 1."""
        self.attempts[self.identity, method] += 1
        return self.attempts[self.identity, method]


class Attempts:
    """Makes attempts: each admitted by the dispatcher, sent by the transport, announced when it ended.

    Args:
        attempt_seconds: the longest one attempt may take.
        announce: told of every attempt.
    """

    def __init__(
        self,
        transport: Transport,
        dispatcher: Dispatcher,
        clock: Clock,
        *,
        attempt_seconds: float,
        announce: Callable[[Event], None],
    ) -> None:
        self._transport = transport
        self._dispatcher = dispatcher
        self._clock = clock
        self._attempt_seconds = attempt_seconds
        self._announce = announce

    @property
    def is_server_healthy(self) -> bool:
        """True while the breaker is closed."""
        return self._dispatcher.is_healthy

    async def send(self, call: Call, errand: Errand) -> dict[str, Any]:
        """Send `call` once and return Google's reply; with a new access token once more if need be.

        Raises:
            SlidesError: how it ended.  A breaker that is not closed is waited for until the deadline.
        """
        try:
            return await self._send_when_healthy(call, errand)
        except Unauthenticated:
            return await self._send_when_healthy(call, errand)

    async def pause(self, seconds: float) -> None:
        """Wait between two attempts.

        Raises:
            EngineClosed: there will be no other attempt.
        """
        await self._dispatcher.pause(seconds)

    async def _send_when_healthy(self, call: Call, errand: Errand) -> dict[str, Any]:
        """Send `call`; while the breaker is half-open, cheap reads find out whether it may go."""
        while True:
            probe_error = None
            async with self._admitted(call, errand) as admission:
                if not admission.is_trial or call.kind is CallKind.READ:
                    return await self._try(call, errand, admission)
                probe_error = await self._probe(errand, admission)
            if probe_error is not None:
                await self.pause(min(PAUSE_AFTER_PROBE_SECONDS, errand.deadline_seconds - self._clock.now()))

    @asynccontextmanager
    async def _admitted(self, call: Call, errand: Errand) -> AsyncIterator[Admission]:
        waits = errand.waits_seconds
        try:
            async with self._dispatcher.admit(call.kind, errand.deadline_seconds, waits) as admission:
                errand.met_open_breaker |= admission.is_trial
                self._announce_admission(call, errand, admission)
                yield admission
        finally:
            errand.met_open_breaker |= "breaker" in waits

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

    async def _try(self, call: Call, errand: Errand, admission: Admission) -> dict[str, Any]:
        record = _Record(call, errand, errand.count(call.method), self._clock.now(), errand.is_in_doubt)
        timeout_seconds = min(self._attempt_seconds, errand.deadline_seconds - self._clock.now())
        try:
            reply = await self._transport.attempt(
                call,
                identity=errand.identity,
                number=record.number,
                timeout_seconds=timeout_seconds,
                on_sent=partial(self._on_sent, record, admission),
            )
        except SlidesError as error:
            if not (isinstance(error, AnswerTimedOut) and timeout_seconds < self._attempt_seconds):
                admission.ended(error)  # cut short by our own deadline, it would say nothing of the server
            self._end(record, _outcome(error), error)
            raise
        except asyncio.CancelledError as error:
            self._end(
                record, AttemptOutcome.UNKNOWN if admission.was_sent else AttemptOutcome.NOT_SENT, error
            )
            raise
        admission.ended(None)
        self._end(record, AttemptOutcome.ANSWERED)
        return reply

    def _on_sent(self, record: "_Record", admission: Admission) -> None:
        self._dispatcher.sent(admission)
        record.sent_at_seconds = self._clock.now()
        if record.call.kind is CallKind.WRITE:
            record.errand.is_in_doubt = True

    def _end(self, record: "_Record", outcome: AttemptOutcome, error: BaseException | None = None) -> None:
        errand, waits = record.errand, record.errand.waits_seconds
        if record.call.kind is CallKind.WRITE and outcome is not AttemptOutcome.UNKNOWN:
            errand.is_in_doubt = record.was_in_doubt and outcome is not AttemptOutcome.ANSWERED
        errand.waits_seconds = {}
        known = error if isinstance(error, SlidesError) else None
        self._announce(
            AttemptSettled(
                identity=errand.identity,
                attempt=record.number,
                presentation_id=errand.presentation_id,
                method=record.call.method,
                operation_ids=errand.operation_ids,
                sent_at_seconds=record.sent_at_seconds,
                duration_seconds=self._clock.now() - record.sent_at_seconds,
                outcome=outcome,
                http_status=known.http_status if known else None if error else 200,
                error_class=type(error).__name__ if error else None,
                error_text=str(error) if error else None,
                is_tls_failure=known is not None and known.is_tls_failure,
                waits_seconds=waits,
            )
        )


@dataclass(slots=True)
class _Record:
    """One attempt while it runs; until it is sent, `sent_at_seconds` is when it began."""

    call: Call
    errand: Errand
    number: int
    sent_at_seconds: float
    was_in_doubt: bool


def _outcome(error: SlidesError) -> AttemptOutcome:
    match error:
        case NotSent():
            return AttemptOutcome.NOT_SENT
        case Rejected():
            return AttemptOutcome.REJECTED
        case _:
            return AttemptOutcome.UNKNOWN
