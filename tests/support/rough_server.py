"""A server of raw sockets that answers, or does not, as a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RoughServer:
    """What was asked, and how it is answered.

    Attributes:
        url: where it listens.
        requests: each request's head and body as they came.
        asked: set by the first request.
        open_peak: most connections at once.
    """

    answer: Answer
    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    open_count: int = 0
    open_peak: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.open_count += 1
        self.open_peak = max(self.open_peak, self.open_count)
        try:
            while head := await _head(reader):
                length = next(
                    (
                        int(line[15:])
                        for line in head.lower().split(b"\r\n")
                        if line.startswith(b"content-length")
                    ),
                    0,
                )
                self.requests.append(head + await reader.readexactly(length))
                self.asked.set()
                await self.answer(writer)
                await writer.drain()
        except ConnectionError:
            pass  # the client went away
        finally:
            self.open_count -= 1
            writer.close()


@asynccontextmanager
async def rough_server(answer: Answer) -> AsyncIterator[RoughServer]:
    """Listen on loopback while the block runs."""
    rough = RoughServer(answer)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(rough.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    rough.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield rough
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


def reply(status: int = 200, body: bytes = b"{}") -> Answer:
    """Answer everything with `body`."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    return answer


def reset(after: bytes = b"") -> Answer:
    """Send `after` and cut the connection."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()
        writer.transport.abort()

    return answer


def never() -> Answer:
    """Keep the client waiting."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    return answer


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
