import asyncio
import errno
from typing import Any

import pytest

from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace
from tests.support.memory_sockets import ADDRESS, memory_pair


def test_two_cannot_have_one_address() -> None:
    """A fake that was to have a certain port and got none must say so."""

    async def main(loop: VirtualLoop) -> int | None:
        loop.network.create_server(ADDRESS)
        with pytest.raises(OSError, match="in use") as caught:
            loop.network.create_server(ADDRESS)
        return caught.value.errno

    assert run_in_virtual_time(main, seed=1) == errno.EADDRINUSE


def test_an_address_is_free_again_once_its_socket_is_closed() -> None:
    """The fake's port refuses for a while by closing, and opens again where it was."""

    async def main(loop: VirtualLoop) -> object:
        loop.network.create_server(ADDRESS).close()
        return loop.network.create_server(ADDRESS).getsockname()

    assert run_in_virtual_time(main, seed=1) == ADDRESS


def test_port_0_is_any_that_is_free() -> None:
    """Two fakes may live in one world."""

    async def main(loop: VirtualLoop) -> set[Any]:
        return {loop.network.create_server(("127.0.0.1", 0)).getsockname() for _ in range(3)}

    assert len(run_in_virtual_time(main, seed=1)) == 3


def test_refuses_where_nobody_listens() -> None:
    """A refusal is the one answer that says for sure that nothing was sent."""

    async def main(loop: VirtualLoop) -> float:
        with pytest.raises(ConnectionRefusedError):
            await loop.sock_connect(loop.network.socket(), ADDRESS)
        return loop.time()

    assert run_in_virtual_time(main, seed=1) > 1000.0


def test_who_gives_up_before_the_knock_is_never_heard_of() -> None:
    """A cancelled call must not leave the server with half a connection."""

    async def main(loop: VirtualLoop) -> list[Any]:
        accepted: list[Any] = []
        listening: Any = loop.network.create_server(ADDRESS)
        loop.network.listen(listening, accepted.append)
        sock: Any = loop.network.socket()
        connecting = asyncio.create_task(loop.sock_connect(sock, ADDRESS))
        await asyncio.sleep(0)
        connecting.cancel()
        sock.close()
        await asyncio.sleep(1)
        return [accepted, connecting.cancelled(), loop.network.open_connections]

    assert run_in_virtual_time(main, seed=1) == [[], True, []]


def test_knows_which_connections_are_open() -> None:
    """Whoever closes an engine wants to see that none is left."""

    async def main(loop: VirtualLoop) -> list[Any]:
        pair = await memory_pair(loop)
        both = list(loop.network.open_connections)
        pair.other.close()
        one = list(loop.network.open_connections)
        pair.one.close()
        return [both == [pair.one, pair.other], one == [pair.one], loop.network.open_connections]

    assert run_in_virtual_time(main, seed=1) == [True, True, []]


def test_tells_those_who_called_from_those_who_were_called() -> None:
    """What a client left open is not to be taken for what its server still holds."""

    async def main(loop: VirtualLoop) -> bool:
        accepted: list[Any] = []
        listening: Any = loop.network.create_server(ADDRESS)
        loop.network.listen(listening, accepted.append)
        calling: Any = loop.network.socket()
        await loop.sock_connect(calling, ADDRESS)
        open_then = loop.network.open_callers
        listening.close()  # as a fake does whose connections are refused
        calling.close()
        return bool(open_then == [calling] and loop.network.open_callers == [])

    assert run_in_virtual_time(main, seed=1)


def test_travelling_takes_time_that_depends_on_the_seed_alone() -> None:
    """If all bytes took equally long, all who start together would stay in step for ever."""

    async def main(loop: VirtualLoop) -> list[float]:
        pair = await memory_pair(loop)
        arrivals: list[float] = []
        pair.other.on_readable = lambda: arrivals.append(loop.time())
        for _ in range(20):
            sent_at = loop.time()
            pair.one.send(b"x")
            await asyncio.sleep(1)
            arrivals[-1] -= sent_at
        return arrivals

    took = run_in_virtual_time(main, seed=1)

    assert took == run_in_virtual_time(main, seed=1) != run_in_virtual_time(main, seed=2)
    assert len({f"{seconds:.9f}" for seconds in took}) == 20
    assert 0 < min(took) < max(took) < 0.001


def test_what_arrives_is_in_the_trace_to_the_byte() -> None:
    """It is the strictest test of whether two runs are the same."""

    def digest(data: bytes) -> str:
        async def main(loop: VirtualLoop) -> None:
            pair = await memory_pair(loop)
            pair.one.send(data)
            await asyncio.sleep(1)

        trace = Trace()
        run_in_virtual_time(main, seed=1, trace=trace)
        return trace.digest()

    assert digest(b"same") == digest(b"same") != digest(b"Same")


def test_where_content_cannot_be_repeated_sizes_are_in_the_trace() -> None:
    """An OpenSSL that cannot be seeded has other ciphertext in each run, and sizes that are the same."""

    def digest(data: bytes) -> str:
        async def main(loop: VirtualLoop) -> None:
            pair = await memory_pair(loop)
            pair.one.send(data)
            await asyncio.sleep(1)

        trace = Trace()
        loop = VirtualLoop(1, trace, hears_bytes=False)
        loop.run_until_complete(main(loop))
        loop.close()
        return trace.digest()

    assert digest(b"same") == digest(b"Same") != digest(b"another")
