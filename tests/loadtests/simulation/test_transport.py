import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from loadtests.simulation.identity import client_context, fixed_identity
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.sockets import BUFFER_BYTES
from tests.support.transports import Remembering, connected

# More than kernels keep between a writer and a reader who does not read.
LARGE_BYTES = 12 * 1024 * 1024
Script = Callable[[], Awaitable[list[Any]]]


def _echo(protocol: Remembering) -> None:
    protocol.transport.write(protocol.received)


def _pause(protocol: Remembering) -> None:
    protocol.transport.pause_reading()


async def _asking_and_leaving() -> list[Any]:
    client, server = Remembering(lambda protocol: protocol.transport.close()), Remembering(_echo)
    async with connected(client, server):
        client.transport.write(b"echo")
        await client.lost.wait()
        await server.lost.wait()
        return [client.told, client.received, server.told, server.received]


async def _leaving_with_much_to_send() -> list[Any]:
    client, server = Remembering(), Remembering()
    async with connected(client, server):
        client.transport.write(bytes(LARGE_BYTES))
        client.transport.close()
        client.transport.close()
        await client.lost.wait()
        await server.lost.wait()
        return [client.told, server.told, len(server.received)]


async def _leaving_with_much_to_send_to_who_resets() -> list[Any]:
    client, server = Remembering(), Remembering(_pause)
    async with connected(client, server):
        client.transport.write(bytes(LARGE_BYTES))
        client.transport.close()
        await server.heard.wait()
        server.transport.abort()
        await client.lost.wait()
        return [client.told, client.transport.get_write_buffer_size(), server.told]


async def _a_reader_who_pauses() -> list[Any]:
    client, server = Remembering(), Remembering()
    async with connected(client, server):
        server.transport.pause_reading()
        client.transport.write(bytes(LARGE_BYTES))
        before = [server.received, server.transport.is_reading(), list(client.told)]
        server.transport.resume_reading()
        await client.resumed.wait()
        client.transport.close()
        await server.lost.wait()
        return [*before, server.transport.is_reading(), client.told, len(server.received)]


async def _a_reset_while_nobody_reads() -> list[Any]:
    client, server = Remembering(), Remembering(_pause)
    async with connected(client, server):
        client.transport.pause_reading()
        client.transport.write(bytes(LARGE_BYTES))
        await server.heard.wait()
        server.transport.abort()
        await client.lost.wait()
        return [client.told, server.told]


async def _half_a_goodbye() -> list[Any]:
    client, server = Remembering(), Remembering()
    server.keeps_half_open = True
    async with connected(client, server):
        client.transport.write(b"question")
        client.transport.write_eof()
        refused = _refusal(client.transport.write, b"more")
        await server.ended.wait()
        server.transport.write(b"answer")
        server.transport.close()
        await client.lost.wait()
        return [refused, client.told, client.received, server.told, server.received]


async def _half_a_goodbye_after_much() -> list[Any]:
    client, server = Remembering(), Remembering()
    async with connected(client, server):
        client.transport.write(bytes(LARGE_BYTES))
        client.transport.write_eof()
        await server.lost.wait()
        return [len(server.received), server.told]


async def _a_protocol_that_fails() -> list[Any]:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    complaints = _complaints()
    client, server = Remembering(), Remembering(fail)
    async with connected(client, server):
        client.transport.write(b"x")
        await client.lost.wait()
        return [client.told, server.told, [type(each) for each in complaints]]


async def _a_protocol_that_fails_for_want_of_a_connection() -> list[Any]:
    def fail(_: object) -> None:
        raise TimeoutError

    complaints = _complaints()
    client, server = Remembering(), Remembering(fail)
    async with connected(client, server):
        client.transport.write(b"x")
        await client.lost.wait()
        return [client.told, server.told, complaints]


async def _a_protocol_that_fails_at_the_end() -> list[Any]:
    class Failing(Remembering):
        def eof_received(self) -> bool:
            raise ZeroDivisionError

    complaints = _complaints()
    client, server = Remembering(), Failing()
    async with connected(client, server):
        client.transport.close()
        await server.lost.wait()
        return [client.told, server.told, [type(each) for each in complaints]]


class _Buffered(asyncio.BufferedProtocol, Remembering):
    """Has room for a few bytes only, or for none."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._buffer = bytearray(size)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.received += self._buffer[:nbytes]


async def _a_protocol_with_a_small_buffer() -> list[Any]:
    client, server = Remembering(), _Buffered(3)
    async with connected(client, server):
        client.transport.write(b"0123456789")
        client.transport.close()
        await server.lost.wait()
        return [server.told, server.received]


async def _a_protocol_without_a_buffer() -> list[Any]:
    complaints = _complaints()
    client, server = Remembering(), _Buffered(0)
    async with connected(client, server):
        client.transport.write(b"x")
        await client.lost.wait()
        return [client.told, server.told, [type(each) for each in complaints]]


async def _another_protocol_takes_over() -> list[Any]:
    later = Remembering()
    client = Remembering()
    server = Remembering(lambda protocol: protocol.transport.set_protocol(later))
    async with connected(client, server):
        client.transport.write(b"first")
        await server.heard.wait()
        is_later = server.transport.get_protocol() is later
        client.transport.write(b"second")
        client.transport.close()
        await later.lost.wait()
        server.lost.set()
        return [server.told, server.received, later.told, later.received, is_later]


async def _tls() -> list[Any]:
    client, server = Remembering(lambda protocol: protocol.transport.close()), Remembering(_echo)
    async with connected(client, server, client_tls=client_context(), server_tls=fixed_identity().context):
        client.transport.write(b"echo")
        await client.lost.wait()
        await server.lost.wait()
        return [client.told, client.received, server.told, server.received]


SCRIPTS = (
    _asking_and_leaving, _leaving_with_much_to_send, _leaving_with_much_to_send_to_who_resets,
    _a_reader_who_pauses, _a_reset_while_nobody_reads, _half_a_goodbye, _half_a_goodbye_after_much,
    _a_protocol_that_fails, _a_protocol_that_fails_for_want_of_a_connection,
    _a_protocol_that_fails_at_the_end, _a_protocol_with_a_small_buffer, _a_protocol_without_a_buffer,
    _another_protocol_takes_over, _tls,
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__.strip("_"))
def test_tells_a_protocol_what_asyncio_tells_it(script: Script) -> None:
    """aiohttp, asyncio's TLS and the fake's own stand on this; what differs here differs for all of them."""
    on_loopback = asyncio.run(script())

    in_memory = run_in_virtual_time(lambda _: script(), seed=1)

    assert in_memory == on_loopback


def test_knows_both_ends_addresses_and_its_socket() -> None:
    """The fake's ledger and its resets ask for them."""

    async def main(_: VirtualLoop) -> list[Any]:
        client, server = Remembering(), Remembering()
        async with connected(client, server):
            mine, theirs = client.transport.get_extra_info, server.transport.get_extra_info
            assert mine("sockname") == theirs("peername")
            assert mine("peername") == theirs("sockname")
            assert mine("socket") is not theirs("socket")
            return [mine("peername")[0], mine("socket").fileno() > 0]

    assert run_in_virtual_time(main, seed=1) == ["127.0.0.1", True]


def test_pauses_a_writer_at_the_limits_it_was_given() -> None:
    """HTTP's servers set their own, and await `drain` by them."""

    async def main(_: VirtualLoop) -> list[Any]:
        client, server = Remembering(), Remembering()
        async with connected(client, server):
            transport = client.transport
            limits = [transport.get_write_buffer_limits()]
            transport.set_write_buffer_limits(low=10)
            limits.append(transport.get_write_buffer_limits())
            transport.set_write_buffer_limits(high=100)
            limits.append(transport.get_write_buffer_limits())
            server.transport.pause_reading()
            transport.write(bytes(BUFFER_BYTES + 100))
            told_before = list(client.told)
            transport.write(b"x")
            return [limits, told_before, list(client.told)]

    limits, told_before, told = run_in_virtual_time(main, seed=1)

    assert limits == [(16_384, 65_536), (10, 40), (25, 100)]
    assert (told_before, told) == (["made"], ["made", "pause"])


def test_a_connection_reset_before_it_was_taken_is_lost_as_any_other() -> None:
    """A client may be cancelled between the server's kernel and the server."""

    async def main(loop: VirtualLoop) -> list[str]:
        server = Remembering()
        listening: Any = loop.network.create_server(("127.0.0.1", 4000))
        await loop.create_server(lambda: server, sock=listening)
        connecting = asyncio.create_task(_connect_and_leave(loop, ("127.0.0.1", 4000)))
        await connecting
        await asyncio.sleep(1)
        return server.told

    async def _connect_and_leave(loop: VirtualLoop, address: tuple[str, int]) -> None:
        sock: Any = loop.network.socket()
        await loop.sock_connect(sock, address)
        sock.close()

    assert run_in_virtual_time(main, seed=1) == ["made", "end", "lost NoneType"]


def _refusal(function: Callable[..., object], *arguments: object) -> str:
    try:
        function(*arguments)
    except RuntimeError as error:
        return str(error)
    return "none"


def _complaints() -> list[object]:
    heard: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: heard.append(context.get("exception")))
    return heard
