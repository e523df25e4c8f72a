import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.sockets import BUFFER_BYTES, SEGMENT_BYTES
from tests.support.memory_sockets import NO_LINGERING, Pair, kernel_pair, memory_pair, tried

Script = Callable[[Pair], Awaitable[list[Any]]]


async def _bytes_before_an_end(pair: Pair) -> list[Any]:
    pair.one.send(b"first")
    await pair.notices(pair.other)
    received = [tried(pair.other.recv, 3), tried(pair.other.recv, 100), tried(pair.other.recv, 100)]
    pair.one.send(b"last")
    pair.one.close()
    await pair.notices(pair.other)
    return [*received, *(tried(pair.other.recv, 100) for _ in range(3))]


async def _bytes_before_a_reset(pair: Pair) -> list[Any]:
    pair.one.send(b"last words")
    pair.one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
    pair.one.close()
    await pair.notices(pair.other)
    received = [tried(pair.other.recv, 100) for _ in range(3)]
    return [*received, tried(pair.other.send, b"x"), tried(pair.other.recv, 100)]


async def _sending_after_a_reset(pair: Pair) -> list[Any]:
    pair.one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
    pair.one.close()
    await pair.notices(pair.other)
    asked = [tried(pair.other.shutdown, socket.SHUT_RDWR), tried(pair.other.getpeername)]
    return [*asked, *(tried(pair.other.send, b"x") for _ in range(2)), tried(pair.other.recv, 100)]


async def _closing_with_bytes_unread(pair: Pair) -> list[Any]:
    pair.other.send(b"never read")
    await pair.notices(pair.one)
    pair.one.send(b"answer")
    pair.one.close()
    await pair.notices(pair.other)
    return [tried(pair.other.recv, 100), tried(pair.other.recv, 100)]


async def _sending_to_who_has_left(pair: Pair) -> list[Any]:
    pair.one.close()
    await pair.notices(pair.other)
    first = [tried(pair.other.recv, 100), tried(pair.other.send, b"x")]
    await pair.notices(pair.other)
    return [*first, tried(pair.other.send, b"x"), tried(pair.other.recv, 100)]


async def _ending_one_direction(pair: Pair) -> list[Any]:
    pair.one.shutdown(socket.SHUT_WR)
    await pair.notices(pair.other)
    mine = [tried(pair.one.send, b"x"), tried(pair.other.recv, 100), tried(pair.other.send, b"still here")]
    await pair.notices(pair.one)
    return [*mine, tried(pair.one.recv, 100)]


async def _ending_both_directions(pair: Pair) -> list[Any]:
    pair.one.shutdown(socket.SHUT_RDWR)
    await pair.notices(pair.other)
    mine = [tried(pair.one.send, b"x"), tried(pair.one.recv, 100), tried(pair.other.recv, 100)]
    theirs = [tried(pair.other.send, b"too late")]
    await pair.notices(pair.other)
    return [*mine, *theirs, tried(pair.other.send, b"x")]


async def _using_what_is_closed(pair: Pair) -> list[Any]:
    pair.one.close()
    return [tried(pair.one.shutdown, socket.SHUT_RDWR), tried(pair.one.getpeername), pair.one.fileno()]


SCRIPTS = (
    _bytes_before_an_end, _bytes_before_a_reset, _sending_after_a_reset, _closing_with_bytes_unread,
    _sending_to_who_has_left, _ending_one_direction, _ending_both_directions, _using_what_is_closed,
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__.strip("_"))
async def test_ends_as_the_kernel_does(script: Script) -> None:
    """What a fault does to a client depends on which error the client's socket reports, and when."""
    async with kernel_pair() as pair:
        on_the_kernel = await script(pair)

    in_memory = await asyncio.to_thread(_in_memory, script)

    assert in_memory == on_the_kernel


def _in_memory(script: Script) -> list[Any]:
    async def main(loop: VirtualLoop) -> list[Any]:
        return await script(await memory_pair(loop))

    return run_in_virtual_time(main, seed=1)


def test_bytes_arrive_whole_and_in_order_whatever_each_segment_takes() -> None:
    """Each segment has its own travelling time; TCP has one order."""
    sent = [bytes([number]) * (number + 1) for number in range(200)]

    async def main(loop: VirtualLoop) -> bytes:
        pair = await memory_pair(loop)
        for piece in sent:
            pair.one.send(piece)
        await asyncio.sleep(1)
        return b"".join([pair.other.recv(100_000) for _ in sent])

    assert run_in_virtual_time(main, seed=1) == b"".join(sent)


def test_takes_no_more_than_its_buffer_until_the_peer_reads() -> None:
    """Otherwise nobody here would ever be told to pause, as slow readers do to a server."""

    async def main(loop: VirtualLoop) -> tuple[list[int], list[int], list[str]]:
        pair = await memory_pair(loop)
        sent = [pair.one.send(bytes(SEGMENT_BYTES + 1)) for _ in range(3)]
        room: list[str] = []
        pair.one.on_room = lambda: room.append("room")
        await asyncio.sleep(1)
        assert room == []
        pair.other.recv(SEGMENT_BYTES)
        await asyncio.sleep(1)
        return sent, [pair.one.send(bytes(10))], room

    first, after, room = run_in_virtual_time(main, seed=1)

    assert (first, sum(first)) == ([SEGMENT_BYTES, SEGMENT_BYTES, 0], BUFFER_BYTES)
    assert (after, room) == ([10], ["room"])


def test_a_writer_who_waits_for_room_hears_of_a_reset() -> None:
    """It would wait for ever: whoever is gone reads nothing more."""

    async def main(loop: VirtualLoop) -> list[str]:
        pair = await memory_pair(loop)
        heard: list[str] = []
        pair.one.on_room = lambda: heard.append("room")
        pair.other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
        pair.other.close()
        await asyncio.sleep(1)
        return heard

    assert run_in_virtual_time(main, seed=1) == ["room"]


def test_a_closed_socket_calls_nobody() -> None:
    """Its transport is gone."""

    async def main(loop: VirtualLoop) -> list[str]:
        pair = await memory_pair(loop)
        heard: list[str] = []
        pair.other.on_readable = lambda: heard.append("readable")
        pair.one.send(b"x")
        pair.other.close()
        await asyncio.sleep(1)
        return heard

    assert run_in_virtual_time(main, seed=1) == []


def test_sockets_stand_in_sets_in_order_of_their_making() -> None:
    """The engine keeps its sockets in a set, and ends them in the set's order."""

    async def main(loop: VirtualLoop) -> list[int]:
        made = [loop.network.socket() for _ in range(20)]
        return [each.fileno() for each in set(made)]

    numbers = run_in_virtual_time(main, seed=1)

    assert numbers == sorted(numbers)
