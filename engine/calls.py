"""What one call carries out, in which order, and how it is taken up again when its process has died."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.clock import Clock
from engine.delivery import Delivery
from engine.errors import SlidesError
from engine.events import Fate
from engine.journal.file import Journal
from engine.journal.records import (
    CallBegun,
    Intended,
    JournalError,
    digest_of_body,
    digest_of_map,
    digest_of_pages,
    pages_of,
)
from engine.journal.replay import CallState
from engine.plan.operations import Batch, ReplaceText, replace_all_text
from engine.plan.planner import plan
from engine.plan.witness import PageTexts, Witness, judge
from engine.recovery import Job
from engine.results import Fates
from engine.settings import EngineSettings, Strategy
from engine.snapshot import Snapshot
from engine.wire.transport import batch_update

FENCE_HOLDS_SECONDS = 86_400.0
"""Google keeps a revision's id for a day; an older one says nothing any more."""


class Calls:
    """Carries calls out.

    Args:
        delivery: carries each batch.
        settings: for how many slides may be edited at once.
        clock: for the age of fences.
    """

    def __init__(self, delivery: Delivery, settings: EngineSettings, clock: Clock) -> None:
        self._delivery = delivery
        self._settings = settings
        self._clock = clock

    async def carry_out(
        self, batches: Sequence[Batch], job: Job, strategy: Strategy, at_once: int | None = None
    ) -> None:
        """Deliver every batch.

        Args:
            batches: in order.
            job: whose.
            strategy: they were planned by; one of them lets slides overtake each other.
            at_once: most slides at once; the settings' ceiling holds as well.
        """
        if strategy is not Strategy.SEMAPHORE:
            await self._deliver(batches, job)
            return
        ceiling = self._settings.in_flight_ceiling
        places = asyncio.Semaphore(ceiling if at_once is None else min(ceiling, at_once))
        # A TaskGroup hands on the first cancellation only; a second one is for those who wait for answers.
        slides = (self._deliver_slide(of_one_slide, job, places) for of_one_slide in _by_slide(batches))
        for ended in await asyncio.gather(*slides, return_exceptions=True):
            if ended is not None:
                raise ended

    async def take_up(self, state: CallState, operations: Sequence[ReplaceText], job: Job) -> None:
        """Go on where another process stopped: what is in doubt first, then whatever was never sent.

        Args:
            state: where the call stands.
            operations: all of the call, settled ones included.
            job: with the presentation as it is now.
        """
        by_id = {operation.operation_id: operation for operation in operations}
        _settle_again(state, by_id, job.fates)
        doubted = {name for doubt in state.doubts.values() for name in doubt.operation_ids}
        try:
            for doubt in state.doubts.values():
                await self._resolve(doubt, _batch(doubt, by_id), state.begun, job)
        finally:  # cut short, they may have been applied all the same
            job.fates.settle((by_id[name] for name in doubted), Fate.INDETERMINATE)
        unsent = [by_id[name] for name in by_id if name not in state.fates and name not in doubted]
        strategy = Strategy(state.begun.strategy)
        await self.carry_out(plan(unsent, strategy, state.begun.batch_size), job, strategy)

    async def _resolve(self, doubt: Intended, batch: Batch, begun: CallBegun, job: Job) -> None:
        """Find out what became of a batch in doubt, and see it through."""
        before = _before(doubt, batch, begun, job.snapshot)
        if before is not None and self._does_hold(doubt):
            await self._send_again(doubt, batch, before, job)
            return
        match _witness(doubt, batch, begun, before, job.snapshot.texts):
            case Witness.APPLIED:
                job.fates.settle(batch.operations, Fate.APPLIED)
            case Witness.NOT_APPLIED:
                await self._deliver([batch], job)
            case Witness.UNKNOWN:
                error = SlidesError(
                    "its answer was lost with the process that sent it, and others have edited"
                )
                job.fates.settle(batch.operations, Fate.INDETERMINATE, error)

    async def _send_again(self, doubt: Intended, batch: Batch, before: PageTexts, job: Job) -> None:
        """Send the same bytes with the same fence: they can land once, whatever became of the first copy."""
        if (
            digest_of_body(batch_update(job.presentation_id, batch.body(doubt.fence)).body)
            != doubt.body_digest
        ):
            raise JournalError(f"batch {doubt.identity}: another version of this program wrote its intent")
        job.snapshot = replace(job.snapshot, revision_id=doubt.fence, texts=before)
        job.doubted = batch
        await self._deliver([batch], job)
        job.doubted = None
        job.snapshot = replace(job.snapshot, revision_id=None)  # whoever writes next has to read first

    def _does_hold(self, doubt: Intended) -> bool:
        age_seconds = self._clock.wall() - doubt.at_wall_seconds
        return doubt.fence is not None and age_seconds < FENCE_HOLDS_SECONDS

    async def _deliver(self, batches: Iterable[Batch], job: Job) -> None:
        for batch in batches:
            await self._delivery.deliver(batch, job)

    async def _deliver_slide(self, batches: Sequence[Batch], job: Job, places: asyncio.Semaphore) -> None:
        async with places:
            await self._deliver(batches, job)


def refuse_impossible(presentation_id: str, text_map: Mapping[str, str]) -> None:
    """Raise `ValueError` if there can be no such presentation, or a key is empty."""
    if not re.fullmatch(r"[\w.~#-]+", presentation_id, re.ASCII):
        raise ValueError(
            f"{presentation_id!r} is not the id of a presentation; it has letters, digits, - and _"
        )
    if "" in text_map:
        raise ValueError("a key of the replacements is empty; it would match everywhere")


def state_to_resume(journal: Journal, presentation_id: str) -> CallState:
    """Return the oldest unfinished call for a presentation, or the last one if all are finished.

    Raises:
        JournalError: the journal holds no call for it.
    """
    found = [state for state in journal.calls.values() if state.begun.presentation_id == presentation_id]
    if not found:
        others = sorted({state.begun.presentation_id for state in journal.calls.values()})
        what = f"it is of {', '.join(others)}" if others else "it is empty"
        raise JournalError(
            f"{journal.path}: this journal has nothing of presentation {presentation_id}; {what}"
        )
    return next((state for state in found if state.unfinished_count), found[-1])


def refuse_unfinished(journal: Journal, presentation_id: str) -> None:
    """Raise `JournalError` if an earlier process left edits of a presentation unfinished."""
    for state in journal.unfinished:
        if state.begun.presentation_id == presentation_id:
            raise JournalError(
                f"{journal.path}: {state.unfinished_count} edits of presentation {presentation_id} are "
                "unfinished; resume them, or begin another journal"
            )


def operations_of(
    state: CallState, text_map: Mapping[str, str] | None, journal: Journal
) -> tuple[ReplaceText, ...]:
    """Return the operations of a call in a journal, made from its own texts or from those given.

    Raises:
        JournalError: its texts are redacted and none are given, or they are not those of the call.
    """
    begun = state.begun
    if text_map is None:
        if begun.text_map is None:
            raise JournalError(
                f"{journal.path}: its texts are redacted; resuming takes the replacements again"
            )
        text_map = dict(begun.text_map)
    if digest_of_map(text_map, begun.salt) != begun.map_digest:
        raise JournalError(
            f"{journal.path}: these replacements, or their order, are not those it was begun with"
        )
    return begun.rebuilt(text_map)


def _settle_again(state: CallState, by_id: Mapping[str, ReplaceText], fates: Fates) -> None:
    for name, settled in state.fates.items():
        error = None if settled.error is None else SlidesError(settled.error)
        fates.settle([by_id[name]], settled.fate, error)


def _batch(doubt: Intended, by_id: Mapping[str, ReplaceText]) -> Batch:
    requests = (replace_all_text(tuple(by_id[name] for name in request)) for request in doubt.requests)
    operations = next(iter(by_id.values()))
    return Batch(operations.presentation_id, tuple(requests))


def _before(doubt: Intended, batch: Batch, begun: CallBegun, now: Snapshot) -> PageTexts | None:
    """Return what the pages said when the batch was sent; None if only a digest is left that fits no more."""
    if doubt.before is not None:
        return doubt.before
    pages = pages_of(batch, now.texts)
    return pages if digest_of_pages(pages, begun.salt) == doubt.before_digest else None


def _witness(
    doubt: Intended, batch: Batch, begun: CallBegun, before: PageTexts | None, after: PageTexts
) -> Witness:
    if digest_of_pages(pages_of(batch, after), begun.salt) == doubt.after_digest != doubt.before_digest:
        return Witness.APPLIED
    return judge(batch, before, after)


def _by_slide(batches: Sequence[Batch]) -> list[list[Batch]]:
    by_slide: dict[str, list[Batch]] = {}
    for batch in batches:
        by_slide.setdefault(batch.operations[0].slide_id, []).append(batch)
    return list(by_slide.values())
