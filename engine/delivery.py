"""The path of a batch: its turn on the presentation, then attempts until every operation has its fate.

Every write names the revision it was made for, so a copy that arrives late or twice is refused.  The next
revision comes with the answer, so that a chain of writes costs no reads.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from engine.admission.locks import Hold, PresentationLock
from engine.admission.waits import stopwatch
from engine.attempts import Attempts
from engine.clock import Clock
from engine.errand import Errand
from engine.errors import DeadlinePassed, EngineClosed, SlidesError
from engine.events import Event, Fate, TurnAwaited, TurnEnded, TurnTaken
from engine.job import Job
from engine.journal.call_journal import Sent, Told
from engine.journal.digests import digest_of_body
from engine.plan.operations import Batch
from engine.recovery import Ending, Recovery
from engine.wire.replies import revision_after
from engine.wire.transport import Call, batch_update


class Delivery:
    """Carries batches to their presentation.

    Args:
        attempts: makes the attempts.
        recovery: says what comes after a failed one.
        locks: None lets writes to one presentation overlap, and sends them without a required revision.
        clock: for deadlines.
        announce: told of every turn on a presentation.
    """

    def __init__(
        self,
        attempts: Attempts,
        recovery: Recovery,
        locks: PresentationLock | None,
        clock: Clock,
        announce: Callable[[Event], None],
    ) -> None:
        self._attempts = attempts
        self._recovery = recovery
        self._locks = locks
        self._clock = clock
        self._announce = announce

    async def deliver(self, batch: Batch, job: Job) -> None:
        """Carry `batch` out and give each of its operations its fate.

        Raises:
            JournalError: the journal cannot be written.
            CancelledError: nothing else; a failed edit is told by its fate.
        """
        where, deadline, fields = job.presentation_id, job.deadline_seconds, job.fields
        errand = Errand(
            batch.identity, where, deadline, attempts=job.attempts, tenant=job.tenant, fields=fields
        )
        try:
            self._attempts.refuse_new_work()
            hold = await self._begin_turn(job, errand)
            try:
                errand.is_turn_begun |= job.take_turn()
                waiting = [batch]
                while waiting:
                    parts = await self._land(waiting.pop(), job, errand)
                    waiting.extend(reversed(parts))
            finally:  # a write may have landed though its caller has gone
                hold.revision_id = job.snapshot.revision_id
                self._end_turn(batch.identity, where)
        except SlidesError as error:
            fate = Fate.INDETERMINATE if batch is job.doubted else Fate.NOT_SENT
            job.fates.settle(batch.operations, fate, error, met_open_breaker=errand.met_open_breaker)
        finally:
            if job.place is not None:
                job.place.one_ended()

    async def _begin_turn(self, job: Job, errand: Errand) -> Hold:
        if self._locks is None:
            return Hold()
        self._announce(TurnAwaited(errand.identity, job.presentation_id, self._clock.now()))
        try:
            hold = await self._wait_for_turn(self._locks, job, errand)
        except BaseException:
            self._announce(TurnEnded(errand.identity, job.presentation_id, self._clock.now()))
            raise
        self._announce(TurnTaken(errand.identity, job.presentation_id, self._clock.now()))
        if job.doubted is None and hold.revision_id not in (None, job.snapshot.revision_id):
            try:
                job.see(await self._recovery.read(errand))  # another call of ours wrote in between
            except BaseException:
                self._end_turn(errand.identity, job.presentation_id)
                raise
        return hold

    async def _wait_for_turn(self, locks: PresentationLock, job: Job, errand: Errand) -> Hold:
        with stopwatch(self._clock, errand.waits_seconds, "lock"):
            try:
                async with self._clock.timeout(job.deadline_seconds - self._clock.now()):
                    return await locks.take(job.presentation_id)
            except TimeoutError:
                raise DeadlinePassed("the presentation") from None

    def _end_turn(self, identity: str, presentation_id: str) -> None:
        if self._locks is not None:
            self._locks.give_back(presentation_id)
            self._announce(TurnEnded(identity, presentation_id, self._clock.now()))

    async def _land(self, batch: Batch, job: Job, errand: Errand) -> tuple[Batch, ...]:
        """Try `batch` until it has ended, and return what is to be sent in its place."""
        is_doubted = batch is job.doubted
        errand.take_on(batch, is_in_doubt=is_doubted, has_idle_copy=is_doubted and job.is_idle(batch))
        if not errand.is_in_doubt and (left := _without_held_back(batch, job)) is not None:
            return left
        try:
            ending = await self._try_until_ended(batch, job, errand)
        except BaseException:  # cancelled, or the journal cannot be written
            fate = Fate.INDETERMINATE if errand.may_have_landed else Fate.NOT_SENT
            job.fates.settle(batch.operations, fate)
            raise
        later = {operation.operation_id for part in ending.instead for operation in part.operations}
        settled = [operation for operation in batch.operations if operation.operation_id not in later]
        met, final = errand.met_open_breaker, ending.is_final
        job.fates.settle(settled, ending.fate, ending.error, met_open_breaker=met, is_final=final)
        if errand.cancellation is not None:
            raise errand.cancellation
        return ending.instead

    async def _try_until_ended(self, batch: Batch, job: Job, errand: Errand) -> Ending:
        failures_count = 0
        while True:
            try:
                fence = await self._fence(job, errand)
            except SlidesError as error:  # of a read, which had tries of its own
                fate = Fate.INDETERMINATE if errand.may_have_landed else Fate.NOT_SENT
                return Ending(fate, error)
            try:
                return await self._send(batch, fence, job, errand)
            except SlidesError as error:
                if errand.cancellation is not None:
                    return self._recovery.let_go(error, errand)
                verdict = await self._recovery.weigh(error, batch, job, errand)
                if isinstance(verdict, Ending):
                    return verdict
                try:
                    failures_count = await self._recovery.back_off(failures_count + 1, verdict, errand)
                except EngineClosed as closed:  # it would have been tried again, and may be
                    return await self._recovery.give_up(closed, batch, job, errand)
                except SlidesError:
                    return await self._recovery.give_up(verdict, batch, job, errand)

    async def _send(self, batch: Batch, fence: str | None, job: Job, errand: Errand) -> Ending:
        """Send `batch` once, unless part of it must not be sent any more."""
        if not errand.may_have_landed and job.sifted(batch).held_back:
            return Ending(Fate.NOT_SENT, instead=(batch,))
        call = batch_update(batch, fence)
        async with _intended(batch, call, job, errand) as answered:
            revision_id = revision_after(await self._attempts.send(call, errand))
            answered(revision_id)
        job.snapshot = job.snapshot.after(batch, revision_id)
        return Ending(Fate.APPLIED)

    async def _fence(self, job: Job, errand: Errand) -> str | None:
        if self._locks is None:
            return None
        if job.snapshot.revision_id is None:
            job.see(await self._recovery.read(errand))
        return job.snapshot.revision_id


_NOWHERE = nullcontext[Told](lambda _: None)


def _intended(batch: Batch, call: Call, job: Job, errand: Errand) -> AbstractAsyncContextManager[Told]:
    """Return what has the intent on the disk before its block sends anything, if there is a journal."""
    if job.journal is None:
        return _NOWHERE
    attempt = errand.attempts[batch.identity, call.method] + 1
    digest, marks, deadline = digest_of_body(call.body), job.marks_of(batch), job.deadline_seconds
    sent = Sent(batch, digest, call.fence, attempt, job.snapshot.texts, marks, deadline)
    return job.journal.intended(sent, lambda: errand.may_have_landed)


def _without_held_back(batch: Batch, job: Job) -> tuple[Batch, ...] | None:
    """Settle what must not be sent any more, and return what is left; None if all of it may be sent."""
    sifted = job.sifted(batch)
    if not sifted.held_back:
        return None
    for operation in batch.operations:
        if operation.operation_id in sifted.held_back:
            job.fates.settle([operation], *sifted.held_back[operation.operation_id])
    return () if sifted.kept is None else (sifted.kept,)
