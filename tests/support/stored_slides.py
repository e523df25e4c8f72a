"""The fake's presentations behind the engine's transport, in no time, its weather written down beforehand."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from engine.client import SlidesEngine
from engine.errors import ConnectionLost, QuotaExceeded
from engine.events import Event
from engine.journal.file import Journal
from engine.policy.pacing import CallKind
from engine.results import RequestsReport
from engine.wire.replies import read_reply
from engine.wire.transport import Call
from fakeslides.errors import SlidesApiError
from fakeslides.slides.masks import apply_mask, read_mask
from fakeslides.slides.store import Store
from tests.support.engines import assert_nothing_left, pretend_engine
from tests.support.journals import at_once
from tests.support.manual_clock import RunningClock
from tests.support.presentations import DECK

Request = Mapping[str, Any]


class StoredSlides:
    """Answers attempts from a store.

    Each write takes the next word of `weather`: ok, lost before, lost after, 429; or requests, which somebody
    else applies just before the write arrives.  A pair of a word and requests lets somebody else edit between
    the write and the next try.

    Attributes:
        store: of the fake.
        writes: the bodies that arrived.
        commits: the bodies that were applied.
        idle_commits: those of them after which the deck was as before.
        hides_index: refusals do not say which request is at fault.
    """

    def __init__(self, store: Store, weather: Iterable[Any] = (), *, hides_index: bool = False) -> None:
        self.store = store
        self.weather = list(weather)
        self.hides_index = hides_index
        self.writes: list[dict[str, Any]] = []
        self.commits: list[dict[str, Any]] = []
        self.idle_commits: list[dict[str, Any]] = []
        self.reads_count = 0

    async def attempt(
        self, call: Call, *, identity: str, number: int, timeout_seconds: float, on_sent: Callable[[], None]
    ) -> dict[str, Any]:
        """Stand in for `Transport.attempt`."""
        await asyncio.sleep(0)
        on_sent()
        if call.kind is CallKind.READ:
            self.reads_count += 1
            mask = parse_qs(urlsplit(call.path).query)["fields"][0]
            return apply_mask(self.store.get(call.presentation_id).to_json(), read_mask(mask))
        assert call.body is not None
        return self._write(call, json.loads(call.body))

    def cut_short(self) -> None:
        """Stand in for the connections: no answer ever takes its time here."""

    def _write(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        self.writes.append(body)
        word = self.weather.pop(0) if self.weather else "ok"
        if word == "429":
            raise QuotaExceeded("429 RESOURCE_EXHAUSTED", http_status=429)
        if word == "lost before":
            raise ConnectionLost("reset by peer")
        word, then = word if isinstance(word, tuple) else (word, [])
        if not isinstance(word, str):
            self.store.batch_update(call.presentation_id, word)
        reply = self._applied(call, body)
        if then:
            self.store.batch_update(call.presentation_id, then)
        if word == "lost after":
            raise ConnectionLost("reset by peer")
        return reply

    def _applied(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        fence = body.get("writeControl", {}).get("requiredRevisionId")
        before = self.store.get(call.presentation_id).to_json()["slides"]
        try:
            done = self.store.batch_update(call.presentation_id, body["requests"], required_revision_id=fence)
        except SlidesApiError as error:
            text = "Some request is invalid." if self.hides_index and "[" in error.message else error.message
            envelope = {"error": {"code": error.code, "status": error.status, "message": text}}
            return read_reply(error.code, {}, json.dumps(envelope).encode(), wall_now=0.0)
        self.commits.append(body)
        if self.store.get(call.presentation_id).to_json()["slides"] == before:
            self.idle_commits.append(body)
        return {"replies": done.replies, "writeControl": {"requiredRevisionId": done.revision_id}}


def stored_engine(slides: StoredSlides, clock: RunningClock, **settings: object) -> SlidesEngine:
    """Return an engine whose attempts go to `slides`."""
    return pretend_engine(slides, clock, **settings)  # type: ignore[arg-type] # both stand in for a transport


async def apply(
    slides: StoredSlides,
    requests: Sequence[Request],
    *,
    is_atomic: bool = False,
    events: list[Event] | None = None,
    journal: Journal | None = None,
    resumes: bool = False,
    tenant: str | None = None,
    clock: RunningClock | None = None,
    **settings: object,
) -> RequestsReport:
    """Apply `requests` to the end, in no time, and check that nothing is left behind."""
    clock = clock or RunningClock()
    listeners = () if events is None else (events.append,)
    engine = stored_engine(slides, clock, listeners=listeners, **settings)
    engine._desk = replace(engine._desk, journal=journal)
    if resumes:
        work = asyncio.create_task(engine.resume(DECK, requests=requests or None, tenant=tenant))
    else:
        work = asyncio.create_task(engine.apply_requests(DECK, requests, is_atomic=is_atomic, tenant=tenant))
    with patch("asyncio.to_thread", at_once):
        await clock.run(work)
    assert_nothing_left(engine)
    report = await work
    assert isinstance(report, RequestsReport)
    return report


def fates(report: RequestsReport) -> list[str]:
    """Return the fates of all requests, in order."""
    return [operation.fate.value for operation in report.operations]
