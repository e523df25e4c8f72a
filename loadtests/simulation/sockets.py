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
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the network makes sockets, and sockets go by the network
    from loadtests.simulation.network import Network

Address = tuple[str, int]
Listener = Callable[[], None]
_NOT_AT_ALL = struct.pack("ii", 1, 0)


class Kind(StrEnum):
    """What a segment is."""

    DATA = "data"
    FIN = "fin"
    RST = "rst"


@dataclass(frozen=True, slots=True)
class Segment:
    """What travels over a connection at once."""

    kind: Kind
    data: bytes = b""


class MemorySocket:
    """One end of a connection, or a place that listens.

    Attributes:
        number: what orders sockets, as their addresses in memory would not.
        inbox: segments that have come and were not read.
        peer: the other end, once connected.
        on_readable: called when the inbox has something new.
        on_room: called when the peer has read something.
    """

    family = socket.AF_INET
    type = socket.SOCK_STREAM
    proto = socket.IPPROTO_TCP

    def __init__(self, network: "Network", number: int) -> None:
        self._network = network
        self.number = number
        self._address: Address = ("127.0.0.1", 0)
        self.peer: MemorySocket | None = None
        self.inbox: deque[Segment] = deque()
        self.on_readable: Listener | None = None
        self.on_room: Listener | None = None
        self.unread_bytes = 0  # sent by this end, not read by the other
        self._last_arrival = 0.0
        self._under_way: deque[Segment] = deque()
        self._lingers = True
        self._has_finished = False
        self.is_closed = False

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
        """Return the other end's address.

        Raises:
            OSError: ENOTCONN.
        """
        if self.peer is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self.peer.getsockname()

    def shutdown(self, how: int) -> None:
        """End both directions.

        Raises:
            OSError: ENOTCONN.
        """
        del how
        self.getpeername()
        self.finish()
        self._take(Segment(Kind.FIN))

    def close(self) -> None:
        """Send FIN, or RST where bytes were left unread or nobody is to linger; hear nothing any more."""
        if self.is_closed:
            return
        self.is_closed = True
        self.on_readable = self.on_room = None
        self._network.closed(self)
        if self.peer is None:
            return
        has_unread = any(segment.kind is Kind.DATA for segment in self.inbox)
        if has_unread or not self._lingers:
            self._send(Segment(Kind.RST))
        else:
            self.finish()
        self.inbox.clear()

    # What the network and the transport do with it.

    def join(self, peer: "MemorySocket", address: Address) -> None:
        """Become one end of a connection."""
        self.peer, self._address = peer, address

    def send(self, data: bytes) -> None:
        """Send bytes, which arrive in order."""
        self.unread_bytes += len(data)
        self._send(Segment(Kind.DATA, data))

    def finish(self) -> None:
        """Send FIN, once."""
        if not self._has_finished:
            self._has_finished = True
            self._send(Segment(Kind.FIN))

    def read(self) -> Segment | None:
        """Return the next segment that has come, None if there is none."""
        if not self.inbox:
            return None
        segment = self.inbox.popleft()
        peer = self.peer
        if segment.data and peer is not None:
            peer.unread_bytes -= len(segment.data)
            if peer.on_room is not None:
                peer.on_room()
        return segment

    @property
    def was_reset(self) -> bool:
        """Say whether an RST has come that nobody has read yet."""
        return any(segment.kind is Kind.RST for segment in self.inbox)

    def _send(self, segment: Segment) -> None:
        # The segment is not bound to its timer: timers of one instant come in no particular order.
        self._under_way.append(segment)
        self._last_arrival = self._network.carry(self._arrive, self._last_arrival)

    def _arrive(self) -> None:
        segment, peer = self._under_way.popleft(), self.peer
        assert peer is not None, "only what is connected sends"
        self._network.note_arrival(peer, segment)
        if not peer.is_closed:
            peer._take(segment)  # noqa: SLF001 - the other end of the same connection
        elif segment.kind is Kind.DATA and not self.is_closed:
            peer._send(Segment(Kind.RST))  # noqa: SLF001 - likewise

    def _take(self, segment: Segment) -> None:
        self.inbox.append(segment)
        if self.on_readable is not None:
            self.on_readable()
