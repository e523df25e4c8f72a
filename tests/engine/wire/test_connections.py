"""The connections to Google."""

import asyncio

import pytest

from engine.clock import MonotonicClock
from engine.errors import ConnectionLost, EngineClosed, OutcomeUnknown, Unreachable
from engine.wire.connections import Answer, GoogleSlidesConnectionManager, Progress
from tests.support.rough_server import RoughServer, never, reply, reset, rough_server

HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"


def _connections(pool_size: int | None = 3) -> GoogleSlidesConnectionManager:
    return GoogleSlidesConnectionManager(pool_size, clock=MonotonicClock(), user_agent="engine/1")


async def _get(
    connections: GoogleSlidesConnectionManager, server: RoughServer, progress: Progress | None = None
) -> Answer:
    return await connections.exchange(
        "GET", server.url + "/x", headers={}, body=None, progress=progress or Progress()
    )


async def test_returns_the_answer_whole() -> None:
    """An answer left half read would keep its connection from the next call."""
    async with rough_server(reply(503, b"busy" * 1_000)) as server, _connections() as connections:
        answer = await _get(connections, server)

    assert answer.status == 503
    assert answer.body == b"busy" * 1_000


async def test_says_who_it_is() -> None:
    """A server's operator should know whom to call."""
    async with rough_server(reply()) as server, _connections() as connections:
        await _get(connections, server)

    assert b"User-Agent: engine/1\r\n" in server.requests[0]


async def test_connections_are_used_again() -> None:
    """A TLS handshake costs more than the call it serves."""
    async with rough_server(reply()) as server, _connections() as connections:
        for _ in range(5):
            await _get(connections, server)

    assert server.open_peak == 1


async def test_no_more_connections_than_the_pool_holds() -> None:
    """More were what broke the night of the incident."""
    async with rough_server(reply()) as server, _connections(pool_size=2) as connections:
        await asyncio.gather(*(_get(connections, server) for _ in range(12)))

    assert server.open_peak <= 2


@pytest.mark.parametrize("status", [302, 400, 429, 503])
async def test_an_answer_that_is_no_success_gives_its_connection_back(status: int) -> None:
    """Refusals that are tried again without being read to the end would empty the pool."""
    async with rough_server(reply(status, b"no" * 9_000)) as server, _connections(pool_size=1) as connections:
        answers = [await _get(connections, server) for _ in range(5)]

    assert [answer.status for answer in answers] == [status] * 5
    assert server.open_peak == 1


async def test_without_a_limit_every_call_may_have_a_connection() -> None:
    """This is the client of the incident."""
    waiting = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        if server.open_count == 12:
            waiting.set()
        await waiting.wait()
        await reply()(writer)

    async with rough_server(answer) as server, _connections(pool_size=None) as connections:
        await asyncio.gather(*(_get(connections, server) for _ in range(12)))

    assert server.open_peak == 12


async def test_a_caller_that_comes_back_at_once_does_not_overtake_those_who_wait() -> None:
    """Left to itself, aiohttp's pool lets a busy caller starve all others."""
    done: list[int] = []

    async def call_again_and_again(number: int) -> None:
        for _ in range(10):
            await _get(connections, server)
            done.append(number)

    async with rough_server(reply()) as server, _connections(pool_size=1) as connections:
        await asyncio.gather(*(call_again_and_again(number) for number in range(4)))

    assert {done[start : start + 4].count(0) for start in range(0, 40, 4)} == {1}


class TestWhatWentWrong:
    async def test_a_refused_connection_was_not_sent(self) -> None:
        """Trying again is always safe then."""
        async with rough_server(reply()) as server:
            pass
        progress = Progress()

        async with _connections() as connections:
            with pytest.raises(Unreachable):
                await _get(connections, server, progress)

        assert not progress.was_sent

    @pytest.mark.parametrize("answered", [b"", b"HTTP/1.1 200 OK\r\n", HALF])
    async def test_a_connection_that_ends_before_the_answer_does_leaves_doubt(self, answered: bytes) -> None:
        """The server may have done what it was asked before it went away."""
        progress = Progress()

        async with rough_server(reset(after=answered)) as server, _connections() as connections:
            with pytest.raises(ConnectionLost):
                await _get(connections, server, progress)

        assert progress.was_sent

    async def test_nothing_is_sent_twice_behind_our_back(self) -> None:
        """Aiohttp sends a GET again by itself; then the counts of both sides would differ."""
        async with rough_server(reset()) as server, _connections() as connections:
            with pytest.raises(ConnectionLost):
                await _get(connections, server)

        assert len(server.requests) == 1

    async def test_a_write_that_meets_a_connection_closed_at_rest_is_not_sent_again(self) -> None:
        """A server closes what has been idle for long, and may do so as the next write is on its way."""

        async def answer(writer: asyncio.StreamWriter) -> None:
            await (reply() if len(server.requests) == 1 else reset())(writer)

        progress = Progress()
        async with rough_server(answer) as server, _connections(pool_size=1) as connections:
            await _get(connections, server)
            with pytest.raises(ConnectionLost):
                await connections.exchange(
                    "POST", server.url + "/x", headers={}, body=b"write", progress=progress
                )

        assert server.open_peak == 1, "it was the same connection"
        assert progress.was_sent
        assert len(server.requests) == 2

    async def test_an_answer_that_is_no_http_leaves_doubt(self) -> None:
        """Something answered, but nobody can say what it did."""
        async with rough_server(reset(after=b"what?\r\n\r\n")) as server, _connections() as connections:
            with pytest.raises(OutcomeUnknown):
                await _get(connections, server)


class TestClosing:
    async def test_waits_for_what_is_under_way(self) -> None:
        """An answer that is on its way is worth a moment."""
        may_answer = asyncio.Event()

        async def answer(writer: asyncio.StreamWriter) -> None:
            await may_answer.wait()
            await reply()(writer)

        async with rough_server(answer) as server:
            connections = await _connections().__aenter__()
            call = asyncio.create_task(_get(connections, server))
            await server.asked.wait()
            closing = asyncio.create_task(connections.close())
            await asyncio.sleep(0)
            may_answer.set()
            await closing

        assert (await call).status == 200

    async def test_ends_what_takes_too_long(self) -> None:
        """A server that never answers must not keep the process alive."""
        fast = GoogleSlidesConnectionManager(1, clock=MonotonicClock(speed=1_000), user_agent="engine/1")
        async with rough_server(never()) as server:
            connections = await fast.__aenter__()
            call = asyncio.create_task(_get(connections, server))
            await server.asked.wait()
            await connections.close()

            with pytest.raises(ConnectionLost):
                await call

    async def test_ends_an_answer_that_stops_half_way(self) -> None:
        """Closing its connection woke nobody: the call waited for the rest until its time-out."""
        fast = GoogleSlidesConnectionManager(1, clock=MonotonicClock(speed=1_000), user_agent="engine/1")

        async def half(writer: asyncio.StreamWriter) -> None:
            writer.write(HALF)
            await asyncio.Event().wait()

        async with rough_server(half) as server:
            connections = await fast.__aenter__()
            call = asyncio.create_task(_get(connections, server))
            await server.asked.wait()
            await connections.close()

            with pytest.raises(ConnectionLost, match="closed"):
                await call

    async def test_refuses_what_comes_later(self) -> None:
        """A closed engine says so instead of failing somewhere deep inside."""
        connections = _connections()

        with pytest.raises(EngineClosed):
            await connections.exchange(
                "GET", "http://127.0.0.1:1", headers={}, body=None, progress=Progress()
            )

    async def test_nothing_begins_once_all_was_cut_short(self) -> None:
        """A call whose access token came a moment too late would send its write after the end of draining."""
        async with rough_server(reply()) as server, _connections() as connections:
            connections.cut_short()

            with pytest.raises(EngineClosed):
                await _get(connections, server)

        assert server.requests == []

    async def test_a_cancelled_call_gives_its_place_back(self) -> None:
        """With a pool of one, a place that is lost is the last."""
        async with rough_server(never()) as server, _connections(pool_size=1) as connections:
            call = asyncio.create_task(_get(connections, server))
            await server.asked.wait()
            call.cancel()
            await asyncio.wait([call])

            server.answer = reply()
            answer = await _get(connections, server)

        assert answer.status == 200
