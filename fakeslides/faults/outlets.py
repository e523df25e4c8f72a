"""What stands between our TLS and the socket while a fault lasts: slowness, or nothing at all."""

import asyncio
from contextlib import suppress
from typing import Protocol

from fakeslides.clock import Clock


class Outlet(Protocol):
    """Where records go; a TCP transport is the usual one."""

    def write(self, data: bytes) -> None:
        """Send, sooner or later."""

    def write_eof(self) -> None:
        """Send FIN after what was written, and hear on."""

    def close(self) -> None:
        """Send what is left, then end with FIN."""

    def abort(self) -> None:
        """End at once."""


class Void:
    """Swallows everything; the connection stays as it is until its client leaves."""

    def write(self, data: bytes) -> None:
        """Lose it."""

    def write_eof(self) -> None:
        """Do nothing, as for any other end."""

    def close(self) -> None:
        """Do nothing: a client in a black hole hears of no end."""

    def abort(self) -> None:
        """Do nothing."""


class PacedOutlet:
    """Sends in pieces, with a pause after each.

    Args:
        below: where the pieces go.
        clock: pauses are seconds of this clock.
        piece_bytes: how much leaves at once.
        pause_seconds: how long after that nothing leaves.
    """

    def __init__(self, below: Outlet, clock: Clock, piece_bytes: int, pause_seconds: float) -> None:
        self._below, self._clock = below, clock
        self._piece_bytes, self._pause_seconds = piece_bytes, pause_seconds
        self._backlog = bytearray()
        self._is_closing = self._has_ended = False
        self._sending: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        """Queue; sending begins by itself."""
        self._backlog += data
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())

    def write_eof(self) -> None:
        """Send FIN below once the last piece has left."""
        self._has_ended = True
        if self._sending is None:
            self._below.write_eof()

    def close(self) -> None:
        """Close what lies below once the last piece has left."""
        self._is_closing = True
        if self._sending is None:
            self._below.close()

    def abort(self) -> None:
        """Drop what has not left."""
        self._backlog.clear()
        if self._sending is not None:
            self._sending.cancel()
        self._below.abort()

    async def _send(self) -> None:
        while self._backlog:
            piece = bytes(self._backlog[: self._piece_bytes])
            del self._backlog[: self._piece_bytes]
            self._below.write(piece)
            await self._clock.sleep(self._pause_seconds)
        self._sending = None
        if self._has_ended:
            with suppress(OSError):  # the peer was faster, and reset the connection
                self._below.write_eof()
        if self._is_closing:
            self._below.close()
