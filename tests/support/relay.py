"""A wire that can be cut: passes bytes on to a port of this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_PIECE_BYTES = 65536


class Relay:
    """Connections to `address` reach another port, until they are cut.

    Attributes:
        address: where to connect, as `http://127.0.0.1:PORT`.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End every connection at once; new ones are let through."""
        for writer in self._writers:
            writer.transport.abort()

    async def join(self, ends: tuple[asyncio.StreamReader, asyncio.StreamWriter], port: int) -> None:
        """Connect somebody who came with the port, until either of them leaves."""
        reader, writer = ends
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        both = {writer, far_writer}
        self._writers |= both
        try:
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        except ConnectionError:
            pass
        finally:
            self._writers -= both
            for each in both:
                each.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE_BYTES):
        writer.write(piece)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def relay_to(port: int) -> AsyncIterator[Relay]:
    """Run a relay to a port of this machine."""
    relay = Relay("")
    server = await asyncio.start_server(lambda *ends: relay.join(ends, port), "127.0.0.1", 0)
    relay.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield relay
        relay.cut()
