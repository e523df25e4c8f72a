"""The admin API: plain HTTP on loopback, behind a bearer token, outside of quota and faults."""

import json
import os
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any, Protocol

from aiohttp import web

from fakeslides.errors import SlidesApiError
from fakeslides.ledger import Ledger
from fakeslides.slides.store import Store

_LOCAL_NAMES = {"127.0.0.1", "localhost"}
_LARGEST_BODY_BYTES = 1024 * 1024
_HIDDEN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Inspected(Protocol):
    """What the admin API looks into."""

    store: Store
    ledger: Ledger

    def fault_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return how often each rule looked and struck."""

    def connection_counts(self) -> Mapping[str, int]:
        """Return how many connections and handshakes there were."""


class Admin:
    """Answers admin requests.

    Args:
        server: what is looked into.
        token: what a request must bear.
    """

    def __init__(self, server: Inspected, token: str) -> None:
        self._server = server
        self._token = token
        self._pages: dict[str, Callable[[], web.Response]] = {
            "/health": lambda: _json({"status": "ok"}),
            "/ledger": self._ledger,
            "/faults": lambda: _json(server.fault_counts()),
            "/stats": self._stats,
        }

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one request."""
        refusal = self.foreign_host(request) or self.stranger(request) or self._refusal(request)
        if refusal is not None:
            return refusal
        if request.path in self._pages:
            return self._pages[request.path]()
        presentation_id = request.path.removeprefix("/presentations/")
        if presentation_id not in {"", request.path}:
            return self._presentation(presentation_id)
        return _json({"error": f"no such page: {request.path}"}, 404)

    def foreign_host(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request whose Host header is not local, None for any other.

        A page of a foreign site that has its name resolve to 127.0.0.1 still sends that name.
        """
        if request.host.rpartition(":")[0] not in _LOCAL_NAMES:
            return _json({"error": "the Host header must name 127.0.0.1 or localhost"}, 403)
        return None

    def stranger(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request that doesn't bear the token, None for any other."""
        wanted = f"Bearer {self._token}".encode()
        if not compare_digest(request.headers.get("Authorization", "").encode("utf-8", "replace"), wanted):
            return _json({"error": "give the admin token as `Authorization: Bearer TOKEN`"}, 401)
        return None

    def _refusal(self, request: web.BaseRequest) -> web.Response | None:
        if request.method != "GET":
            return _json({"error": f"{request.method} is not allowed here; use GET"}, 405)
        if (request.content_length or 0) > _LARGEST_BODY_BYTES:
            return _json({"error": "the body is too large"}, 413)
        return None

    def _ledger(self) -> web.Response:
        text = self._server.ledger.as_ndjson()
        return web.Response(text=text, content_type="application/x-ndjson", headers=_HIDDEN)

    def _stats(self) -> web.Response:
        times = os.times()
        return _json({"cpu_seconds": times.user + times.system, **self._server.connection_counts()})

    def _presentation(self, presentation_id: str) -> web.Response:
        try:
            return _json(self._server.store.get(presentation_id).to_json())
        except SlidesApiError as error:
            return _json({"error": error.message}, error.code)


def _json(document: Any, status: int = 200) -> web.Response:  # noqa: ANN401 # any JSON
    text = json.dumps(document, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json", headers=_HIDDEN)
