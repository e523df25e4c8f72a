"""Our TLS can be spoilt where asyncio's cannot."""

import asyncio
import ssl

import pytest

from tests.support.manual_clock import ManualClock, quiet
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


async def test_going_dark_drops_what_was_still_leaving_slowly() -> None:
    """A task went on sending into the dark after the server had stopped."""
    async with listening() as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        connection, tasks = place.connections[0], asyncio.all_tasks()
        for _ in range(2):  # one fault on top of another
            connection.slow_down(ManualClock(), piece_bytes=1, pause_seconds=3_600.0)
        connection.write(b"never whole")
        await quiet()

        connection.go_dark()
        await quiet()

        assert asyncio.all_tasks() == tasks
