"""The fake's admin interface, as the load tests use it: outside of faults, quotas and latency."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from loadtests.measurements import Document, ServerStats


class Admin:
    """A client of one fake; use it as an async context manager.

    Args:
        url: base URL of the admin port.
        token: printed by the fake when it started.
    """

    def __init__(self, url: str, token: str) -> None:
        self._session = aiohttp.ClientSession(
            url, headers={"Authorization": f"Bearer {token}"}, raise_for_status=True
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def presentation(self, presentation_id: str) -> Document:
        """Return a deck as `presentations.get` would."""
        document: Document = await self._json(f"/presentations/{presentation_id}")
        return document

    async def ledger(self) -> str:
        """Return the ledger, one JSON object per line."""
        async with self._session.get("/ledger") as response:
            return await response.text()

    async def faults(self) -> Mapping[str, Mapping[str, int]]:
        """Return for every rule how often it matched and fired."""
        counts: Mapping[str, Mapping[str, int]] = await self._json("/faults")
        return counts

    async def stats(self) -> ServerStats:
        """Return the load on the fake so far."""
        return ServerStats(**await self._json("/stats"))

    async def _json(self, path: str) -> Any:  # noqa: ANN401 - JSON
        async with self._session.get(path) as response:
            return await response.json()
