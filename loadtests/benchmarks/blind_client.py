"""A client as many are written: it sends a batch again whenever anything fails, and names no revision."""

import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import aiohttp
import google.auth.crypt
import google.auth.jwt

from engine.clock import MonotonicClock
from fakeslides.decks import Deck
from fakeslides.server import FakeSlides
from fakeslides.service_account import CLIENT_EMAIL
from loadtests.client import SCOPE
from loadtests.expectation import edits_of
from loadtests.measurements import Edit

_MOST_TRIES_COUNT = 8
_PAUSE_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0


class BlindClient:
    """Edits decks of a fake, slide by slide; an async context manager.

    Args:
        fake: the server.
        speed: of its clock; the client's patience is of that clock.
    """

    def __init__(self, fake: FakeSlides, speed: float) -> None:
        self._fake, self._speed = fake, speed
        self._clock = MonotonicClock(speed)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(cafile=str(self._fake.ca_file))
        connector = aiohttp.TCPConnector(ssl=context, limit=8)
        patience = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS / self._speed)
        session = aiohttp.ClientSession(connector=connector, timeout=patience)
        self._session = await self._stack.enter_async_context(session)
        self._token = await self._fetched_token()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def edit(self, deck: Deck) -> Mapping[str, tuple[str, str]]:
        """Carry out a deck's replacements, and return what it believes became of each, and why."""
        by_slide: dict[str, list[Edit]] = {}
        for edit in edits_of(deck.document, deck.replacements):
            by_slide.setdefault(edit.slide_id, []).append(edit)
        fates: dict[str, tuple[str, str]] = {}
        for slide_id, edits in by_slide.items():
            fate = await self._sent(deck.presentation_id, slide_id, edits)
            fates.update((edit.operation_id, fate) for edit in edits)
        return fates

    async def _sent(self, presentation_id: str, slide_id: str, edits: list[Edit]) -> tuple[str, str]:
        body = {"requests": [request_of(slide_id, edit) for edit in edits]}
        url = f"{self._fake.endpoint}/v1/presentations/{presentation_id}:batchUpdate"
        why = ""
        for _ in range(_MOST_TRIES_COUNT):
            try:
                async with self._session.post(url, json=body, headers=self._headers) as reply:
                    await reply.read()
                if reply.status == 200:
                    return "applied", ""
                why = f"status {reply.status}"
                if reply.status == 400:
                    break
            except (aiohttp.ClientError, TimeoutError) as error:
                why = type(error).__name__
            await self._clock.sleep(_PAUSE_SECONDS)
        return "rejected", why

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _fetched_token(self) -> str:
        signer = google.auth.crypt.RSASigner.from_service_account_file(str(self._fake.credentials_file))  # type: ignore[no-untyped-call]  # google-auth publishes no types
        now = int(self._clock.wall())
        url = f"{self._fake.endpoint}/token"
        claims = {"iss": CLIENT_EMAIL, "aud": url, "iat": now, "exp": now + 3600, "scope": SCOPE}
        assertion = google.auth.jwt.encode(signer, claims).decode()  # type: ignore[no-untyped-call]  # likewise
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        async with self._session.post(url, data=form) as reply:
            found: Any = await reply.json()
            return str(found["access_token"])


def request_of(slide_id: str, edit: Edit) -> Mapping[str, Any]:
    """Return an edit as Google's request, for one slide alone."""
    text = {"text": edit.find, "matchCase": True}
    return {
        "replaceAllText": {"containsText": text, "replaceText": edit.replace, "pageObjectIds": [slide_id]}
    }
