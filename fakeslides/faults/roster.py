"""Who is connected: numbers, counts, and which connections are more than the scenario allows."""

import asyncio

from fakeslides.faults.tls_connection import TlsConnection


class Roster:
    """All live connections, counted as they are accepted.

    Args:
        at_most: how many may live at once; later ones are marked as beyond the limit.  None: any number.
    """

    def __init__(self, at_most: int | None = None) -> None:
        self.at_most = at_most
        self._live: dict[TlsConnection, None] = {}  # in order of arrival, so that the end is in order too
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self.accepted_count = 0
        self.handshake_count = 0
        self.peak_count = 0

    @property
    def live_count(self) -> int:
        """How many connections there are now."""
        return len(self._live)

    def opened(self, connection: TlsConnection) -> None:
        """Number a connection, and mark it if it is one too many."""
        self.accepted_count += 1
        connection.number = self.accepted_count
        connection.is_beyond_limit = self.at_most is not None and len(self._live) >= self.at_most
        self._live[connection] = None
        self._is_empty.clear()
        self.peak_count = max(self.peak_count, len(self._live))

    def greeted(self, _connection: TlsConnection) -> None:
        """Nothing changes for the roster when the first bytes come."""

    def secured(self, _connection: TlsConnection) -> None:
        """Count a handshake."""
        self.handshake_count += 1

    def closed(self, connection: TlsConnection) -> None:
        """Forget a connection."""
        self._live.pop(connection, None)
        if not self._live:
            self._is_empty.set()

    def restart_counts(self) -> None:
        """Count anew; connections that live keep their numbers."""
        self.accepted_count = self.handshake_count = 0
        self.peak_count = len(self._live)

    async def close_all(self) -> None:
        """End every connection at once, and wait until they are gone."""
        for connection in tuple(self._live):
            connection.raw.abort()
        await self._is_empty.wait()
