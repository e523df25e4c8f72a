"""What to do after a failed attempt: wait, look, take apart, or say what became of the batch.

Rule 1  Nothing was sent, or a refusal without any doubt: the error says what comes next.
Rule 2  A fenced write whose answer was lost is sent again, same bytes and same revision: it can land once.
Rule 3  A refusal after that proves nothing.  The presentation is read, and its text is the witness.
Rule 4  Where the text cannot tell, the fate is indeterminate, and said to be.
"""

from dataclasses import dataclass
from random import Random

from engine.admission.waits import stopwatch
from engine.attempts import Attempts
from engine.clock import Clock
from engine.errand import Errand
from engine.errors import (
    CannotBeApplied,
    EngineClosed,
    InvalidRequest,
    NotSent,
    OutcomeUnknown,
    RevisionConflict,
    SlidesError,
)
from engine.events import Fate
from engine.job import Job
from engine.plan.batches import split
from engine.plan.operations import Batch
from engine.plan.witness import Witness
from engine.policy import retry, verdicts
from engine.policy.verdicts import Retry
from engine.settings import EngineSettings
from engine.snapshot import Snapshot
from engine.wire.transport import get_presentation


@dataclass(frozen=True, slots=True)
class Ending:
    """How a batch ended.  `instead` is to be sent in its place; `fate` is for whatever is not in there.

    `is_final` says of an indeterminate one that a look has shown it: its fence is history, and the text does
    not tell.
    """

    fate: Fate
    error: SlidesError | None = None
    instead: tuple[Batch, ...] = ()
    is_final: bool = False


class Recovery:
    """Reads presentations, judges failed writes, and spaces the tries.

    Args:
        attempts: makes the attempts.
        settings: for the retries, and whether writes are fenced.
        clock: for deadlines and pauses.
        jitter: spreads the retries.
    """

    def __init__(self, attempts: Attempts, settings: EngineSettings, *, clock: Clock, jitter: Random) -> None:
        self._attempts = attempts
        self._settings = settings
        self._clock = clock
        self._jitter = jitter

    async def read(self, errand: Errand) -> Snapshot:
        """Read the presentation; a read may be repeated at will, so only the last error counts.

        Raises:
            SlidesError: how the last try ended.
        """
        call = get_presentation(errand.presentation_id, errand.fields)
        failures_count = 0
        while True:
            try:
                return Snapshot.of(await self._attempts.send(call, errand), errand.fields)
            except SlidesError as error:
                failures_count = await self.back_off(failures_count + 1, error, errand)

    async def weigh(self, error: SlidesError, batch: Batch, job: Job, errand: Errand) -> Ending | SlidesError:
        """Return how the batch ended, or the error after which it may be tried again."""
        try:
            if self._needs_a_look(error, errand):
                verdict = await self._look(error, batch, job, errand)
                if isinstance(verdict, Ending):
                    return verdict
                error = verdict
            elif isinstance(error, RevisionConflict | CannotBeApplied):
                job.see(await self.read(errand))
        except SlidesError as why_not:
            return _unseen(error, why_not, errand)
        if isinstance(error, InvalidRequest):
            if errand.may_have_landed:
                # What a front end refuses unread says nothing of a copy that it let through.
                return await self.give_up(error, batch, job, errand)
            if job.is_atomic:
                return Ending(Fate.REJECTED, _in_callers_words(error, batch))
            instead = split(batch, error.request_index, self._settings.slides_api_batch_size)
            return Ending(Fate.REJECTED, _in_callers_words(error, batch), instead)
        return error

    def _needs_a_look(self, error: SlidesError, errand: Errand) -> bool:
        """Say whether only the presentation itself can tell what `error` means."""
        if isinstance(error, OutcomeUnknown):
            return not self._settings.lock_enabled  # with a fence, sending the same again asks the question
        if isinstance(error, InvalidRequest):
            return errand.is_in_doubt or error.request_index is None
        return errand.is_in_doubt and isinstance(error, RevisionConflict | CannotBeApplied)

    async def _look(self, error: SlidesError, batch: Batch, job: Job, errand: Errand) -> Ending | SlidesError:
        """Read the presentation and say what `error` meant for the batch."""
        now = await self.read(errand)
        has_moved = now.revision_id != job.snapshot.revision_id
        witness = None
        if errand.is_in_doubt and (has_moved or not self._settings.lock_enabled):
            witness = job.witness(batch, now)
            errand.has_idle_copy |= witness is Witness.NOT_APPLIED and job.is_idle(batch)
        job.see(now, batch if witness is Witness.APPLIED else None)
        if witness is Witness.APPLIED:
            return Ending(Fate.APPLIED)
        if witness is Witness.UNKNOWN:
            return Ending(Fate.INDETERMINATE, error, is_final=has_moved)
        if witness is Witness.NOT_APPLIED:
            errand.is_in_doubt = False  # copies under way carry the old revision, which is refused by now
            job.doubted = job.doubted_marks = None
        if isinstance(error, InvalidRequest) and has_moved:
            return RevisionConflict(str(error), http_status=400)
        if isinstance(error, InvalidRequest) and error.request_index is not None:
            errand.is_in_doubt = False  # nobody wrote since, so every copy is refused for what it says
        return error

    async def give_up(self, error: SlidesError, batch: Batch, job: Job, errand: Errand) -> Ending:
        """Return the fate of a batch that is not tried again."""
        if not errand.may_have_landed:
            return Ending(_fate_of(error, errand), error)
        try:
            now = await self.read(errand)
        except SlidesError:
            return Ending(Fate.INDETERMINATE, error)
        witness, has_moved = job.witness(batch, now), now.revision_id != job.snapshot.revision_id
        job.see(now, batch if witness is Witness.APPLIED else None)
        if witness is Witness.APPLIED:
            return Ending(Fate.APPLIED)
        # Not there yet is not never: a copy may still be on its way.
        return Ending(Fate.INDETERMINATE, error, is_final=has_moved and witness is Witness.UNKNOWN)

    def let_go(self, error: SlidesError, errand: Errand) -> Ending:
        """Return the fate of a batch whose caller has gone, and which is not tried again for that reason."""
        fate = _fate_of(error, errand)
        if fate is Fate.REJECTED and verdicts.judge(error).retry is not Retry.NEVER:
            return Ending(Fate.NOT_SENT)  # another try might have been answered otherwise
        return Ending(fate, error)

    async def back_off(self, failures_count: int, error: SlidesError, errand: Errand) -> int:
        """Wait before the next try, for the budget and the backoff, and return the failures to count on from.

        Raises:
            SlidesError: `error`, when there is no point in another try; `EngineClosed` when there is no time.
        """
        delay_seconds = retry.next_delay(
            failures_count,
            error,
            self._settings,
            remaining_seconds=errand.deadline_seconds - self._clock.now(),
            jitter=self._jitter,
        )
        if delay_seconds is None:
            if (
                self._attempts.is_healthy(errand.presentation_id)
                or verdicts.judge(error).retry not in _NOT_THE_BATCHS_FAULT
            ):
                raise error
            return 0  # the server fails, not the batch: it waits for the breaker and starts afresh
        with stopwatch(self._clock, errand.waits_seconds, "backoff"):
            await self._await_retry(error, errand, errand.deadline_seconds - delay_seconds)
            await self._attempts.pause(delay_seconds, errand)
        return failures_count

    async def _await_retry(self, error: SlidesError, errand: Errand, latest_seconds: float) -> None:
        try:
            await self._attempts.await_retry(error, errand, latest_seconds)
        except TimeoutError:
            raise error from None


_NOT_THE_BATCHS_FAULT = {Retry.PLAIN, Retry.RECONCILE}


def _in_callers_words(error: InvalidRequest, batch: Batch) -> InvalidRequest:
    """Return a refusal that counts requests as the caller counts them, where they are the caller's own."""
    index = error.request_index
    if index is None or index >= len(batch.given):
        return error
    text = str(error).replace(f"requests[{index}]", f"requests[{batch.given[index].index}]")
    said = InvalidRequest(text, http_status=error.http_status, google_status=error.google_status)
    said.request_index = batch.given[index].index
    return said


def _unseen(error: SlidesError, why_not: SlidesError, errand: Errand) -> Ending:
    """Return the fate of a batch where there was no seeing what `error` means: what is known stands."""
    if isinstance(why_not, EngineClosed) and not errand.may_have_landed:
        return Ending(Fate.NOT_SENT, why_not)  # it would have been tried again, and may be
    return Ending(_fate_of(error, errand), error)


def _fate_of(error: SlidesError, errand: Errand) -> Fate:
    if errand.may_have_landed:
        return Fate.INDETERMINATE
    return Fate.NOT_SENT if isinstance(error, NotSent) else Fate.REJECTED
