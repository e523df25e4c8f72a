"""Taking up a call where another process stopped."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.desk import Desk, Terms
from engine.job import Job
from engine.journal.call_journal import CallJournal
from engine.journal.digests import digest_of_map, digest_of_requests
from engine.journal.file import Journal
from engine.journal.records import JournalError
from engine.journal.replay import CallState
from engine.plan.given_requests import GivenRequest, given_requests
from engine.plan.operations import Operation, ReplaceText
from engine.request_calls import counted_in_all, job_of_requests
from engine.results import BatchReport, RequestsReport
from engine.snapshot import FIELDS, SCENE_FIELDS, Snapshot
from engine.wire.transport import BATCH_UPDATE

Requests = Sequence[Mapping[str, Any]]


async def resume(
    desk: Desk, terms: Terms, text_map: Mapping[str, str] | None, requests: Requests | None
) -> BatchReport | RequestsReport:
    """Carry out `SlidesEngine.resume`."""
    if desk.journal is None:
        raise JournalError("there is nothing to resume without a journal")
    state = state_to_resume(desk.journal, terms.presentation_id)
    operations = operations_of(state, text_map, requests, desk.journal)
    terms = replace(terms, tenant=terms.tenant or state.begun.tenant)
    with desk.journal.taken_up(state.begun.call):
        return await _go_on(desk, desk.journal, terms, state, operations)


async def _go_on(
    desk: Desk, journal: Journal, terms: Terms, state: CallState, operations: Sequence[Operation]
) -> BatchReport | RequestsReport:
    presentation_id = terms.presentation_id
    deadline, fields = desk.deadline(terms), SCENE_FIELDS if state.begun.is_of_requests else FIELDS
    snapshot = Snapshot(None, {}, {})
    if state.unfinished_count:
        snapshot = await desk.read(terms, deadline, fields)
    book = CallJournal.resume(journal, state, desk.clock)
    with desk.fates(operations, deadline, book) as fates:
        job = Job(presentation_id, deadline, snapshot, fates)
        if state.begun.is_of_requests:
            given = [each for each in operations if isinstance(each, GivenRequest)]
            job = job_of_requests(presentation_id, deadline, snapshot, fates, counted_in_all(given))
        job.journal, job.is_atomic, job.tenant = book, state.begun.is_atomic, terms.tenant
        job.attempts = Counter({(name, BATCH_UPDATE): count for name, count in state.attempts.items()})
        await desk.parts.calls.take_up(state, operations, job)
    return (fates.requests_report if state.begun.is_of_requests else fates.report)(presentation_id)


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


def operations_of(
    state: CallState, text_map: Mapping[str, str] | None, requests: Requests | None, journal: Journal
) -> tuple[Operation, ...]:
    """Return the operations of a call in a journal, made from what it holds or from what is given.

    Raises:
        JournalError: it holds no texts and none are given, or what is given is not what the call was of.
    """
    other = text_map if state.begun.is_of_requests else requests
    if other is not None:
        kinds = ("requests", "replacements") if state.begun.is_of_requests else ("replacements", "requests")
        held = f"{kinds[0]}, not of {kinds[1]}"
        raise JournalError(f"{journal.path}: this journal is of {held}")
    if state.begun.is_of_requests:
        return _given(state, requests, journal)
    return _replacements(state, text_map, journal)


def _replacements(
    state: CallState, text_map: Mapping[str, str] | None, journal: Journal
) -> tuple[ReplaceText, ...]:
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


def _given(state: CallState, requests: Requests | None, journal: Journal) -> tuple[GivenRequest, ...]:
    begun = state.begun
    held = requests if begun.requests is None else begun.requests
    if held is None:
        raise JournalError(f"{journal.path}: its texts are redacted; resuming takes the requests again")
    given = given_requests(begun.presentation_id, held if requests is None else requests, begun.salt)
    if digest_of_requests(given, begun.salt) != begun.map_digest:
        raise JournalError(f"{journal.path}: these requests, or their order, are not those it was begun with")
    return given
