"""The admin port's front door: the page and its events beside the admin API."""

from typing import Protocol

from aiohttp import web

from fakeslides.clock import Clock
from fakeslides.page.assets import asset_response, load_assets
from fakeslides.page.state import Watched
from fakeslides.page.stream import stream_events


class AdminApi(Protocol):
    """What answers everything that is not the page."""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""

    def foreign_host(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request whose Host header is not local."""

    def stranger(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request that doesn't bear the token."""


class Door:
    """Answers all requests of the admin port.

    The page's files are the same for everyone and hold no secret, so they need no token; what they show does.

    Args:
        server: what the page shows.
        admin: the admin API.
        clock: real time.
    """

    def __init__(self, server: Watched, admin: AdminApi, clock: Clock) -> None:
        self._server, self._admin, self._clock = server, admin, clock
        self._assets = load_assets()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        asset = self._assets.get(request.path)
        if request.method == "GET" and asset is not None:
            return self._admin.foreign_host(request) or asset_response(asset)
        if request.method == "GET" and request.path == "/events":
            refusal = self._admin.foreign_host(request) or self._admin.stranger(request)
            return refusal or await stream_events(request, self._server, self._clock)
        return await self._admin.answer(request)
