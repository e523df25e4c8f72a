"""Calls of requests as Google writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.admission.call_queue import Place
from engine.desk import Desk, Terms, refuse_impossible
from engine.fates import Fates
from engine.job import Job
from engine.journal.call_journal import CallJournal
from engine.journal.file import make_salt
from engine.journal.records import GivenTerms
from engine.plan.given_requests import GivenRequest, given_requests
from engine.plan.marks import digests_of_objects
from engine.plan.planner import MAX_BODY_BYTES, plan_given
from engine.results import RequestsReport, WritePlan
from engine.settings import EngineSettings, Strategy
from engine.snapshot import SCENE_FIELDS, Snapshot

Requests = Sequence[Mapping[str, Any]]


async def apply_requests(desk: Desk, terms: Terms, requests: Requests, *, is_atomic: bool) -> RequestsReport:
    """Carry out `SlidesEngine.apply_requests`."""
    presentation_id, salt = terms.presentation_id, make_salt()
    given = _checked(desk, presentation_id, requests, salt, is_atomic=is_atomic)
    desk.refuse_unfinished(presentation_id)
    with desk.place(terms, desk.deadline(terms)) as place:
        place.expect(len(plan_given(given, batch_size_of(desk.settings))))
        await place.begin()
        return await _carry_out(desk, terms, place, given, salt, is_atomic=is_atomic)


async def _carry_out(
    desk: Desk, terms: Terms, place: Place, given: Sequence[GivenRequest], salt: str, *, is_atomic: bool
) -> RequestsReport:
    """Carry a call out that has its turn; a frame of its own, for none is small of those that wait."""
    presentation_id, deadline = terms.presentation_id, place.deadline_seconds
    batch_size = batch_size_of(desk.settings)
    snapshot = await desk.read(terms, deadline, SCENE_FIELDS)
    counted = counted_in_all(given)
    said = _said(counted, snapshot)
    journal = _begun(desk, given, GivenTerms(batch_size, is_atomic, salt, said, terms.tenant))
    with desk.fates(given, deadline, journal) as fates:
        job = job_of_requests(presentation_id, deadline, snapshot, fates, counted)
        job.journal, job.is_atomic = journal, is_atomic
        job.tenant, job.place = terms.tenant, place
        await desk.parts.calls.carry_out_given(given, job, batch_size)
    return fates.requests_report(presentation_id)


def plan_requests(desk: Desk, presentation_id: str, requests: Requests, *, is_atomic: bool) -> WritePlan:
    """Carry out `SlidesEngine.plan_requests`."""
    given = _checked(desk, presentation_id, requests, make_salt(), is_atomic=is_atomic)
    return desk.write_plan(presentation_id, plan_given(given, batch_size_of(desk.settings)))


def job_of_requests(
    presentation_id: str, deadline: float, snapshot: Snapshot, fates: Fates, counted: frozenset[str]
) -> Job:
    """Return the job of a call of given requests, of which some count in the objects `counted`."""
    objects = frozenset[str]() if snapshot.scene is None else frozenset(snapshot.scene.holder_of)
    return Job(
        presentation_id,
        deadline,
        snapshot,
        fates,
        fields=SCENE_FIELDS,
        objects=objects,
        counted=counted,
    )


def counted_in_all(given: Sequence[GivenRequest]) -> frozenset[str]:
    """Return the objects in which any of the requests count."""
    return frozenset(each.counted_in for each in given if each.counted_in is not None)


def batch_size_of(settings: EngineSettings) -> int:
    """Return how many requests go into one batch; their order is kept whatever the strategy."""
    is_sequential = settings.effective_strategy is Strategy.SEQUENTIAL
    return 1 if is_sequential else settings.slides_api_batch_size


def _begun(desk: Desk, given: Sequence[GivenRequest], terms: GivenTerms) -> CallJournal | None:
    if desk.journal is None:
        return None
    return CallJournal.begin_given(desk.journal, given, terms, desk.clock)


def _said(names: frozenset[str], snapshot: Snapshot) -> dict[str, str]:
    return {} if snapshot.scene is None else digests_of_objects(names, snapshot.scene)


def _checked(
    desk: Desk, presentation_id: str, requests: Requests, salt: str, *, is_atomic: bool
) -> tuple[GivenRequest, ...]:
    refuse_impossible(presentation_id)
    if not desk.settings.lock_enabled:
        raise ValueError("requests need the lock: without it they name no revision, and could land twice")
    given = given_requests(presentation_id, requests, salt)
    batch_size = batch_size_of(desk.settings)
    writes_count = len(plan_given(given, batch_size))
    if is_atomic and writes_count > 1:
        raise ValueError(
            f"{len(given)} requests take {writes_count} writes, and only one write is atomic: it "
            f"holds at most {batch_size} requests (SCALAPAY_SLIDES_API_BATCH_SIZE) and "
            f"{MAX_BODY_BYTES} bytes"
        )
    return given
