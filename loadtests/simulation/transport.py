"""A transport over a socket of memory, with the manners of asyncio's own over a kernel's."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from loadtests.simulation.sockets import Kind, MemorySocket

if TYPE_CHECKING:
    from loadtests.simulation.loop import VirtualLoop

SEND_BUFFER_BYTES = 128 * 1024
_HIGH_WATER_BYTES = 64 * 1024


class MemoryTransport(asyncio.Transport):
    """Connects a protocol with a socket.

    Args:
        loop: the world's.
        sock: connected.
        protocol: asyncio's own TLS, or an application.
        waiter: a future that is done once the protocol has been told of the connection.
    """

    _start_tls_compatible = True

    def __init__(
        self,
        loop: "VirtualLoop",
        sock: MemorySocket,
        protocol: asyncio.BaseProtocol,
        waiter: asyncio.Future[None] | None = None,
    ) -> None:
        names = {"socket": sock, "sockname": sock.getsockname(), "peername": sock.getpeername()}
        super().__init__(names)
        self._loop, self._sock = loop, sock
        self.set_protocol(protocol)
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._high, self._low = _HIGH_WATER_BYTES, _HIGH_WATER_BYTES // 4
        self._is_closing = self._is_lost = self._is_paused = self._has_told_to_pause = False
        self._is_deaf = True
        self._wants_eof = False
        loop.call_soon(protocol.connection_made, self)
        loop.call_soon(self._begin, waiter)

    # What the protocol asks for.

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol have what comes from now on."""
        self._protocol: Any = protocol
        self._is_buffered = isinstance(protocol, asyncio.BufferedProtocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol."""
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def is_closing(self) -> bool:
        """Say whether it is closing or closed."""
        return self._is_closing

    def is_reading(self) -> bool:
        """Say whether what comes is handed on."""
        return not self._is_closing and not self._is_paused

    def pause_reading(self) -> None:
        """Leave what comes in the socket."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Hand on what waits in the socket, and what comes."""
        if self._is_paused and not self._is_closing:
            self._is_paused = False
            self._loop.call_soon(self._read)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set when the protocol is told to pause and to go on, in bytes."""
        if high is None:
            high = _HIGH_WATER_BYTES if low is None else 4 * low
        self._high, self._low = high, high // 4 if low is None else low

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return low and high water marks in bytes."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Return the bytes that the socket has not taken."""
        return self._backlog_bytes

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send, as far as the socket takes it."""
        if not data or self._is_lost or self._is_closing:
            return
        if self._sock.was_reset:
            self._force_close(ConnectionResetError(104, "Connection reset by peer"))
            return
        self._backlog.append(bytes(data))
        self._backlog_bytes += len(data)
        self._pump()
        if self._backlog_bytes > self._high and not self._has_told_to_pause:
            self._has_told_to_pause = True
            self._protocol.pause_writing()

    def can_write_eof(self) -> bool:
        """TCP can close one direction."""
        return True

    def write_eof(self) -> None:
        """Send FIN after all that was written."""
        self._wants_eof = True
        if not self._backlog:
            self._sock.finish()

    def close(self) -> None:
        """Send what was written, and end."""
        if self._is_closing:
            return
        self._is_closing = True
        self._sock.on_readable = None
        if not self._backlog:
            self._loop.call_soon(self._end, None)

    def abort(self) -> None:
        """End at once; what the socket has not taken is dropped."""
        self._force_close(None)

    # What the socket calls.

    def _begin(self, waiter: asyncio.Future[None] | None) -> None:
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
        self._is_deaf = False
        if not self._is_closing:
            self._sock.on_readable, self._sock.on_room = self._read, self._pump
            self._read()

    def _read(self) -> None:
        while self.is_reading() and not self._is_deaf:
            segment = self._sock.read()
            if segment is None:
                return
            if segment.kind is Kind.RST:
                self._force_close(ConnectionResetError(104, "Connection reset by peer"))
            elif segment.kind is Kind.FIN:
                self._hear_the_end()
            else:
                self._hand_on(segment.data)

    def _hear_the_end(self) -> None:
        if self._protocol.eof_received():
            self._is_deaf = True
        else:
            self.close()

    def _hand_on(self, data: bytes) -> None:
        try:
            if self._is_buffered:
                self._fill_buffers(data)
            else:
                self._protocol.data_received(data)
        except Exception as error:  # noqa: BLE001 - as asyncio does: what a protocol raises ends its connection
            context = {"message": "a protocol failed", "exception": error, "transport": self}
            self._loop.call_exception_handler(context)
            self._force_close(error)

    def _fill_buffers(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            buffer = self._protocol.get_buffer(-1)
            count = min(len(buffer), len(rest))
            buffer[:count] = rest[:count]
            self._protocol.buffer_updated(count)
            rest = rest[count:]

    def _pump(self) -> None:
        while self._backlog and self._sock.unread_bytes < SEND_BUFFER_BYTES:
            data = self._backlog.popleft()
            self._backlog_bytes -= len(data)
            self._sock.send(data)
        if self._has_told_to_pause and self._backlog_bytes <= self._low:
            self._has_told_to_pause = False
            self._protocol.resume_writing()
        if not self._backlog and self._wants_eof:
            self._sock.finish()
        if not self._backlog and self._is_closing and not self._is_lost:
            self._loop.call_soon(self._end, None)

    def _force_close(self, error: Exception | None) -> None:
        if self._is_lost:
            return
        self._backlog.clear()
        self._backlog_bytes = 0
        self._is_closing = True
        self._sock.on_readable = None
        self._loop.call_soon(self._end, error)

    def _end(self, error: Exception | None) -> None:
        if self._is_lost:
            return
        self._is_lost = True
        try:
            self._protocol.connection_lost(error)
        finally:
            self._sock.close()
