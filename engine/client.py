"""The one door to the engine."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from engine import request_calls, resuming, text_calls
from engine.clock import Clock, MonotonicClock
from engine.desk import Desk, Terms
from engine.events import BreakerMode, Event, Listener
from engine.journal.file import Journal
from engine.parts import Whereabouts, put_together
from engine.quota.sharing import SharedQuota
from engine.results import BatchReport, InUse, RequestsReport, WritePlan
from engine.settings import EngineSettings
from engine.wire.network import Network

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
        quota: SharedQuota | None = None,
    ) -> None:
        if journal is not None and not settings.lock_enabled:
            raise ValueError("a journal needs the lock: without it, writes name no revision")
        clock = clock or MonotonicClock()
        self._listeners, self._unsound_listeners = tuple(listeners), list[Listener]()
        jitter = random or Random()  # noqa: S311 - spreads retries, guards nothing
        where = Whereabouts(endpoint, ca_file, network, quota)
        self._parts = put_together(settings, credentials, where, clock, jitter, self._announce)
        self._desk = Desk(settings, clock, journal, self._parts, self._announce)
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

    def control_breaker(self, key: str, mode: BreakerMode) -> None:
        """Switch a circuit breaker by hand, or leave it to itself again; either is announced.

        Args:
            key: `host`, `credentials`, or `presentation:` and its id.
            mode: what it is to do from now on.

        Raises:
            ValueError: there is no such breaker.
        """
        self._parts.dispatcher.control_breaker(key, mode)

    async def drain(self, seconds: float | None = None) -> None:
        """Stop: let nothing new begin, let what was sent be answered, and leave the rest unsent.

        Calls under way come to their end with the true fate of every edit.  What was not sent is reported
        as not sent; with a journal `resume` goes on with it.  A write in doubt may be sent again, since that
        is how its fate is learned.  Afterwards the engine refuses all work, and closing it takes no time.

        Args:
            seconds: until what has no answer yet is given up as indeterminate; the settings'
                `drain_timeout` by default.  Cancelling this gives it up at once.
        """
        await self._desk.drain(seconds)

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
            SlidesError: the call's turn did not come in time, or the presentation could not be read; no
                operation came to be.
            TooBusy: nor did any here: the queue is full, or the quota allows the last write too late.
            ValueError: a key is empty, or there can be no such presentation or slide.
            JournalError: it cannot be written, or holds unfinished edits of this presentation.
        """
        return await text_calls.replace_text(
            self._desk,
            Terms(presentation_id, deadline_seconds, tenant),
            text_map,
            slide_ids,
            max_concurrent_slides,
        )

    async def apply_requests(
        self,
        presentation_id: str,
        requests: Sequence[Mapping[str, Any]],
        *,
        is_atomic: bool = False,
        deadline_seconds: float | None = None,
        tenant: str | None = None,
    ) -> RequestsReport:
        """Apply requests of any kind, as Google writes them, in their order.

        What a request makes gets an id derived from the call, if it names none: by that the engine knows,
        after a lost answer, whether the request was applied.

        Args:
            presentation_id: as in the presentation's address.
            requests: entries of `requests` in a `batchUpdate`.
            is_atomic: all of them are applied, or none; they have to fit one write.
            deadline_seconds: from now; the settings' `operation_deadline` by default.
            tenant: in whose name; tenants have equal shares.  Each presentation is one by default.

        Returns:
            The fate of every request.  A failed one is reported, not raised.

        Raises:
            SlidesError: the call's turn did not come in time, or the presentation could not be read; no
                operation came to be.
            TooBusy: nor did any here: the queue is full, or the quota allows the last write too late.
            RequestsError: a request can never work; nothing was sent.
            ValueError: there can be no such presentation, the lock is off, or atomic ones need two writes.
            JournalError: it cannot be written, or holds unfinished edits of this presentation.
        """
        terms = Terms(presentation_id, deadline_seconds, tenant)
        return await request_calls.apply_requests(self._desk, terms, requests, is_atomic=is_atomic)

    async def resume(
        self,
        presentation_id: str,
        text_map: Mapping[str, str] | None = None,
        *,
        requests: Sequence[Mapping[str, Any]] | None = None,
        deadline_seconds: float | None = None,
        tenant: str | None = None,
    ) -> BatchReport | RequestsReport:
        """Go on with the oldest call for a presentation that the journal does not know to be finished.

        What is settled stays settled, what was never sent is sent, and what is in doubt is resolved first.

        Args:
            presentation_id: as it was.
            text_map: as it was; needed only if the journal's texts are redacted.
            requests: likewise, if the call was of those.
            deadline_seconds: from now; the settings' `operation_deadline` by default.
            tenant: in whose name; by default as when the call was begun.

        Returns:
            The fate of every edit of the call, those that were settled earlier included.

        Raises:
            SlidesError: the presentation could not be read, and nothing was changed.
            JournalError: there is no such call, or it is of other replacements or requests.
        """
        terms = Terms(presentation_id, deadline_seconds, tenant)
        return await resuming.resume(self._desk, terms, text_map, requests)

    async def plan_text(
        self,
        presentation_id: str,
        text_map: Mapping[str, str],
        *,
        slide_ids: Sequence[str] | None = None,
        deadline_seconds: float | None = None,
    ) -> WritePlan:
        """Return what `replace_text` would send, without sending it; arguments and errors are the same."""
        terms = Terms(presentation_id, deadline_seconds)
        return await text_calls.plan_text(self._desk, terms, text_map, slide_ids)

    def plan_requests(
        self, presentation_id: str, requests: Sequence[Mapping[str, Any]], *, is_atomic: bool = False
    ) -> WritePlan:
        """Return what `apply_requests` would send, reading and sending nothing; errors are the same."""
        return request_calls.plan_requests(self._desk, presentation_id, requests, is_atomic=is_atomic)

    def _announce(self, event: Event) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - whoever listens must not cost an edit or keep a slot
                self._tell_of(listener, error)

    def _tell_of(self, listener: Listener, error: Exception) -> None:
        """Tell the event loop of a listener's error; of each listener once, for events are many."""
        if listener not in self._unsound_listeners:
            self._unsound_listeners.append(listener)
            context = {"message": f"the listener {listener!r} of an engine failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
