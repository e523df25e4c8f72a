"""The part of a journal that one call writes."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self

from engine.clock import Clock
from engine.errors import DeadlinePassed, SlidesError
from engine.events import AttemptOutcome, Fate
from engine.journal.digests import (
    digest_of_map,
    digest_of_pages,
    digest_of_requests,
    pages_of,
)
from engine.journal.file import Journal, make_salt
from engine.journal.records import (
    GIVEN,
    Answered,
    CallBegun,
    GivenTerms,
    Intended,
    JournalError,
    Settled,
)
from engine.journal.replay import CallState
from engine.plan.given_requests import GivenRequest
from engine.plan.marks import Marks
from engine.plan.operations import Batch, Operation, ReplaceText
from engine.plan.witness import PageTexts, predict
from engine.policy.verdicts import outcome_of
from engine.settings import EngineSettings

Told = Callable[[str | None], None]
"""To be called with the revision that Google's reply names, None if it names none."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch that is about to be sent.

    Attributes:
        batch: the batch.
        body_digest: of its bytes.
        fence: the revision they require.
        attempt: the number of the next try.
        texts: what the pages say at that revision.
        marks: what it is known by, if it is of given requests.
        deadline_seconds: of its call, on the clock.
    """

    batch: Batch
    body_digest: str
    fence: str | None
    attempt: int
    texts: PageTexts
    marks: Marks
    deadline_seconds: float


class CallJournal:
    """Writes what one call intends, and what comes of it.

    Args:
        journal: open.
        state: where the call stands; it is led on with every line.
        clock: for Unix time.
    """

    def __init__(self, journal: Journal, state: CallState, clock: Clock) -> None:
        self._journal = journal
        self._state = state
        self._begun = state.begun
        self._clock = clock
        self._redacts_texts = state.begun.redacts_texts
        self._open = {operation[0] for operation in state.begun.operations} - state.fates.keys()

    @classmethod
    def begin(
        cls,
        journal: Journal,
        operations: Sequence[ReplaceText],
        text_map: Mapping[str, str],
        settings: EngineSettings,
        clock: Clock,
        tenant: str | None = None,
    ) -> Self | None:
        """Write that a call began; None stands for one with nothing to do."""
        if not operations:
            return None
        places = {find: place for place, find in enumerate(text_map)}
        salt = make_salt()
        begun = CallBegun(
            call=journal.begin_call(),
            presentation_id=operations[0].presentation_id,
            at_wall_seconds=clock.wall(),
            strategy=settings.effective_strategy.value,
            batch_size=settings.slides_api_batch_size,
            operations=tuple(
                (each.operation_id, each.slide_id, each.page_ids, places[each.find]) for each in operations
            ),
            salt=salt,
            map_digest=digest_of_map(text_map, salt),
            text_map=None if journal.redacts_texts else tuple(text_map.items()),
            tenant=tenant,
        )
        return cls._begin(journal, begun, clock)

    @classmethod
    def begin_given(
        cls, journal: Journal, requests: Sequence[GivenRequest], terms: GivenTerms, clock: Clock
    ) -> Self:
        """Write that a call of given requests began.

        Args:
            journal: open.
            requests: all of them, at least one.
            terms: what else it takes to carry them out again.
            clock: for Unix time.
        """
        begun = CallBegun(
            call=journal.begin_call(),
            presentation_id=requests[0].presentation_id,
            at_wall_seconds=clock.wall(),
            strategy=GIVEN,
            batch_size=terms.batch_size,
            operations=tuple((each.operation_id, "", (), each.index) for each in requests),
            salt=terms.salt,
            map_digest=digest_of_requests(requests, terms.salt),
            text_map=None,
            requests=None if journal.redacts_texts else tuple(each.request for each in requests),
            is_atomic=terms.is_atomic,
            counted=terms.counted,
            tenant=terms.tenant,
        )
        return cls._begin(journal, begun, clock)

    @classmethod
    def _begin(cls, journal: Journal, begun: CallBegun, clock: Clock) -> Self:
        try:
            journal.append(begun)
        except JournalError:
            journal.finish_call(begun.call)  # nothing of it is there to be resumed, or to keep the rest for
            raise
        return cls(journal, CallState(begun), clock)

    @classmethod
    def resume(cls, journal: Journal, state: CallState, clock: Clock) -> Self:
        """Go on where another process stopped; fates that stand already are not written again."""
        return cls(journal, state, clock)

    @asynccontextmanager
    async def intended(self, sent: Sent, is_in_doubt: Callable[[], bool]) -> AsyncIterator[Told]:
        """Have the intent on the disk before the block sends anything, and note what came of it.

        A block that is cancelled says nothing of that: the batch stays in doubt.

        Args:
            sent: about to be.
            is_in_doubt: asked after a failure.

        Raises:
            JournalError: the intent is not on the disk, so nothing was sent.
            DeadlinePassed: likewise, since the disk takes its time.
        """
        batch = sent.batch
        self._append(self._intent(sent))
        try:
            async with self._clock.timeout(sent.deadline_seconds - self._clock.now()):
                await self._journal.sync()
        except TimeoutError:
            raise DeadlinePassed("the journal's disk") from None
        try:
            yield lambda revision_id: self._answered(batch, revision_id)
        except SlidesError as error:
            self._note(Answered(self._begun.call, batch.identity, outcome_of(error), is_in_doubt()))
            raise

    def settled(
        self, operations: Sequence[Operation], fate: Fate, error: SlidesError | None, *, is_final: bool
    ) -> None:
        """Note the fate of operations; one that is indeterminate stays in doubt unless it is final."""
        names = tuple(each.operation_id for each in operations if each.operation_id in self._open)
        if not names:
            return
        told = None if error is None else self._told(error)
        self._note(Settled(self._begun.call, names, fate, told, is_final))
        if is_final or fate in {Fate.APPLIED, Fate.REJECTED}:
            self._open.difference_update(names)

    def _note(self, record: Answered | Settled) -> None:
        """Append what is good to know: without it a resumed call has to look, and comes to the same."""
        with suppress(JournalError):  # the next intent will say so
            self._append(record)

    def _append(self, record: Intended | Answered | Settled) -> None:
        self._journal.append(record)
        self._follow(record)

    def _follow(self, record: Intended | Answered | Settled) -> None:
        """Let the call stand where whoever reads the journal finds it, to whom it may be finished by now."""
        self._state.take(record)
        if not self._state.unfinished_count:
            self._journal.finish_call(self._begun.call)

    def _answered(self, batch: Batch, revision_id: str | None) -> None:
        call, answered = self._begun.call, AttemptOutcome.ANSWERED
        self._note(Answered(call, batch.identity, answered, is_in_doubt=False, revision_after=revision_id))

    def _intent(self, sent: Sent) -> Intended:
        batch, salt, before = sent.batch, self._begun.salt, pages_of(sent.batch, sent.texts)
        is_known = all(page in before for operation in batch.replacements for page in operation.page_ids)
        return Intended(
            call=self._begun.call,
            identity=batch.identity,
            requests=tuple(
                tuple(operation.operation_id for operation in request.operations)
                for request in batch.requests
            ),
            attempt=sent.attempt,
            fence=sent.fence,
            body_digest=sent.body_digest,
            before_digest=digest_of_pages(before, salt),
            after_digest=digest_of_pages(predict(batch, before), salt) if is_known else "",
            before=None if self._redacts_texts else before,
            at_wall_seconds=self._clock.wall(),
            marks=sent.marks if batch.given else None,
        )

    def _told(self, error: SlidesError) -> str:
        name = type(error).__name__
        return name if self._redacts_texts else f"{name}: {error}"
