"""The one door to the engine."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from engine.calls import operations_of, refuse_impossible, refuse_unfinished, state_to_resume
from engine.clock import Clock, MonotonicClock
from engine.errand import Errand
from engine.events import DrainBegan, Event, Listener
from engine.journal.call_journal import CallJournal
from engine.journal.file import Journal
from engine.journal.records import JournalError
from engine.parts import Whereabouts, put_together
from engine.plan.operations import Batch, ReplaceText
from engine.plan.planner import plan
from engine.policy.pacing import CallKind, Pacing
from engine.quota.file import QuotaFile
from engine.recovery import Job
from engine.results import BatchReport, Fates, InUse, TextPlan
from engine.settings import EngineSettings
from engine.snapshot import Snapshot
from engine.wire.network import Network
from engine.wire.transport import BATCH_UPDATE

GOOGLE = "https://slides.googleapis.com"


class SlidesEngine:
    """Edits presentations; an async context manager, for one event loop.

    Args:
        settings: see `EngineSettings`.
        credentials: any google-auth credentials; scopes are added where they need some.
        endpoint: base URL of the API.
        ca_file: a PEM file with an authority to trust beside the system's.
        clock: source of time; the machine's by default.
        random: source of jitter; seeded afresh by default.
        listeners: called with every event, in order.
        network: what the connections stand on; the machine's own by default.
        quota: where processes share one quota; None keeps it to this engine.
        journal: where every write is on the disk before it leaves; None keeps none.

    Raises:
        ValueError: a journal without the lock, whose writes could not be told apart afterwards.
    """

    def __init__(  # noqa: PLR0913 - the door takes from outside all that the rooms are handed
        self,
        settings: EngineSettings,
        *,
        credentials: Any,  # noqa: ANN401 - google-auth's classes have no common type that holds
        endpoint: str = GOOGLE,
        ca_file: Path | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
        listeners: Sequence[Listener] = (),
        network: Network | None = None,
        journal: Journal | None = None,
        quota: QuotaFile | None = None,
    ) -> None:
        if journal is not None and not settings.lock_enabled:
            raise ValueError("a journal needs the lock: without it, writes name no revision")
        self._settings = settings
        self._journal = journal
        self._clock = clock or MonotonicClock()
        self._listeners = tuple(listeners)
        jitter = random or Random()  # noqa: S311 - spreads retries, guards nothing
        where = Whereabouts(endpoint, ca_file, network, quota)
        self._parts = put_together(settings, credentials, where, self._clock, jitter, self._announce)
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._closing.enter_async_context(self._parts.opened())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._closing.aclose()

    @property
    def in_use(self) -> InUse:
        """What calls hold or wait for now."""
        return self._parts.in_use

    async def drain(self, seconds: float | None = None) -> None:
        """Stop: let nothing new begin, let what was sent be answered, and leave the rest unsent.

        Calls under way come to their end with the true fate of every edit.  What was not sent is reported
        as not sent; with a journal `resume` goes on with it.  A write in doubt may be sent again, since that
        is how its fate is learned.  Afterwards the engine refuses all work, and closing it takes no time.

        Args:
            seconds: until what has no answer yet is given up as indeterminate; the settings'
                `drain_timeout` by default.  Cancelling this gives it up at once.
        """
        wait_seconds = self._settings.drain_timeout if seconds is None else seconds
        self._announce(DrainBegan(self._clock.now(), wait_seconds))
        await self._parts.drained(wait_seconds, self._clock)

    async def replace_text(
        self,
        presentation_id: str,
        text_map: Mapping[str, str],
        *,
        slide_ids: Sequence[str] | None = None,
        deadline_seconds: float | None = None,
        max_concurrent_slides: int | None = None,
        tenant: str | None = None,
    ) -> BatchReport:
        """Replace every key of `text_map` by its value, on every slide or on those named.

        Keys are looked for as they are written, one after the other in the order of the map.

        Args:
            presentation_id: as in the presentation's address.
            text_map: what to find, and what to put there.
            slide_ids: the slides to edit; all of them by default.
            deadline_seconds: from now; the settings' `operation_deadline` by default.
            max_concurrent_slides: most slides of this call at once; the settings' ceiling holds as well.
            tenant: in whose name; tenants have equal shares.  Each presentation is one by default.

        Returns:
            The fate of every edit.  A failed edit is reported, not raised.

        Raises:
            SlidesError: the presentation could not be read, so that no operation came to be.
            TooBusy: nor did any here: the queue is full, or the quota allows the last write too late.
            ValueError: a key is empty, or there can be no such presentation or slide.
            JournalError: it cannot be written, or holds unfinished edits of this presentation.
        """
        refuse_impossible(presentation_id, text_map)
        deadline = self._deadline(deadline_seconds)
        if self._journal is not None:
            refuse_unfinished(self._journal, presentation_id)
        with self._parts.queue.place(presentation_id, tenant or presentation_id) as place:
            place.expect(1, deadline)
            snapshot = await self._read(presentation_id, deadline, tenant)
            operations = self._operations(presentation_id, snapshot, text_map, slide_ids)
            batches, strategy = self._plan(operations), self._settings.effective_strategy
            place.expect(len(batches), deadline)
            journal = self._begin(operations, text_map)
            with self._fates(operations, deadline, journal) as fates:
                job = Job(
                    presentation_id, deadline, snapshot, fates, journal=journal, tenant=tenant, place=place
                )
                await self._parts.calls.carry_out(batches, job, strategy, max_concurrent_slides)
        return fates.report(presentation_id)

    async def resume(
        self,
        presentation_id: str,
        text_map: Mapping[str, str] | None = None,
        *,
        deadline_seconds: float | None = None,
    ) -> BatchReport:
        """Go on with the oldest call for a presentation that the journal does not know to be finished.

        What is settled stays settled, what was never sent is sent, and what is in doubt is resolved first.

        Args:
            presentation_id: as it was.
            text_map: as it was; needed only if the journal's texts are redacted.
            deadline_seconds: from now; the settings' `operation_deadline` by default.

        Returns:
            The fate of every edit of the call, those that were settled earlier included.

        Raises:
            SlidesError: the presentation could not be read, and nothing was changed.
            JournalError: there is no such call, or it is of other replacements.
        """
        if self._journal is None:
            raise JournalError("there is nothing to resume without a journal")
        state = state_to_resume(self._journal, presentation_id)
        operations = operations_of(state, text_map, self._journal)
        deadline = self._deadline(deadline_seconds)
        is_finished = state.unfinished_count == 0
        snapshot = Snapshot(None, {}, {}) if is_finished else await self._read(presentation_id, deadline)
        journal = CallJournal.resume(self._journal, state, self._clock)
        with self._fates(operations, deadline, journal) as fates:
            tries = Counter({(name, BATCH_UPDATE): count for name, count in state.attempts.items()})
            job = Job(presentation_id, deadline, snapshot, fates, tries, journal)
            await self._parts.calls.take_up(state, operations, job)
        return fates.report(presentation_id)

    async def plan_text(
        self,
        presentation_id: str,
        text_map: Mapping[str, str],
        *,
        slide_ids: Sequence[str] | None = None,
        deadline_seconds: float | None = None,
    ) -> TextPlan:
        """Return what `replace_text` would send, without sending it; arguments and errors are the same."""
        refuse_impossible(presentation_id, text_map)
        snapshot = await self._read(presentation_id, self._deadline(deadline_seconds))
        batches = self._plan(self._operations(presentation_id, snapshot, text_map, slide_ids))
        eta_seconds = Pacing(self._settings).eta_seconds(len(batches), 0.0, CallKind.WRITE)
        return TextPlan(presentation_id, tuple(batches), eta_seconds)

    def _begin(self, operations: Sequence[ReplaceText], text_map: Mapping[str, str]) -> CallJournal | None:
        if self._journal is None:
            return None
        return CallJournal.begin(self._journal, operations, text_map, self._settings, self._clock)

    @contextmanager
    def _fates(
        self, operations: Sequence[ReplaceText], deadline: float, journal: CallJournal | None
    ) -> Iterator[Fates]:
        note = None if journal is None else journal.settled
        with (
            self._parts.drain.call(),
            Fates(operations, self._announce, self._clock, deadline, note) as fates,
        ):
            yield fates

    def _deadline(self, deadline_seconds: float | None) -> float:
        wait_seconds = self._settings.operation_deadline if deadline_seconds is None else deadline_seconds
        return self._clock.now() + wait_seconds

    async def _read(self, presentation_id: str, deadline: float, tenant: str | None = None) -> Snapshot:
        errand = Errand(f"{presentation_id}/read", presentation_id, deadline, tenant=tenant)
        with self._parts.drain.call():
            return await self._parts.recovery.read(errand)

    def _operations(
        self,
        presentation_id: str,
        snapshot: Snapshot,
        text_map: Mapping[str, str],
        slide_ids: Sequence[str] | None,
    ) -> list[ReplaceText]:
        notes = self._settings.include_notes
        return list(snapshot.operations(presentation_id, text_map, slide_ids=slide_ids, include_notes=notes))

    def _plan(self, operations: Sequence[ReplaceText]) -> list[Batch]:
        settings = self._settings
        return plan(operations, settings.effective_strategy, settings.slides_api_batch_size)

    def _announce(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)
