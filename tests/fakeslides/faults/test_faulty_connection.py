"""Our TLS can be spoilt where asyncio's cannot."""

import ssl

import pytest

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
