"""A TLS connection that can be struck: by an RST, by silence, by spoilt records, by a false certificate."""

import asyncio
import socket
import ssl
import struct
from contextlib import suppress

from fakeslides.clock import Clock
from fakeslides.faults.idle_watch import IdleWatch
from fakeslides.faults.outlets import PacedOutlet, Void
from fakeslides.faults.tls_connection import TlsConnection
from fakeslides.faults.tls_records import HANDSHAKE_FAILURE, UNDECIPHERABLE, spoil
from fakeslides.scenario.tls_faults import Spoiling

# Real time: long enough for bytes on loopback to be read by a busy peer before an RST would destroy them.
_GRACE_SECONDS = 0.02
_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


class FaultyConnection(TlsConnection):
    """The server's side of one TLS connection, and what may befall it."""

    _spoils_next: Spoiling | None = None
    _idle_watch: IdleWatch | None = None
    _slowness: PacedOutlet | None = None

    def data_received(self, data: bytes) -> None:
        """Take in records; silence is over."""
        if self._idle_watch is not None:
            self._idle_watch.silence_ended()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everybody who waits, and stop waiting for silence and for pieces to leave."""
        if self._idle_watch is not None:
            self._idle_watch.silence_ended()
        if self._slowness is not None:
            self._slowness.abort()
        super().connection_lost(exc)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send plaintext; silence begins."""
        if isinstance(self._outlet, Void):  # and TLS may be shut down
            return
        super().write(data)
        if self._idle_watch is not None and not self.is_closing:
            self._idle_watch.silence_began()

    def reset(self) -> None:
        """End in a true RST: bytes that have not left are dropped."""
        plain: socket.socket = self.raw.get_extra_info("socket")
        with suppress(OSError):  # the peer may have been faster
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)
        self.raw.abort()

    def finish(self) -> None:
        """Send close_notify if TLS stands, then FIN; nothing that comes is heard any more."""
        with suppress(ssl.SSLError):  # there is no session yet, or the peer's close_notify is still to come
            self.tls.unwrap()
        self._flush()
        self.truncate()

    def truncate(self) -> None:
        """Send FIN without a close_notify; nothing that comes is heard any more.

        Closing outright would not do: a socket closed with bytes unread sends an RST.
        """
        if not self.raw.is_closing():
            with suppress(OSError):  # the peer has reset the connection, and we are about to hear of it
                self._outlet.write_eof()
        self.go_dark()

    def go_dark(self) -> None:
        """Send nothing and hear nothing from now on, until the client leaves."""
        self._handshake_timer.cancel()
        self._outlet, self._intake = Void(), _ignore
        self.raw.resume_reading()  # or the client's leaving would not be noticed

    def hang(self) -> None:
        """Hear no more requests, but answer close_notify as a living server does."""
        self._intake = self._await_goodbye
        self.raw.resume_reading()

    def alert(self) -> None:
        """Send a fatal alert, then FIN: `handshake_failure` before there are keys, else `bad_record_mac`."""
        if self._application is None:
            self._outlet.write(HANDSHAKE_FAILURE)
        else:
            self._incoming.write(UNDECIPHERABLE)
            with suppress(ssl.SSLError):  # what we are after: OpenSSL has put the alert among what leaves
                while self.tls.read(len(UNDECIPHERABLE)):
                    pass
            self._flush()
        self.truncate()

    def spoil_next_record(self, how: Spoiling) -> None:
        """Let the next record that leaves be one that no client can read."""
        self._spoils_next, self.is_spoilt = how, True

    def slow_down(self, clock: Clock, piece_bytes: int, pause_seconds: float) -> None:
        """Let bytes leave in pieces from now on."""
        self._outlet = self._slowness = PacedOutlet(self._outlet, clock, piece_bytes, pause_seconds)

    def watch_idleness(self, watch: IdleWatch | None) -> None:
        """Tell `watch` when silence begins and ends, and whoever was told before no more."""
        if self._idle_watch is not None:
            self._idle_watch.silence_ended()
        self._idle_watch = watch

    def hold_handshake(self) -> None:
        """Keep what comes without answering it, until `release_handshake`, however long that is."""
        self._handshake_timer.cancel()
        self._intake = self._incoming.write

    def release_handshake(self) -> None:
        """Go on with the handshake."""
        self._intake = self._take_handshake
        self._shake_hands()

    def show_certificate(self, context: ssl.SSLContext) -> None:
        """Shake hands with the certificate of `context`; its hello must not have been looked at yet."""
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def let_bytes_leave(self) -> None:
        """Wait a moment, so that the peer reads what was sent before anything else befalls it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await self._closed.wait()

    def _await_goodbye(self, data: bytes) -> None:
        self._incoming.write(data)
        with suppress(ssl.SSLWantReadError):
            while self.tls.read(len(data)):
                pass
            self.close()

    def _flush(self) -> None:
        if self._spoils_next is None:
            super()._flush()
            return
        records = self._outgoing.read()
        if records:
            self._outlet.write(spoil(records, self._spoils_next))
            self._spoils_next = None


def _ignore(_data: bytes) -> None:
    """Hear nothing."""
