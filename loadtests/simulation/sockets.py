"""Sockets without a kernel: what asyncio, aiohttp, the engine and the fake ask of one, and TCP's manners.

TCP as Linux speaks it on loopback: bytes in order; FIN after the last byte; an RST where bytes come to a
closed socket, where a socket is closed with bytes unread, and where SO_LINGER says not to linger.
"""

import errno
import os
import socket
import struct
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from loadtests.simulation.process import Owner

if TYPE_CHECKING:  # the network makes sockets, and sockets go by the network
    from loadtests.simulation.network import Network

Address = tuple[str, int]
Listener = Callable[[], None]
# How much a sender may have on its way or unread at the other end, and how much of it travels at once.
BUFFER_BYTES = 128 * 1024
SEGMENT_BYTES = 64 * 1024
_NOT_AT_ALL = struct.pack("ii", 1, 0)


class Kind(StrEnum):
    """What a segment is."""

    DATA = "data"
    FIN = "fin"
    RST = "rst"


class Segment(NamedTuple):
    """What travels over a connection at once."""

    kind: Kind
    data: bytes = b""


_FIN, _RST = Segment(Kind.FIN), Segment(Kind.RST)


class MemorySocket:
    """One end of a connection, or a place that listens; it never blocks.

    Attributes:
        number: what orders sockets, as their addresses in memory would not.
        peer: the other end, once connected.
        is_closed: whether it was closed.
        on_readable: called when there is something new to receive.
        on_room: called when there may be room to send again, or an error to hear of.
    """

    family = socket.AF_INET
    type = socket.SOCK_STREAM
    proto = socket.IPPROTO_TCP

    def __init__(self, network: "Network", number: int) -> None:
        self._network = network
        self.number = number
        self._address: Address = ("127.0.0.1", 0)
        self.peer: MemorySocket | None = None
        self.on_readable: Listener | None = None
        self.on_room: Listener | None = None
        self.is_closed = False
        self._inbox: deque[Segment] = deque()
        self._under_way: deque[Segment] = deque()
        self._last_arrival = 0.0
        self._unread_bytes = 0  # sent by this end, not received by the other
        self._lingers = True
        self._sends_no_more = self._hears_no_more = False
        self._heard_the_end = self._was_reset = self._must_tell_of_reset = False
        self._owner = Owner(number, self)

    def __hash__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"<MemorySocket {self.number} {self._address}>"

    # What a socket is asked for.

    def fileno(self) -> int:
        """Return a number as long as the socket is open, -1 afterwards."""
        return -1 if self.is_closed else self.number

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - the signature of socket.socket
        """Nothing here ever blocks."""

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Take notice of SO_LINGER; everything else concerns kernels."""
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER):
            self._lingers = value != _NOT_AT_ALL

    def bind(self, address: Address) -> None:
        """Take an address; port 0 is any that is free."""
        self._address = self._network.bind(self, address)

    def listen(self, backlog: int = 0) -> None:
        """Do nothing: connections are taken once asyncio serves them."""

    def getsockname(self) -> Address:
        """Return the own address."""
        return self._address

    def getpeername(self) -> Address:
        """Return the other end's address, or raise as `shutdown` does."""
        return self._connected().getsockname()

    def send(self, data: bytes | bytearray | memoryview) -> int:
        """Send as many of the bytes as there is room for and as travel at once; return how many.

        Raises:
            ConnectionResetError: the peer has reset the connection, and nobody was told so yet.
            BrokenPipeError: it was told, or had sent a FIN before; or this end has ended this direction.
        """
        self._must_be_open()
        self._tell_of_reset()
        if self._was_reset or self._sends_no_more:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        if self._unread_bytes >= BUFFER_BYTES:
            return 0
        segment = Segment(Kind.DATA, bytes(data[:SEGMENT_BYTES]))
        self._unread_bytes += len(segment.data)
        self._send(segment)
        return len(segment.data)

    def recv(self, most_bytes: int) -> bytes:
        """Return bytes that have come, b"" once the peer has ended its direction.

        Raises:
            BlockingIOError: nothing has come.
            ConnectionResetError: as for `send`, once all has been received that came before.
        """
        if not self._inbox:
            if self._heard_the_end:
                return b""
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        segment = self._inbox.popleft()
        if segment.kind is Kind.DATA:
            return self._receive(segment.data, most_bytes)
        self._heard_the_end = True
        self._tell_of_reset()
        return b""

    def shutdown(self, how: int) -> None:
        """End one direction or both.

        Raises:
            OSError: ENOTCONN, it is not connected or no longer; EBADF, it is closed.
        """
        self._connected()
        if how != socket.SHUT_RD:
            self._finish()
        if how != socket.SHUT_WR:
            self._hears_no_more = True
            self._take(_FIN)

    def close(self) -> None:
        """Send FIN, or RST where bytes were left unread or nobody is to linger; hear nothing any more."""
        if self.is_closed:
            return
        self.is_closed = self._hears_no_more = True
        self.on_readable = self.on_room = None
        self._network.closed(self)
        self._owner.let_go()
        if self.peer is None or self._was_reset:
            return
        if not self._lingers or any(segment.kind is Kind.DATA for segment in self._inbox):
            self._send(_RST)
        else:
            self._finish()
        self._inbox.clear()

    # What the network and the transport do with it.

    def join(self, peer: "MemorySocket", address: Address) -> None:
        """Become one end of a connection."""
        self.peer, self._address = peer, address

    @property
    def is_readable(self) -> bool:
        """Say whether something has come that was not received yet."""
        return bool(self._inbox)

    def _connected(self) -> "MemorySocket":
        self._must_be_open()
        if self.peer is None or self._was_reset:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self.peer

    def _must_be_open(self) -> None:
        if self.is_closed:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def _tell_of_reset(self) -> None:
        if self._must_tell_of_reset:
            self._must_tell_of_reset = False
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))

    def _receive(self, data: bytes, most_bytes: int) -> bytes:
        if len(data) > most_bytes:
            self._inbox.appendleft(Segment(Kind.DATA, data[most_bytes:]))
            data = data[:most_bytes]
        peer = self.peer
        assert peer is not None, "bytes come from somewhere"
        peer._unread_bytes -= len(data)  # noqa: SLF001 - the other end of the same connection
        if peer.on_room is not None:
            self._network.carry(peer._hear_of_room)  # noqa: SLF001 - likewise
        return data

    def _hear_of_room(self) -> None:
        self._owner.tell(self.on_room)

    def _finish(self) -> None:
        if not self._sends_no_more:
            self._sends_no_more = True
            self._send(_FIN)

    def _send(self, segment: Segment) -> None:
        # The segment is not bound to its timer: timers of one instant come in no particular order.
        self._under_way.append(segment)
        self._last_arrival = self._network.carry(self._arrive, self._last_arrival)

    def _arrive(self) -> None:
        segment, peer = self._under_way.popleft(), self.peer
        assert peer is not None, "only what is connected sends"
        self._network.note_arrival(peer, segment)
        peer._hear(segment)  # noqa: SLF001 - the other end of the same connection

    def _hear(self, segment: Segment) -> None:
        if segment.kind is Kind.DATA and self._hears_no_more:
            self._send(_RST)
        elif not self.is_closed and not self._was_reset:
            self._take(segment)

    def _take(self, segment: Segment) -> None:
        if segment.kind is Kind.RST:
            self._was_reset, self._must_tell_of_reset = True, not self._heard_the_end
        if not self._heard_the_end:
            self._heard_the_end = segment.kind is Kind.FIN
            self._inbox.append(segment)
            self._owner.tell(self.on_readable)
        if self._was_reset:
            self._hear_of_room()
