"""Clients and servers of plain asyncio that remember what befell them, on real loopback or in memory."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from loadtests.simulation.loop import VirtualLoop


class Remembering(asyncio.Protocol):
    """Remembers what its transport told it.

    Args:
        on_data: called with the protocol for each piece that comes.

    Attributes:
        told: what happened, bytes left out.
        received: all that came.
        made, heard, ended, resumed, lost: set once that has happened.
        keeps_half_open: whether it goes on after the peer's end.
    """

    transport: asyncio.Transport

    def __init__(self, on_data: Callable[[Any], None] = lambda _: None) -> None:
        self.told: list[str] = []
        self.received = b""
        self.made, self.heard, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.resumed, self.lost = asyncio.Event(), asyncio.Event()
        self.keeps_half_open = False
        self._on_data = on_data

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.told.append("made")
        self.made.set()

    def data_received(self, data: bytes) -> None:
        """Take it."""
        self.received += data
        self.heard.set()
        self._on_data(self)

    def eof_received(self) -> bool:
        """Remember it."""
        self.told.append("end")
        self.ended.set()
        return self.keeps_half_open

    def pause_writing(self) -> None:
        """Remember it."""
        self.told.append("pause")

    def resume_writing(self) -> None:
        """Remember it."""
        self.told.append("resume")
        self.resumed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember how."""
        self.told.append(f"lost {type(exc).__name__}")
        self.lost.set()


@asynccontextmanager
async def connected(
    client: Remembering,
    server: Remembering,
    *,
    client_tls: ssl.SSLContext | None = None,
    server_tls: ssl.SSLContext | None = None,
) -> AsyncIterator[None]:
    """Connect two protocols on the running loop, whatever loop that is; over TLS where contexts are given."""
    loop: Any = asyncio.get_running_loop()
    is_virtual = isinstance(loop, VirtualLoop)
    sockets = loop.network if is_virtual else socket
    listening = sockets.create_server(("127.0.0.1", 0), backlog=1)
    serving = await loop.create_server(lambda: server, sock=listening, ssl=server_tls)
    sock = sockets.socket()
    sock.setblocking(False)  # noqa: FBT003 - as `socket` has it
    await loop.sock_connect(sock, listening.getsockname())
    name = "localhost" if client_tls else None
    await loop.create_connection(lambda: client, sock=sock, ssl=client_tls, server_hostname=name)
    try:
        await server.made.wait()
        yield
    finally:
        serving.close()
        for protocol in (client, server):
            if not protocol.lost.is_set():
                protocol.transport.abort()
                await protocol.lost.wait()
