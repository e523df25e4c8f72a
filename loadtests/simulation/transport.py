"""A transport over a socket of memory, with the manners of asyncio's own over a kernel's."""

import asyncio
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any

from loadtests.simulation.sockets import MemorySocket

if TYPE_CHECKING:
    from loadtests.simulation.loop import VirtualLoop

_HIGH_WATER_BYTES = 64 * 1024
# Received at once, at most; asyncio's own number.
_RECEIVED_BYTES = 256 * 1024


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
        super().__init__({"socket": sock, "sockname": sock.getsockname(), "peername": _peer_of(sock)})
        self._loop, self._sock = loop, sock
        self.set_protocol(protocol)
        self._backlog = bytearray()
        self._high, self._low = _HIGH_WATER_BYTES, _HIGH_WATER_BYTES // 4
        self._is_closing = self._is_losing = self._is_paused = self._has_told_to_pause = False
        self._has_ended = False
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
        return len(self._backlog)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send, as far as the socket takes it; keep the rest until it does.

        Raises:
            RuntimeError: `write_eof` has been called.
        """
        if self._has_ended:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not data or self._is_losing:
            return
        sent_bytes = 0 if self._backlog else self._send(data)
        if sent_bytes == len(data) or self._is_losing:
            return
        self._backlog += data[sent_bytes:]
        self._sock.on_room = self._pump
        if len(self._backlog) > self._high and not self._has_told_to_pause:
            self._has_told_to_pause = True
            self._protocol.pause_writing()

    def can_write_eof(self) -> bool:
        """TCP can close one direction."""
        return True

    def write_eof(self) -> None:
        """Send FIN after all that was written.

        Raises:
            OSError: the connection has been reset.
        """
        if self._is_closing or self._has_ended:
            return
        self._has_ended = True
        if not self._backlog:
            self._sock.shutdown(SHUT_WR)

    def close(self) -> None:
        """Send what was written, and end."""
        if self._is_closing:
            return
        self._is_closing = True
        self._sock.on_readable = None
        if not self._backlog:
            self._lose(None)

    def abort(self) -> None:
        """End at once; what the socket has not taken is dropped."""
        self._force_close(None)

    # What the socket calls.

    def _begin(self, waiter: asyncio.Future[None] | None) -> None:
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
        if not self._is_closing:
            self._sock.on_readable = self._read
            self._read()

    def _read(self) -> None:
        while self.is_reading() and self._sock.is_readable:
            try:
                self._read_once()
            except Exception as error:  # noqa: BLE001 - as asyncio does: whatever fails here ends the connection
                self._fail(error)

    def _read_once(self) -> None:
        if self._is_buffered:
            buffer = self._protocol.get_buffer(-1)
            if not len(buffer):
                raise RuntimeError("get_buffer() returned an empty buffer")
            data = self._sock.recv(len(buffer))
            buffer[: len(data)] = data
        else:
            data = self._sock.recv(_RECEIVED_BYTES)
        if not data:
            self._hear_the_end()
        elif self._is_buffered:
            self._protocol.buffer_updated(len(data))
        else:
            self._protocol.data_received(data)

    def _hear_the_end(self) -> None:
        if self._protocol.eof_received():
            self._sock.on_readable = None
        else:
            self.close()

    def _send(self, data: bytes | bytearray | memoryview) -> int:
        """Send what the socket takes, and return how many bytes that was."""
        sent_bytes = 0
        try:
            rest = memoryview(data)
            while rest and (count := self._sock.send(rest)):
                sent_bytes += count
                rest = rest[count:]
        except OSError as error:
            self._fail(error)
        return sent_bytes

    def _pump(self) -> None:
        """Send what has waited, and what was to happen after it."""
        sent_bytes = self._send(self._backlog)
        if self._is_losing:
            return
        del self._backlog[:sent_bytes]
        if self._has_told_to_pause and len(self._backlog) <= self._low:
            self._has_told_to_pause = False
            self._protocol.resume_writing()
        if not self._backlog:
            self._sock.on_room = None
            if self._is_closing:
                self._lose(None)
            elif self._has_ended:
                self._sock.shutdown(SHUT_WR)

    # How it ends.

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            context = {"message": "a protocol failed", "exception": error, "transport": self}
            self._loop.call_exception_handler(context)
        self._force_close(error)

    def _force_close(self, error: Exception | None) -> None:
        self._backlog = bytearray()
        self._is_closing = True
        self._lose(error)

    def _lose(self, error: Exception | None) -> None:
        if not self._is_losing:
            self._is_losing = True
            self._sock.on_readable = self._sock.on_room = None
            self._loop.call_soon(self._end, error)

    def _end(self, error: Exception | None) -> None:
        try:
            self._protocol.connection_lost(error)
        finally:
            self._sock.close()


def _peer_of(sock: MemorySocket) -> object:
    try:
        return sock.getpeername()
    except OSError:
        return None  # it has been reset already
