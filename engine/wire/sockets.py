"""The sockets of the pool, so that closing it leaves none behind.

A connection that is given up, as when an answer takes too long, says goodbye in TLS first and waits for the
other side to do the same.  The pool has forgotten it by then, so nobody else would see to its end.
"""

import socket
from weakref import WeakSet

from aiohttp import AddrInfoType

from engine.clock import Clock
from engine.wire.network import SocketMaker

PATIENCE_SECONDS = 1.0


class Sockets:
    """Makes sockets and remembers those that are open.

    Args:
        make_socket: makes them.
    """

    def __init__(self, make_socket: SocketMaker = socket.socket) -> None:
        self._make_socket = make_socket
        self._made: WeakSet[socket.socket] = WeakSet()

    @property
    def open_count(self) -> int:
        """How many are not closed yet."""
        return len(self._open())

    def make(self, address: AddrInfoType) -> socket.socket:
        """Return a new socket for `address`, as aiohttp's `socket_factory` does."""
        family, kind, protocol, _, _ = address
        made = self._make_socket(family, kind, protocol)
        self._made.add(made)
        return made

    async def end_all(self, clock: Clock) -> None:
        """End the connections still open, and wait until their transports have closed the sockets."""
        for lingering in self._open():
            try:
                lingering.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it never was connected, or the other side was faster
        ends_at = clock.now() + PATIENCE_SECONDS
        while self._open() and clock.now() < ends_at:
            await clock.sleep(0)

    def _open(self) -> list[socket.socket]:
        return [made for made in self._made if made.fileno() != -1]
