"""A port with our TLS on it, and an application that echoes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.faults.roster import Roster
from fakeslides.tls import make_authority


class Echo(asyncio.Protocol):
    """Sends back what it gets, as long as it is allowed to."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(data)

    def pause_writing(self) -> None:
        """Note it."""
        self.events.append("pause")

    def resume_writing(self) -> None:
        """Note it."""
        self.events.append("resume")

    def connection_lost(self, exc: BaseException | None) -> None:
        """Note it."""
        self.events.append("lost")


class Place:
    """A listening port with our TLS on it."""

    def __init__(self, make: Callable[[], asyncio.Protocol], timeout_seconds: float) -> None:
        authority, context = make_authority()
        self.trusting = ssl.create_default_context()
        authority.configure_trust(self.trusting)
        self.roster = Roster()
        self.connections: list[FaultyConnection] = []
        self._make, self._context, self._timeout_seconds = make, context, timeout_seconds

    def accept(self) -> FaultyConnection:
        """Make the protocol of a new connection."""
        connection = FaultyConnection(self._make, self._context, self.roster, self._timeout_seconds)
        self.connections.append(connection)
        return connection


@asynccontextmanager
async def listening(
    make: Callable[[], asyncio.Protocol] = Echo, timeout_seconds: float = 5
) -> AsyncIterator[tuple[Place, int]]:
    """Open a port for a test."""
    place = Place(make, timeout_seconds)
    server = await asyncio.get_running_loop().create_server(place.accept, "127.0.0.1", 0)
    yield place, server.sockets[0].getsockname()[1]
    server.close()
    await place.roster.close_all()


@asynccontextmanager
async def connected(
    place: Place, port: int
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect with Python's own TLS."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=place.trusting, server_hostname="localhost"
    )
    yield reader, writer
    writer.transport.abort()
