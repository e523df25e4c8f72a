"""What one call carries out, in which order, and how it is taken up again when its process has died."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.clock import Clock
from engine.delivery import Delivery
from engine.errors import InvalidRequest, SlidesError
from engine.events import Fate
from engine.fates import Fates
from engine.job import Job
from engine.journal.digests import digest_of_body, digest_of_pages, pages_of
from engine.journal.records import CallBegun, Intended, JournalError
from engine.journal.replay import CallState
from engine.plan.given_requests import GivenRequest, misfits
from engine.plan.operations import Batch, Operation, PlannedRequest, ReplaceText
from engine.plan.overtaking import overtaken
from engine.plan.planner import plan, plan_given
from engine.plan.witness import PageTexts, Witness, judge
from engine.settings import EngineSettings, Strategy
from engine.snapshot import Snapshot
from engine.wire.transport import batch_update

FENCE_HOLDS_SECONDS = 86_400.0
"""Google keeps a revision's id for a day; an older one says nothing any more."""

_TOO_LATE = "an edit that was to come after it, and finds text of it, may have been applied before it"


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

    async def carry_out_given(self, requests: Sequence[GivenRequest], job: Job, batch_size: int) -> None:
        """Deliver requests of the caller's own, without those that the presentation has no place for.

        Args:
            requests: in order.
            job: whose; nothing of it is in doubt.
            batch_size: most of them in one batch.
        """
        wrong = misfits(requests, job.objects)
        if wrong and job.is_atomic:
            first = next(iter(wrong.values()))
            wrong = {each.operation_id: wrong.get(each.operation_id, first) for each in requests}
        fit = []
        for request in requests:
            problem = wrong.get(request.operation_id)
            if problem is None:
                fit.append(request)
            else:
                job.fates.settle([request], Fate.REJECTED, InvalidRequest(problem, http_status=None))
        await self._deliver(plan_given(fit, batch_size), job)

    async def take_up(self, state: CallState, operations: Sequence[Operation], job: Job) -> None:
        """Go on where another process stopped: what is in doubt first, then whatever was never sent.

        Args:
            state: where the call stands.
            operations: all of the call, settled ones included.
            job: with the presentation as it is now.
        """
        by_id = {operation.operation_id: operation for operation in operations}
        _settle_again(state, by_id, job.fates)
        doubts = list(state.doubts.values())  # what comes of each is noted there
        doubted = {name for doubt in doubts for name in doubt.operation_ids}
        if not doubted:
            job.expect(state.counted)
        try:
            for doubt in doubts:
                await self._resolve(doubt, _batch(doubt, by_id), state.begun, job)
        finally:  # cut short, they may have been applied all the same
            job.fates.settle((by_id[name] for name in doubted), Fate.INDETERMINATE)
        unsent = [by_id[name] for name in by_id if name not in state.fates and name not in doubted]
        begun = state.begun
        if begun.is_of_requests:
            job.look_for([each for each in operations if isinstance(each, GivenRequest)])
            given = [each for each in unsent if isinstance(each, GivenRequest)]
            await self.carry_out_given(given, job, begun.batch_size)
        else:
            texts = [each for each in unsent if isinstance(each, ReplaceText)]
            late = _overtaken(texts, operations, job.fates)
            job.fates.settle(late, Fate.REJECTED, InvalidRequest(_TOO_LATE, http_status=None))
            in_time = [each for each in texts if each not in late]
            strategy = Strategy(begun.strategy)
            await self.carry_out(plan(in_time, strategy, begun.batch_size), job, strategy)

    async def _resolve(self, doubt: Intended, batch: Batch, begun: CallBegun, job: Job) -> None:
        """Find out what became of a batch in doubt, and see it through."""
        before = _before(doubt, batch, begun, job.snapshot)
        if before is not None and self._does_hold(doubt):
            await self._send_again(doubt, batch, before, job)
            return
        witness = _witness(doubt, batch, begun, before, job.snapshot)
        if doubt.marks is not None:
            marks = doubt.marks
            job.expect(marks.counted_after if witness is Witness.APPLIED else marks.counted_before)
        match witness:
            case Witness.APPLIED:
                job.fates.settle(batch.operations, Fate.APPLIED)
            case Witness.NOT_APPLIED:
                if doubt.marks is not None and doubt.marks.is_idle:  # it may have been applied all the same
                    job.doubted, job.doubted_marks = batch, doubt.marks
                await self._deliver([batch], job)
                job.doubted = job.doubted_marks = None
            case Witness.UNKNOWN:
                error = SlidesError(
                    "its answer was lost with the process that sent it, and others have edited"
                )
                job.fates.settle(batch.operations, Fate.INDETERMINATE, error, is_final=True)

    async def _send_again(self, doubt: Intended, batch: Batch, before: PageTexts, job: Job) -> None:
        """Send the same bytes with the same fence: they can land once, whatever became of the first copy."""
        if digest_of_body(batch_update(batch, doubt.fence).body) != doubt.body_digest:
            raise JournalError(f"batch {doubt.identity}: another version of this program wrote its intent")
        job.snapshot = replace(job.snapshot, revision_id=doubt.fence, texts=before, scene=None)
        job.doubted, job.doubted_marks = batch, doubt.marks
        await self._deliver([batch], job)
        job.doubted = job.doubted_marks = None
        if job.snapshot.scene is None:
            job.snapshot = replace(job.snapshot, revision_id=None)  # whoever writes next has to read first
        if doubt.marks is not None:
            is_applied = job.fates.fate_of(doubt.identity) is Fate.APPLIED
            job.outlook = doubt.marks.counted_after if is_applied else doubt.marks.counted_before

    def _does_hold(self, doubt: Intended) -> bool:
        age_seconds = self._clock.wall() - doubt.at_wall_seconds
        return doubt.fence is not None and age_seconds < FENCE_HOLDS_SECONDS

    async def _deliver(self, batches: Iterable[Batch], job: Job) -> None:
        for batch in batches:
            await self._delivery.deliver(batch, job)

    async def _deliver_slide(self, batches: Sequence[Batch], job: Job, places: asyncio.Semaphore) -> None:
        async with places:
            await self._deliver(batches, job)


def _settle_again(state: CallState, by_id: Mapping[str, Operation], fates: Fates) -> None:
    for name, settled in state.fates.items():
        error = None if settled.error is None else SlidesError(settled.error)
        is_final = settled.fate is Fate.INDETERMINATE  # as what stands in `fates` does
        fates.settle([by_id[name]], settled.fate, error, is_final=is_final)


def _overtaken(
    left: Sequence[ReplaceText], operations: Sequence[Operation], fates: Fates
) -> list[ReplaceText]:
    done = {Fate.APPLIED, Fate.INDETERMINATE}
    texts = [each for each in operations if isinstance(each, ReplaceText)]
    applied = [each for each in texts if fates.fate_of(each.operation_id) in done]
    return overtaken(left, applied, [each.operation_id for each in texts])


def _batch(doubt: Intended, by_id: Mapping[str, Operation]) -> Batch:
    requests = (PlannedRequest(tuple(by_id[name] for name in request)) for request in doubt.requests)
    operations = next(iter(by_id.values()))
    return Batch(operations.presentation_id, tuple(requests))


def _before(doubt: Intended, batch: Batch, begun: CallBegun, now: Snapshot) -> PageTexts | None:
    """Return what the pages said when the batch was sent; None if only a digest is left that fits no more."""
    if doubt.before is not None:
        return doubt.before
    if doubt.marks is not None:
        return {}
    pages = pages_of(batch, now.texts)
    return pages if digest_of_pages(pages, begun.salt) == doubt.before_digest else None


def _witness(
    doubt: Intended, batch: Batch, begun: CallBegun, before: PageTexts | None, now: Snapshot
) -> Witness:
    if doubt.marks is not None:
        return doubt.marks.judge(now.scene)
    if digest_of_pages(pages_of(batch, now.texts), begun.salt) == doubt.after_digest != doubt.before_digest:
        return Witness.APPLIED
    return judge(batch, before, now.texts)


def _by_slide(batches: Sequence[Batch]) -> list[list[Batch]]:
    by_slide: dict[str, list[Batch]] = {}
    for batch in batches:
        by_slide.setdefault(batch.operations[0].slide_id, []).append(batch)
    return list(by_slide.values())
