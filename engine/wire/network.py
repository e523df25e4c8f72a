"""What the engine's connections stand on: sockets, and a TLS context that says whom to trust."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SocketMaker = Callable[[int, int, int], socket.socket]
"""Takes address family, kind and protocol, as `socket.socket` does."""


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Return a client's TLS that trusts the system's authorities, and the one in `ca_file` if it is given."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


@dataclass(frozen=True, slots=True)
class Network:
    """The machine's own network; a simulation hands in another.

    Attributes:
        make_socket: makes the socket of each connection.
        make_context: makes the TLS context, given a file with one more authority to trust.
    """

    make_socket: SocketMaker = socket.socket
    make_context: Callable[[Path | None], ssl.SSLContext] = trusting
