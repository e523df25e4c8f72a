"""Our own TLS, over memory BIOs, between a plain TCP transport and an application protocol.

It stands where asyncio's own TLS would, uses no private API, and so runs on any event loop.  Records pass
through our hands on their way in and out, which `fakeslides.faults.faulty_connection` makes use of.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar, cast

from fakeslides.faults.outlets import Outlet
from fakeslides.faults.tls_transport import TlsTransport

HANDSHAKE_TIMEOUT_SECONDS = 30.0
_READ_BYTES = 256 * 1024


WatchedT_contra = TypeVar("WatchedT_contra", contravariant=True)


class ConnectionWatcher(Protocol[WatchedT_contra]):
    """Who wants to know of connections as they come and go."""

    def opened(self, connection: WatchedT_contra) -> None:
        """A TCP connection was accepted."""

    def greeted(self, connection: WatchedT_contra) -> None:
        """The client's first bytes have come; the handshake has not seen them yet."""

    def secured(self, connection: WatchedT_contra) -> None:
        """Its TLS handshake is done."""

    def closed(self, connection: WatchedT_contra) -> None:
        """It is gone."""


class TlsConnection(asyncio.Protocol):
    """The server's side of one TLS connection.

    Args:
        make_application: makes the protocol that speaks inside TLS; called once the handshake is done.
        context: certificate and versions.
        watcher: told of the connection's life.
        handshake_timeout_seconds: real seconds that a client may take for the handshake.
    """

    raw: asyncio.Transport
    _outlet: Outlet

    def __init__(
        self,
        make_application: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext,
        watcher: ConnectionWatcher[Any],
        handshake_timeout_seconds: float = HANDSHAKE_TIMEOUT_SECONDS,
    ) -> None:
        self.number = 0
        self.is_beyond_limit = False
        self.is_spoilt = False
        self._make_application = make_application
        self._watcher = watcher
        self._handshake_timeout_seconds = handshake_timeout_seconds
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._application: asyncio.Protocol | None = None
        self._intake: Callable[[bytes], object] = self._be_greeted
        self._closed = asyncio.Event()
        self._has_said_goodbye = False
        self._error: Exception | None = None

    # What the TCP transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the client's hello, but not for ever."""
        self.raw = cast("asyncio.Transport", transport)
        self._outlet = self.raw
        loop = asyncio.get_running_loop()
        self._handshake_timer = loop.call_later(self._handshake_timeout_seconds, self.raw.abort)
        self._watcher.opened(self)

    def data_received(self, data: bytes) -> None:
        """Take in records: of the handshake at first, then of the application."""
        self._intake(data)

    def eof_received(self) -> None:
        """The client sent FIN; half-open TLS is of no use, so the transport may close."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everybody who waits."""
        self._handshake_timer.cancel()
        self._outlet.abort()
        self._closed.set()
        self._watcher.closed(self)
        if self._application is not None:
            self._application.connection_lost(exc or self._error)

    def pause_writing(self) -> None:
        """The client reads too slowly: tell the application."""
        if self._application is not None:
            self._application.pause_writing()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self._application is not None:
            self._application.resume_writing()

    # What the application's transport calls.

    @property
    def is_closing(self) -> bool:
        """Say whether nothing more can be sent; bytes of before may still be on their way out."""
        return self._has_said_goodbye or self.raw.is_closing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send plaintext; what is written to a closing connection is lost, as with any transport."""
        if self.is_closing:
            return
        rest = memoryview(data)
        while rest:
            rest = rest[self.tls.write(rest) :]
        self._flush()

    def deliver(self) -> None:
        """Hand decrypted bytes to the application for as long as it wants them."""
        while self.raw.is_reading() and not self.raw.is_closing():
            try:
                data = self.tls.read(_READ_BYTES)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLError as error:
                self._fail(error)
                return
            if not data:
                self.close()
                return
            assert self._application is not None
            self._application.data_received(data)

    def close(self) -> None:
        """Say close_notify, send what is left, and end with FIN."""
        if self.is_closing:
            return
        self._has_said_goodbye = True
        with suppress(ssl.SSLError):
            self.tls.unwrap()
        self._flush()
        self._outlet.close()

    async def wait_closed(self) -> None:
        """Wait until the connection is gone, whoever ends it."""
        await self._closed.wait()

    def _be_greeted(self, data: bytes) -> None:
        self._intake = self._take_handshake
        self._watcher.greeted(self)
        self._intake(data)

    def _take_handshake(self, data: bytes) -> None:
        self._incoming.write(data)
        self._shake_hands()

    def _take_records(self, data: bytes) -> None:
        self._incoming.write(data)
        self.deliver()

    def _shake_hands(self) -> None:
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return
        except ssl.SSLError as error:
            self._fail(error)
            return
        self._flush()
        self._handshake_timer.cancel()
        self._watcher.secured(self)
        self._intake = self._take_records
        self._application = self._make_application()
        self._application.connection_made(TlsTransport(self, self._application))
        self.deliver()

    def _fail(self, error: ssl.SSLError) -> None:
        """End what TLS can't make sense of; OpenSSL has put an alert among the outgoing bytes."""
        self._error = error
        self._flush()
        self.raw.close()

    def _flush(self) -> None:
        records = self._outgoing.read()
        if records:
            self._outlet.write(records)
