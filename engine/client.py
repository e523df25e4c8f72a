"""The one door to the engine."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from engine.admission.assembly import dispatcher_for
from engine.admission.locks import PresentationLock
from engine.attempts import Attempts, Errand
from engine.clock import Clock, MonotonicClock
from engine.delivery import Delivery
from engine.events import Event, Listener
from engine.plan.operations import Batch, ReplaceText
from engine.plan.planner import plan
from engine.policy.pacing import CallKind, Pacing
from engine.recovery import Job, Recovery
from engine.results import BatchReport, Fates, InUse, TextPlan
from engine.settings import EngineSettings, Strategy
from engine.snapshot import Snapshot
from engine.wire.connections import GoogleSlidesConnectionManager
from engine.wire.credentials import AccessTokens
from engine.wire.headers import user_agent
from engine.wire.network import Network
from engine.wire.transport import Transport

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
    ) -> None:
        self._settings = settings
        self._clock = clock or MonotonicClock()
        self._listeners = tuple(listeners)
        self._locks = PresentationLock() if settings.lock_enabled else None
        jitter = random or Random()  # noqa: S311 - spreads retries, guards nothing
        self._connections = GoogleSlidesConnectionManager(
            settings.http_connection_pool_size if settings.pool_limit_enabled else None,
            clock=self._clock,
            user_agent=user_agent(),
            ca_file=ca_file,
            network=network,
        )
        self._tokens = AccessTokens(credentials, self._connections, self._clock)
        self._dispatcher = dispatcher_for(
            settings, urlsplit(endpoint).netloc, self._clock, jitter, self._announce
        )
        attempts = Attempts(
            Transport(self._connections, self._tokens, self._clock, endpoint),
            self._dispatcher,
            self._clock,
            attempt_seconds=settings.http_connection_timeout,
            announce=self._announce,
        )
        self._recovery = Recovery(attempts, settings, clock=self._clock, jitter=jitter)
        self._delivery = Delivery(attempts, self._recovery, self._locks, self._clock, self._announce)
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._closing.enter_async_context(self._connections)
        self._closing.push_async_callback(self._tokens.close)
        self._closing.callback(self._dispatcher.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._closing.aclose()

    @property
    def in_use(self) -> InUse:
        """What calls hold or wait for now."""
        return InUse(
            presentations=0 if self._locks is None else len(self._locks),
            waiting=self._dispatcher.waiting_count,
            in_flight=self._dispatcher.in_flight_count,
            sockets=self._connections.open_sockets_count,
        )

    async def replace_text(
        self,
        presentation_id: str,
        text_map: Mapping[str, str],
        *,
        slide_ids: Sequence[str] | None = None,
        deadline_seconds: float | None = None,
        max_concurrent_slides: int | None = None,
    ) -> BatchReport:
        """Replace every key of `text_map` by its value, on every slide or on those named.

        Keys are looked for as they are written, one after the other in the order of the map.

        Args:
            presentation_id: as in the presentation's address.
            text_map: what to find, and what to put there.
            slide_ids: the slides to edit; all of them by default.
            deadline_seconds: from now; the settings' `operation_deadline` by default.
            max_concurrent_slides: most slides of this call at once; the settings' ceiling holds as well.

        Returns:
            The fate of every edit.  A failed edit is reported, not raised.

        Raises:
            SlidesError: the presentation could not be read, so that no operation came to be.
            ValueError: a key is empty, or there can be no such presentation or slide.
        """
        _refuse_impossible(presentation_id, text_map)
        deadline = self._deadline(deadline_seconds)
        snapshot = await self._read(presentation_id, deadline)
        operations = self._operations(presentation_id, snapshot, text_map, slide_ids)
        with Fates(operations, self._announce, self._clock, deadline) as fates:
            job = Job(presentation_id, deadline, snapshot, fates)
            await self._carry_out(self._plan(operations), job, max_concurrent_slides)
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
        _refuse_impossible(presentation_id, text_map)
        snapshot = await self._read(presentation_id, self._deadline(deadline_seconds))
        batches = self._plan(self._operations(presentation_id, snapshot, text_map, slide_ids))
        eta_seconds = Pacing(self._settings).eta_seconds(len(batches), 0.0, CallKind.WRITE)
        return TextPlan(presentation_id, tuple(batches), eta_seconds)

    def _deadline(self, deadline_seconds: float | None) -> float:
        wait_seconds = self._settings.operation_deadline if deadline_seconds is None else deadline_seconds
        return self._clock.now() + wait_seconds

    async def _read(self, presentation_id: str, deadline: float) -> Snapshot:
        return await self._recovery.read(Errand(f"{presentation_id}/read", presentation_id, deadline))

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

    async def _carry_out(self, batches: Sequence[Batch], job: Job, at_once: int | None) -> None:
        if self._settings.effective_strategy is not Strategy.SEMAPHORE:
            for batch in batches:
                await self._delivery.deliver(batch, job)
            return
        ceiling = self._settings.in_flight_ceiling
        places = asyncio.Semaphore(ceiling if at_once is None else min(ceiling, at_once))
        async with asyncio.TaskGroup() as slides:
            for of_one_slide in _by_slide(batches):
                slides.create_task(self._deliver_slide(of_one_slide, job, places))

    async def _deliver_slide(self, batches: Sequence[Batch], job: Job, places: asyncio.Semaphore) -> None:
        async with places:
            for batch in batches:
                await self._delivery.deliver(batch, job)

    def _announce(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)


def _refuse_impossible(presentation_id: str, text_map: Mapping[str, str]) -> None:
    if not re.fullmatch(r"[\w.~#-]+", presentation_id, re.ASCII):
        raise ValueError(
            f"{presentation_id!r} is not the id of a presentation; it has letters, digits, - and _"
        )
    if "" in text_map:
        raise ValueError("a key of the replacements is empty; it would match everywhere")


def _by_slide(batches: Sequence[Batch]) -> list[list[Batch]]:
    by_slide: dict[str, list[Batch]] = {}
    for batch in batches:
        by_slide.setdefault(batch.operations[0].slide_id, []).append(batch)
    return list(by_slide.values())


async def safe_batch_text_replace(
    slides_service: SlidesEngine,
    presentation_id: str,
    text_map: Mapping[str, str],
    max_concurrent_slides: int = 1,
) -> dict[str, Any]:
    """Replace every key of `text_map` by its value on every slide, and go on when a slide fails.

    Args:
        slides_service: an open engine.
        presentation_id: as in the presentation's address.
        text_map: what to find, and what to put there.
        max_concurrent_slides: most slides of this call at once; the engine's own ceiling holds as well.

    Returns:
        The report as JSON-ready values: the presentation, whether all was applied, and per slide whether it
        succeeded and what became of each edit.

    Raises:
        SlidesError: the presentation could not be read.
        ValueError: a key is empty, or there can be no such presentation.
    """
    report = await slides_service.replace_text(
        presentation_id, text_map, max_concurrent_slides=max_concurrent_slides
    )
    return report.as_dict()
