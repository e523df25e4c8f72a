"""A presentation in memory behind the engine's transport, with weather that a test writes down beforehand."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from engine.clock import Clock
from engine.errors import (
    AnswerTimedOut,
    CannotBeApplied,
    ConnectionLost,
    InvalidRequest,
    PermissionDenied,
    QuotaExceeded,
    RecordLayerFailure,
    RevisionConflict,
    ServerFailed,
    SlidesError,
    Unauthenticated,
    Unreachable,
)
from engine.policy.pacing import CallKind
from engine.wire.connections import Progress
from engine.wire.transport import Call

WRITE_WEATHER = (
    "ok",
    "lost before",
    "lost after",
    "corrupt before",
    "503",
    "429",
    "413",
    "race",
    "down",
    "rival",
)


class PretendSlides:
    """Answers attempts.  Each write takes the next word of `weather`; when none is left all is well.

    Attributes:
        texts: what each page says.
        commits: per applied write, its bodies' requests.
        attempts: every try: identity, number, method, body.
        in_flight_peak: most tries at once.
        clock: needed where answers take time.
        delays_seconds: what each write's answer takes from here on; when none is left, no time.
        read_delays_seconds: likewise for reads.
        timeouts_seconds: what each try was allowed to take.
    """

    def __init__(
        self,
        texts: dict[str, str],
        weather: Iterable[str] = (),
        bad_text: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock
        self.delays_seconds: list[float] = []
        self.read_delays_seconds: list[float] = []
        self.timeouts_seconds: list[float] = []
        self._is_cut_short = asyncio.Event()
        self.texts = dict(texts)
        self.weather = list(weather)
        self.bad_text = bad_text
        self.revision = 1
        self.commits: list[list[dict[str, Any]]] = []
        self.attempts: list[tuple[str, int, str, dict[str, Any] | None]] = []
        self.in_flight = self.in_flight_peak = 0
        self.read_weather: list[str] = []

    def cut_short(self) -> None:
        """Stand in for `GoogleSlidesConnectionManager.cut_short`."""
        self._is_cut_short.set()

    async def attempt(
        self, call: Call, *, identity: str, number: int, timeout_seconds: float, on_sent: Callable[[], None]
    ) -> dict[str, Any]:
        """Stand in for `Transport.attempt`."""
        body = None if call.body is None else json.loads(call.body)
        progress = Progress(on_sent)
        self.timeouts_seconds.append(timeout_seconds)
        self.attempts.append((identity, number, call.method, body))
        self.in_flight += 1
        self.in_flight_peak = max(self.in_flight_peak, self.in_flight)
        try:
            await asyncio.sleep(0)
            try:
                return self._answer(call, body, progress.mark_sent)
            finally:
                await asyncio.sleep(0)  # the answer is on its way: whoever cancels now cannot know it
                if progress.was_sent:
                    await self._travel(call.kind, timeout_seconds)
        finally:
            self.in_flight -= 1

    async def _travel(self, kind: CallKind, timeout_seconds: float) -> None:
        delays_seconds = self.read_delays_seconds if kind is CallKind.READ else self.delays_seconds
        if self.clock is None or not delays_seconds:
            return
        delay_seconds = delays_seconds.pop(0)
        with suppress(TimeoutError):
            async with self.clock.timeout(min(delay_seconds, timeout_seconds)):
                await self._is_cut_short.wait()
            raise ConnectionLost("the engine was closed before the answer came")
        if delay_seconds > timeout_seconds:
            raise AnswerTimedOut(f"no answer within {timeout_seconds:g} s")

    def _answer(self, call: Call, body: dict[str, Any] | None, on_sent: Callable[[], None]) -> dict[str, Any]:
        if call.kind is CallKind.READ:
            word = self.read_weather.pop(0) if self.read_weather else "ok"
            return self._read(word, on_sent)
        word = self.weather.pop(0) if self.weather else "ok"
        assert body is not None
        return self._write(word, body, on_sent)

    def _read(self, word: str, on_sent: Callable[[], None]) -> dict[str, Any]:
        if word != "ok":
            raise _before(word, on_sent)
        on_sent()
        pages = [{"objectId": page, "pageElements": [_shape(text)]} for page, text in self.texts.items()]
        return {"presentationId": "deck", "revisionId": f"r{self.revision}", "slides": pages}

    def _write(self, word: str, body: dict[str, Any], on_sent: Callable[[], None]) -> dict[str, Any]:
        if word == "rival":
            self._rival_edits()
        elif word not in ("ok", "lost after"):
            raise _before(word, on_sent)
        on_sent()
        fence = body.get("writeControl", {}).get("requiredRevisionId")
        if fence not in (None, f"r{self.revision}"):
            raise RevisionConflict("400 INVALID_ARGUMENT: the revision is not the latest", http_status=400)
        self._refuse_bad(body)
        self._commit(body)
        if word == "lost after":
            raise ConnectionLost("reset by peer")
        return {"writeControl": {"requiredRevisionId": f"r{self.revision}"}}

    def _refuse_bad(self, body: dict[str, Any]) -> None:
        for index, request in enumerate(body["requests"]):
            if (
                self.bad_text is not None
                and request["replaceAllText"]["containsText"]["text"] == self.bad_text
            ):
                error = InvalidRequest(f"Invalid requests[{index}].replaceAllText: bad", http_status=400)
                error.request_index = index
                raise error

    def _commit(self, body: dict[str, Any]) -> None:
        for request in body["requests"]:
            edit = request["replaceAllText"]
            for page in edit["pageObjectIds"]:
                self.texts[page] = self.texts[page].replace(edit["containsText"]["text"], edit["replaceText"])
        self.commits.append(body["requests"])
        self.revision += 1

    def _rival_edits(self) -> None:
        first = next(iter(self.texts))
        self.texts[first] += " (seen)"
        self.revision += 1


def _before(word: str, on_sent: Callable[[], None]) -> SlidesError:
    if word == "down":
        return Unreachable("connection refused")
    on_sent()
    errors: dict[str, SlidesError] = {
        "lost before": ConnectionLost("reset by peer"),
        "corrupt before": RecordLayerFailure("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]"),
        "503": ServerFailed("503 UNAVAILABLE", http_status=503),
        "429": QuotaExceeded("429 RESOURCE_EXHAUSTED", http_status=429),
        "retry after 4": QuotaExceeded("429", http_status=429, retry_after_seconds=4.0),
        "413": InvalidRequest("413 UNKNOWN: Unknown Error.", http_status=413),
        "403": PermissionDenied("403 PERMISSION_DENIED", http_status=403),
        "401": Unauthenticated("401 UNAUTHENTICATED", http_status=401),
        "race": CannotBeApplied("Invalid requests[0]: This request cannot be applied", http_status=400),
    }
    return errors[word]


def _shape(text: str) -> dict[str, Any]:
    return {"objectId": "e", "shape": {"text": {"textElements": [{"textRun": {"content": f"{text}\n"}}]}}}
