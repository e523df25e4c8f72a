"""Calls that replace texts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.admission.call_queue import Place
from engine.desk import Desk, Terms, refuse_impossible
from engine.job import Job
from engine.journal.call_journal import CallJournal
from engine.plan.nowhere import nowhere
from engine.plan.operations import Batch, ReplaceText
from engine.plan.planner import plan
from engine.results import BatchReport, WritePlan
from engine.snapshot import Snapshot


async def replace_text(
    desk: Desk,
    terms: Terms,
    text_map: Mapping[str, str],
    slide_ids: Sequence[str] | None,
    max_concurrent_slides: int | None,
) -> BatchReport:
    """Carry out `SlidesEngine.replace_text`."""
    _refuse(terms.presentation_id, text_map)
    desk.refuse_unfinished(terms.presentation_id)
    with desk.place(terms, desk.deadline(terms)) as place:
        place.expect(1)
        await place.begin()
        return await _carry_out(desk, terms, place, text_map, slide_ids, max_concurrent_slides)


async def _carry_out(
    desk: Desk,
    terms: Terms,
    place: Place,
    text_map: Mapping[str, str],
    slide_ids: Sequence[str] | None,
    max_concurrent_slides: int | None,
) -> BatchReport:
    """Carry a call out that has its turn; a frame of its own, for none is small of those that wait."""
    presentation_id, deadline = terms.presentation_id, place.deadline_seconds
    snapshot = await desk.read(terms, deadline)
    operations = _operations(desk, presentation_id, snapshot, text_map, slide_ids)
    batches, strategy = _plan(desk, operations), desk.settings.effective_strategy
    place.expect(len(batches))
    journal = None
    if desk.journal is not None:
        settings, clock = desk.settings, desk.clock
        journal = CallJournal.begin(desk.journal, operations, text_map, settings, clock, terms.tenant)
    with desk.fates(operations, deadline, journal) as fates:
        job = Job(presentation_id, deadline, snapshot, fates, journal=journal)
        job.tenant, job.place = terms.tenant, place
        await desk.parts.calls.carry_out(batches, job, strategy, max_concurrent_slides)
    return fates.report(presentation_id, nowhere(operations, snapshot.texts))


async def plan_text(
    desk: Desk, terms: Terms, text_map: Mapping[str, str], slide_ids: Sequence[str] | None
) -> WritePlan:
    """Carry out `SlidesEngine.plan_text`."""
    _refuse(terms.presentation_id, text_map)
    snapshot = await desk.read(terms, desk.deadline(terms))
    operations = _operations(desk, terms.presentation_id, snapshot, text_map, slide_ids)
    plan_of_all = desk.write_plan(terms.presentation_id, _plan(desk, operations))
    return replace(plan_of_all, not_found=nowhere(operations, snapshot.texts))


def _refuse(presentation_id: str, text_map: Mapping[str, str]) -> None:
    refuse_impossible(presentation_id)
    if "" in text_map:
        raise ValueError("a key of the replacements is empty; it would match everywhere")


def _operations(
    desk: Desk,
    presentation_id: str,
    snapshot: Snapshot,
    text_map: Mapping[str, str],
    slide_ids: Sequence[str] | None,
) -> list[ReplaceText]:
    notes = desk.settings.include_notes
    return list(snapshot.operations(presentation_id, text_map, slide_ids=slide_ids, include_notes=notes))


def _plan(desk: Desk, operations: Sequence[ReplaceText]) -> list[Batch]:
    return plan(operations, desk.settings.effective_strategy, desk.settings.slides_api_batch_size)
