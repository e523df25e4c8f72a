import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fakeslides.faults.port import Port
from tests.support.fake_client import open_descriptors
from tests.support.manual_clock import ManualClock
from tests.support.tls_place import Echo


@asynccontextmanager
async def a_port() -> AsyncIterator[tuple[Port, int, ManualClock]]:
    """Open a port whose connections echo."""
    clock = ManualClock()
    sock = socket.create_server(("127.0.0.1", 0))
    port = Port(Echo, sock, clock)
    await port.open()
    yield port, sock.getsockname()[1], clock
    port.close()


async def echoed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Return what comes back."""
    writer.write(b"hello")
    return await reader.readexactly(5)


async def test_refuses_for_as_long_as_it_was_told_and_then_accepts_at_the_same_address() -> None:
    """A server that restarts looks like this to its clients."""
    async with a_port() as (port, number, clock):
        port.refuse_for(10.0)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", number)
        await clock.advance(9.0)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", number)
        await clock.advance(1.0)

        reader, writer = await asyncio.open_connection("127.0.0.1", number)
        assert await echoed(reader, writer) == b"hello"
        writer.transport.abort()


async def test_connections_that_stand_go_on() -> None:
    """Only new ones are refused."""
    async with a_port() as (port, number, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", number)
        assert await echoed(reader, writer) == b"hello"

        port.refuse_for(10.0)

        assert await echoed(reader, writer) == b"hello"
        writer.transport.abort()


async def test_being_told_twice_changes_nothing() -> None:
    """Two connections may be struck in the same moment."""
    async with a_port() as (port, number, clock):
        port.refuse_for(10.0)
        port.refuse_for(99.0)
        await clock.advance(10.0)

        _, writer = await asyncio.open_connection("127.0.0.1", number)
        writer.transport.abort()


async def test_nothing_is_left_when_it_closes_while_it_refuses() -> None:
    """Ctrl-C must not wait for a port to open again."""
    descriptors, tasks = open_descriptors(), asyncio.all_tasks()

    async with a_port() as (port, _, _):
        port.refuse_for(3600.0)
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)

    assert open_descriptors() == descriptors
    assert asyncio.all_tasks() == tasks
