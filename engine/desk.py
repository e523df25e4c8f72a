"""What every call of an engine needs: a deadline, a first look, a book of fates, a journal."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from engine.admission.call_queue import Place
from engine.clock import Clock
from engine.errand import Errand
from engine.events import DrainBegan, Event
from engine.fates import Fates
from engine.journal.call_journal import CallJournal
from engine.journal.file import Journal
from engine.journal.records import JournalError
from engine.parts import Parts
from engine.plan.operations import Batch, Operation
from engine.policy.pacing import CallKind, Pacing
from engine.results import WritePlan
from engine.settings import EngineSettings
from engine.snapshot import FIELDS, Snapshot


@dataclass(frozen=True, slots=True)
class Terms:
    """What every call says of itself.

    Attributes:
        presentation_id: where.
        deadline_seconds: from now; None for as long as the settings have it.
        tenant: in whose name; None for the presentation's own.
    """

    presentation_id: str
    deadline_seconds: float | None = None
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where calls are taken.

    Attributes:
        settings: of the engine.
        clock: source of time.
        journal: where writes are before they leave; None for nowhere.
        parts: what carries calls out.
        announce: told of every event.
    """

    settings: EngineSettings
    clock: Clock
    journal: Journal | None
    parts: Parts
    announce: Callable[[Event], None]

    def deadline(self, terms: Terms) -> float:
        """Return when a call must be over, on the clock.

        Raises:
            ValueError: it is not a number, which no timer of the event loop can live with.
        """
        wait_seconds = terms.deadline_seconds
        if wait_seconds is None:
            wait_seconds = self.settings.operation_deadline
        if math.isnan(wait_seconds):
            raise ValueError(f"deadline: expected a number of seconds, got {wait_seconds}")
        return self.clock.now() + wait_seconds

    def place(self, terms: Terms, deadline: float) -> Place:
        """Return a place in the queue for a call, which is held once it is entered."""
        tenant = terms.tenant or terms.presentation_id
        return Place(self.parts.queue, terms.presentation_id, tenant, deadline)

    async def read(self, terms: Terms, deadline: float, fields: str = FIELDS) -> Snapshot:
        """Return the presentation as it is.

        Raises:
            SlidesError: it could not be read.
        """
        name, tenant = terms.presentation_id, terms.tenant
        errand = Errand(f"{name}/read", name, deadline, fields=fields, tenant=tenant)
        with self.parts.drain.call():
            return await self.parts.recovery.read(errand)

    @contextmanager
    def fates(
        self, operations: Sequence[Operation], deadline: float, journal: CallJournal | None
    ) -> Iterator[Fates]:
        """Hold open an empty book for `operations`, which the journal copies."""
        note = None if journal is None else journal.settled
        with self.parts.drain.call(), Fates(operations, self.announce, self.clock, deadline, note) as fates:
            yield fates

    async def drain(self, seconds: float | None) -> None:
        """Carry out `SlidesEngine.drain`."""
        wait_seconds = self.settings.drain_timeout if seconds is None else seconds
        self.announce(DrainBegan(self.clock.now(), wait_seconds))
        await self.parts.drained(wait_seconds, self.clock)

    def write_plan(self, presentation_id: str, batches: Sequence[Batch]) -> WritePlan:
        """Return what sending `batches` comes to."""
        seconds = Pacing(self.settings).eta_seconds(len(batches), 0.0, CallKind.WRITE)
        return WritePlan(presentation_id, tuple(batches), seconds)

    def refuse_unfinished(self, presentation_id: str) -> None:
        """Raise `JournalError` if an earlier process left edits of a presentation unfinished."""
        for state in () if self.journal is None else self.journal.unfinished:
            if state.begun.presentation_id == presentation_id and self.journal is not None:
                raise JournalError(
                    f"{self.journal.path}: {state.unfinished_count} edits of presentation {presentation_id} "
                    "are unfinished; resume them, or begin another journal"
                )


def refuse_impossible(presentation_id: str) -> None:
    """Raise `ValueError` if there can be no such presentation."""
    if not re.fullmatch(r"[\w.~#-]+", presentation_id, re.ASCII):
        raise ValueError(
            f"{presentation_id!r} is not the id of a presentation; it has letters, digits, - and _"
        )
