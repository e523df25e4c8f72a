"""Closing the pool leaves no socket behind."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trustme

from engine.clock import MonotonicClock
from engine.wire.connections import GoogleSlidesConnectionManager, Progress


@asynccontextmanager
async def _deaf_server(ca_file: Path) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """Take requests over TLS, and then listen to nothing any more, a goodbye included."""
    asked = asyncio.Event()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    held: list[asyncio.StreamWriter] = []

    async def listen_no_more(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()
        asked.set()

    server = await asyncio.start_server(listen_no_more, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()
        for writer in held:
            writer.transport.abort()
        await asyncio.sleep(0)


async def test_a_connection_that_was_given_up_is_closed_with_the_pool(tmp_path: Path) -> None:
    """It said goodbye, was not answered, and stayed open after the engine was closed."""
    ca_file = tmp_path / "ca.pem"
    async with _deaf_server(ca_file) as (port, asked):
        connections = GoogleSlidesConnectionManager(
            1, clock=MonotonicClock(), user_agent="engine/1", ca_file=ca_file
        )
        async with connections:
            call = asyncio.create_task(
                connections.exchange(
                    "GET", f"https://localhost:{port}/", headers={}, body=None, progress=Progress()
                )
            )
            await asked.wait()
            call.cancel()
            await asyncio.wait([call])
            lingering_count = connections._sockets.open_count

    assert lingering_count == 1
    assert connections._sockets.open_count == 0


async def test_a_pool_that_was_never_used_has_nothing_to_close() -> None:
    """Closing must not wait for what is not there."""
    async with GoogleSlidesConnectionManager(1, clock=MonotonicClock(), user_agent="engine/1") as connections:
        pass

    assert connections._sockets.open_count == 0
