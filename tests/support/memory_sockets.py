"""Sockets of memory and of the kernel, in pairs, so that one script can be played on both."""

import asyncio
import select
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from loadtests.simulation.loop import VirtualLoop

ADDRESS = ("127.0.0.1", 4000)
NO_LINGERING = struct.pack("ii", 1, 0)
_PATIENCE_MILLISECONDS = 10_000


@dataclass(frozen=True)
class Pair:
    """Two connected sockets.

    Attributes:
        one: connected by itself.
        other: was accepted.
        notices: waits until the socket has something to tell: bytes, an end, an error.
    """

    one: Any
    other: Any
    notices: Callable[[Any], Awaitable[None]]


async def memory_pair(loop: VirtualLoop) -> Pair:
    """Connect two sockets of memory."""
    accepted: list[Any] = []
    listening: Any = loop.network.create_server(ADDRESS)
    loop.network.listen(listening, accepted.append)
    one = loop.network.socket()
    await loop.sock_connect(one, ADDRESS)
    listening.close()

    async def notices(_: object) -> None:
        await asyncio.sleep(1)

    return Pair(one, accepted[0], notices)


@asynccontextmanager
async def kernel_pair() -> AsyncIterator[Pair]:
    """Connect two sockets of the kernel over loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = socket.create_connection(listening.getsockname())
        other, _ = listening.accept()
    for each in (one, other):
        each.settimeout(0)

    async def notices(sock: socket.socket) -> None:
        poll = select.poll()
        poll.register(sock, select.POLLIN | select.POLLRDHUP)
        assert await asyncio.to_thread(poll.poll, _PATIENCE_MILLISECONDS)

    with one, other:
        yield Pair(one, other, notices)


def tried(function: Callable[..., object], *arguments: object) -> object:
    """Return what a function returns, or the kind and number of the OSError it raises."""
    try:
        return function(*arguments)
    except OSError as error:
        return type(error), error.errno
