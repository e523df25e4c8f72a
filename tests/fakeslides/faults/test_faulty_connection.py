"""Our TLS can be spoilt where asyncio's cannot."""

import asyncio
import ssl

import pytest

from fakeslides.clock import ServerClock
from tests.support.manual_clock import ManualClock, quiet
from tests.support.patience import until
from tests.support.tls_place import connected, listening


async def test_a_spoilt_record_breaks_the_client_and_only_that_record_is_spoilt() -> None:
    """The record is the real one, with one bit of its tag turned."""
    async with listening() as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"sound")
        assert await reader.readexactly(5) == b"sound"
        place.connections[0].spoil_next_record("flip")
        writer.write(b"spoilt")

        with pytest.raises(ssl.SSLError):
            await reader.readexactly(6)


async def test_a_reset_reaches_the_client_as_one() -> None:
    """An aborted transport alone would send a FIN."""
    async with listening() as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        place.connections[0].reset()

        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)


async def test_what_is_written_after_the_goodbye_is_lost_and_no_error() -> None:
    """While slow bytes were still leaving, the next answer met TLS that was shut down, and fell over it."""
    async with listening() as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        connection = place.connections[0]
        connection.slow_down(ManualClock(), piece_bytes=1, pause_seconds=3_600.0)
        connection.write(b"never whole")
        await quiet()

        connection.close()
        connection.write(b"too late")

        assert connection.is_closing


async def test_a_slow_connection_says_how_it_ends_before_it_ends() -> None:
    """Cut before its alert, it would look like a connection that was merely lost."""
    async with listening() as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        place.connections[0].slow_down(ServerClock(), piece_bytes=8, pause_seconds=0.001)
        place.connections[0].alert()

        with pytest.raises(ssl.SSLError, match="ALERT"):
            await reader.readexactly(1)


async def test_a_handshake_that_is_held_up_may_take_longer_than_others() -> None:
    """A delay of 40 s ended after 30, with a client that would have waited."""
    async with listening() as (place, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await until(lambda: place.connections)

        place.connections[0].hold_handshake()

        assert place.connections[0]._handshake_timer.cancelled()
        writer.transport.abort()


async def test_nothing_goes_on_leaving_once_the_client_has_left() -> None:
    """At a byte an hour, a task would outlive its connection for years."""
    async with listening() as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        slow = place.connections[0]
        slow.slow_down(ServerClock(), piece_bytes=1, pause_seconds=3600.0)
        slow.finish()
        tasks = asyncio.all_tasks()
        writer.transport.abort()

        await slow.wait_closed()
        await asyncio.sleep(0)

        assert len(asyncio.all_tasks()) == len(tasks) - 1
