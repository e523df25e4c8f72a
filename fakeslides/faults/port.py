"""A listening port that can be closed for a while, so that connections to it are refused."""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

from fakeslides.clock import Clock

_BACKLOG = 1024


class Sockets(Protocol):
    """Makes sockets; the module `socket` does."""

    def create_server(self, address: tuple[str, int], *, backlog: int) -> socket.socket:
        """Return a socket that is bound to `address` and listens there."""

    def socket(self) -> socket.socket:
        """Return a socket for TCP that is not bound to anything."""


class Port:
    """Accepts connections on a socket's address, or refuses them.

    Args:
        make_protocol: makes the protocol of each connection.
        sock: bound and listening; the port takes it over.
        clock: refusals last for seconds of this clock.
        sockets: makes another socket once that one has been closed.
    """

    def __init__(
        self,
        make_protocol: Callable[[], asyncio.BaseProtocol],
        sock: socket.socket,
        clock: Clock,
        sockets: Sockets = socket,
    ) -> None:
        self._make_protocol, self._sock, self._clock = make_protocol, sock, clock
        self._sockets = sockets
        self._address: tuple[str, int] = sock.getsockname()[:2]
        self._server: asyncio.Server | None = None
        self._reopening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to accept."""
        loop = asyncio.get_running_loop()
        # Known before it listens, so that whoever closes the port meanwhile closes the server too.
        self._server = await loop.create_server(
            self._make_protocol, sock=self._sock, backlog=_BACKLOG, start_serving=False
        )
        await self._server.start_serving()

    def refuse_for(self, seconds: float) -> bool:
        """Refuse connections for so long, unless it does already, and say whether; those that stand go on."""
        if self._server is None:
            return False
        self._server.close()
        self._server = None
        # Bound but not listening, it keeps the port from being given to anybody else, and refuses.
        self._sock = self._sockets.socket()
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._sock.bind(self._address)
        self._reopening = asyncio.get_running_loop().create_task(self._reopen_after(seconds))
        return True

    async def accept_again(self) -> None:
        """Refuse no longer, however long it was to last."""
        if await self._stays_as_it_is() and self._server is None:
            await self.open()

    async def close(self) -> None:
        """Accept no more, and never again; connections that stand are their owners' affair."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._stays_as_it_is()
        self._sock.close()

    async def _stays_as_it_is(self) -> bool:
        """Let the port not open by itself; say whether it ever was to, since it was last told so."""
        reopening, self._reopening = self._reopening, None
        if reopening is None:
            return False
        reopening.cancel()
        await asyncio.gather(reopening, return_exceptions=True)
        return True

    async def _reopen_after(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        await self.open()
