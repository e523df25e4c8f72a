"""Our TLS carries an application as asyncio's own would."""

import asyncio

import pytest

from tests.support.patience import until
from tests.support.tls_place import Echo, connected, listening


async def test_carries_megabytes_both_ways_unharmed() -> None:
    """Many records, partial records and full buffers must all come out as they went in."""
    sent = bytes(range(256)) * 12_000

    async with listening() as (place, port), connected(place, port) as (reader, writer):
        writer.write(sent)
        received = await reader.readexactly(len(sent))

    assert received == sent


async def test_tells_the_application_when_the_client_reads_too_slowly() -> None:
    """Without it a slow client would make the server hoard memory."""
    echo = Echo()

    async with listening(lambda: echo) as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        assert isinstance(echo.transport, asyncio.Transport)
        echo.transport.write(b"y" * 20_000_000)
        assert echo.events == ["pause"]
        await reader.readexactly(20_000_000)

        assert echo.events == ["pause", "resume"]


async def test_hands_on_nothing_while_the_application_does_not_want_it() -> None:
    """The server pauses reading when a body comes faster than it is taken."""
    echo = Echo()

    async with listening(lambda: echo) as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"first")
        await reader.readexactly(5)
        assert isinstance(echo.transport, asyncio.Transport)
        echo.transport.pause_reading()
        writer.write(b"second")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.03):
                await reader.readexactly(6)
        assert not echo.transport.is_reading()
        echo.transport.resume_reading()

        assert await reader.readexactly(6) == b"second"


async def test_says_close_notify_before_it_closes() -> None:
    """A client can then tell a whole answer from a cut one."""
    echo = Echo()

    async with listening(lambda: echo) as (place, port), connected(place, port) as (reader, writer):
        writer.write(b"x")
        await reader.readexactly(1)
        assert isinstance(echo.transport, asyncio.Transport)
        echo.transport.close()

        assert await reader.read() == b""
        assert echo.transport.is_closing()


async def test_a_client_that_never_shakes_hands_is_sent_away() -> None:
    """Silent connections must not pile up."""
    async with listening(timeout_seconds=0.02) as (place, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        assert await reader.read() == b""
        writer.close()
        assert place.roster.handshake_count == 0


@pytest.mark.parametrize("greeting", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"\x00" * 64])
async def test_what_is_not_tls_is_answered_with_an_alert_and_closed(greeting: bytes) -> None:
    """A stranger's bytes must end the connection and nothing else."""
    async with listening() as (place, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(greeting)

        answer = await reader.read()

        writer.close()
        assert answer[:1] in {b"", b"\x15"}
        assert place.roster.handshake_count == 0


async def test_the_application_hears_when_the_client_is_gone() -> None:
    """A handler that is not told would wait for ever."""
    echo = Echo()

    async with listening(lambda: echo) as (place, port):
        async with connected(place, port) as (reader, writer):
            writer.write(b"x")
            await reader.readexactly(1)
        await until(lambda: echo.events)

        assert echo.events == ["lost"]
