"""The transport that an application sees inside our TLS."""

import asyncio
import ssl
from typing import Any, Protocol


class Tunnel(Protocol):
    """What lies below: TLS and the plain TCP transport."""

    @property
    def raw(self) -> asyncio.Transport:
        """The TCP transport."""

    @property
    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""

    @property
    def tls(self) -> ssl.SSLObject:
        """The TLS session."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send."""

    def deliver(self) -> None:
        """Hand on what has arrived."""

    def close(self) -> None:
        """End in good order."""


class TlsTransport(asyncio.Transport):
    """Writes go through TLS; flow control and addresses are the TCP transport's.

    `get_extra_info("tls_connection")` returns the connection itself, through which faults reach it.
    """

    def __init__(self, tunnel: Tunnel, application: asyncio.BaseProtocol) -> None:
        super().__init__()
        self._tunnel = tunnel
        self._application = application

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 # as asyncio declares it
        """Answer for TLS, or ask the TCP transport."""
        tls = self._tunnel.tls
        if name == "cipher":
            return tls.cipher()
        known = {"tls_connection": self._tunnel, "ssl_object": tls, "sslcontext": tls.context}
        return known[name] if name in known else self._tunnel.raw.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send plaintext."""
        self._tunnel.write(data)

    def close(self) -> None:
        """Close in good order."""
        self._tunnel.close()

    def abort(self) -> None:
        """Close at once; bytes that have not left are dropped."""
        self._tunnel.raw.abort()

    def is_closing(self) -> bool:
        """Say whether the connection is closing or closed."""
        return self._tunnel.is_closing

    def pause_reading(self) -> None:
        """Take in no more bytes."""
        self._tunnel.raw.pause_reading()

    def resume_reading(self) -> None:
        """Take in bytes again, those that wait inside TLS first."""
        self._tunnel.raw.resume_reading()
        self._tunnel.deliver()

    def is_reading(self) -> bool:
        """Say whether bytes are being taken in."""
        return self._tunnel.raw.is_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Refuse: the application stays the same for the connection's life."""
        raise NotImplementedError

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the application."""
        return self._application

    def can_write_eof(self) -> bool:
        """TLS cannot close one direction alone."""
        return False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set when the application is told to pause, in bytes."""
        self._tunnel.raw.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Return the bytes that have not left."""
        return self._tunnel.raw.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return low and high water marks in bytes."""
        return self._tunnel.raw.get_write_buffer_limits()
