"""The network of a simulated world: names, addresses, who listens where, and how long bytes travel."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from contextvars import copy_context
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Any, cast

from loadtests.simulation.process import process_of
from loadtests.simulation.sockets import Address, MemorySocket, Segment

if TYPE_CHECKING:
    from loadtests.simulation.loop import VirtualLoop

LOOPBACK = "127.0.0.1"
_FIRST_PORT = 20_000
_FIRST_CALLERS_PORT = 40_000  # nobody listens as high as that
# One way, on loopback.  Spread, or everybody who starts together would stay in step for ever.
SHORTEST_WAY_SECONDS, _LONGEST_SECONDS = 20e-6, 80e-6

Accept = Callable[[MemorySocket], None]
RealSocket = socket.socket
"""What asyncio and aiohttp take a socket of memory for."""


class Network:
    """Connects sockets of one world.

    Args:
        loop: whose time it is.
        random: spreads how long bytes travel.
        hears_bytes: note the content of what travels; else its size, where the content is not repeatable.
    """

    def __init__(self, loop: "VirtualLoop", random: Random, *, hears_bytes: bool) -> None:
        self._loop = loop
        self._random = random
        self._hears_bytes = hears_bytes
        self._context = copy_context()  # what is under way is no process's any more
        self._names = {"localhost": LOOPBACK}
        self._sockets_count = 0
        self._bound: dict[Address, MemorySocket] = {}
        self._listening: dict[Address, Accept] = {}
        self._open: dict[int, MemorySocket] = {}

    @property
    def open_connections(self) -> list[MemorySocket]:
        """The ends of connections that are not closed, oldest first."""
        return [each for each in self._open.values() if each.peer is not None]

    @property
    def open_callers(self) -> list[MemorySocket]:
        """Those ends of connections that are not closed which called, whoever still listens."""
        return [each for each in self.open_connections if each.getsockname()[1] >= _FIRST_CALLERS_PORT]

    # Makes sockets, as the module `socket` does.

    def socket(self) -> RealSocket:
        """Return a socket that is bound to nothing."""
        return cast("RealSocket", self._make())

    def make_socket(self, _family: int, _kind: int, _protocol: int) -> RealSocket:
        """Return a socket, as `socket.socket` does."""
        return self.socket()

    def create_server(self, address: Address, *, backlog: int = 0) -> RealSocket:
        """Return a socket that is bound to `address`.

        Raises:
            OSError: EADDRINUSE.
        """
        del backlog
        made = self._make()
        made.bind(address)
        return cast("RealSocket", made)

    # What sockets and the loop do with it.

    async def look_up(self, name: str) -> str | None:
        """Return the address of a name once it is known, None if there is no such name."""
        if name.replace(".", "").isdigit():
            return name
        known = asyncio.Event()
        self.carry(known.set)
        await known.wait()
        return self._names.get(name)

    def bind(self, sock: MemorySocket, address: Address) -> Address:
        """Give an address to a socket and return it."""
        host, port = address
        free = next(n for n in range(_FIRST_PORT, _FIRST_CALLERS_PORT) if (host, n) not in self._bound)
        taken = (host, port or free)
        if taken in self._bound:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        self._bound[taken] = sock
        return taken

    def listen(self, sock: MemorySocket, accept: Accept) -> None:
        """Hand connections to the socket's address to `accept` from now on."""
        self._listening[sock.getsockname()] = accept

    def closed(self, sock: MemorySocket) -> None:
        """Forget a socket that was closed."""
        self._open.pop(sock.number, None)
        address = sock.getsockname()
        if self._bound.get(address) is sock:
            del self._bound[address]
            self._listening.pop(address, None)

    async def connect(self, sock: MemorySocket, address: Address) -> None:
        """Connect a socket; the other side learns of it half-way.

        Raises:
            ConnectionRefusedError: nobody listens there.
        """
        answered = self._loop.create_future()
        self.carry(lambda: self._knock(sock, address, answered))
        if not await answered:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"Connect call failed {address}")

    def carry(self, arrive: Callable[[], None], not_before: float = 0.0) -> float:
        """Call `arrive` once something sent now has arrived; return when that is."""
        spread = self._random.random() * (_LONGEST_SECONDS - SHORTEST_WAY_SECONDS)
        at = max(not_before, self._loop.time() + SHORTEST_WAY_SECONDS + spread)
        self._loop.call_at(at, arrive, context=self._context)
        return at

    def note_arrival(self, receiver: MemorySocket, segment: Segment) -> None:
        """Take down what came to whom."""
        data = segment.data
        content = blake2b(data, digest_size=8).hexdigest() if self._hears_bytes else ""
        self._loop.note(f"net {receiver.number} {segment.kind} {len(data)} {content}")

    def _make(self) -> MemorySocket:
        self._sockets_count += 1
        made = MemorySocket(self, self._sockets_count)
        self._open[made.number] = made
        process = process_of()
        if process is not None and process.is_dead:
            made.close()
        return made

    def _knock(self, sock: MemorySocket, address: Address, answered: Any) -> None:  # noqa: ANN401 - a future
        accept = self._listening.get(address)
        if sock.is_closed:
            return
        if accept is not None:
            other = self._make()
            self._loop.note(f"net {sock.number} to {other.number}")
            other.join(sock, address)
            sock.join(other, (LOOPBACK, _FIRST_CALLERS_PORT + sock.number))
            self._loop.call_soon(accept, other)
        self.carry(lambda: answered.done() or answered.set_result(accept is not None))
