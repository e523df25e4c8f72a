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
    await port.close()


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


@pytest.mark.parametrize("rounds", range(5))
async def test_accepts_again_as_soon_as_it_is_told_to(rounds: int) -> None:
    """Also when it was about to open by itself, however far it has come with that."""
    async with a_port() as (port, number, clock):
        port.refuse_for(10.0)
        await clock.advance(9.0)
        waking = asyncio.create_task(clock.advance(1.0))
        for _ in range(rounds):
            await asyncio.sleep(0)

        await port.accept_again()
        await port.accept_again()
        await waking

        _, writer = await asyncio.open_connection("127.0.0.1", number)
        writer.transport.abort()
        assert port.refuse_for(10.0)


async def test_one_that_is_closed_does_not_accept_again() -> None:
    """A reset in the midst of the end must not bring it back."""
    descriptors = open_descriptors()

    async with a_port() as (port, number, _):
        port.refuse_for(10.0)
    await port.accept_again()

    assert open_descriptors() == descriptors
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", number)


@pytest.mark.parametrize(("seconds", "rounds"), [(3600.0, 1), *((0.0, rounds) for rounds in range(5))])
async def test_nothing_is_left_the_moment_it_is_closed(seconds: float, rounds: int) -> None:
    """Ctrl-C must not wait for a port to open again, and may come in the midst of that."""
    descriptors, tasks = open_descriptors(), asyncio.all_tasks()

    async with a_port() as (port, _, _):
        port.refuse_for(seconds)
        for _ in range(rounds):
            await asyncio.sleep(0)

    assert asyncio.all_tasks() == tasks
    assert open_descriptors() == descriptors


async def test_refuses_nothing_more_once_it_is_closed() -> None:
    """Whoever is struck on the way out must not bring it back."""
    descriptors, tasks = open_descriptors(), asyncio.all_tasks()

    async with a_port() as (port, _, _):
        pass
    port.refuse_for(10.0)

    assert asyncio.all_tasks() == tasks
    assert open_descriptors() == descriptors
