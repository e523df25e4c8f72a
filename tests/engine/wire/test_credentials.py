"""Access tokens, one refresh at a time."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from google.auth import credentials as google_credentials
from google.auth import exceptions as google_exceptions
from google.auth.transport import Response

from engine.clock import MonotonicClock
from engine.errors import CredentialsRefused, TokenUnreachable, Unreachable
from engine.wire.connections import GoogleSlidesConnectionManager
from engine.wire.credentials import AccessTokens, default_credentials
from tests.support.rough_server import RoughServer, never, reply, reset, rough_server


class WallClock(MonotonicClock):
    """The machine's clock, whose wall a test may move."""

    ahead_seconds = 0.0

    def wall(self) -> float:
        """Return Unix time, moved."""
        return super().wall() + self.ahead_seconds


class NumberedCredentials(google_credentials.Credentials):
    """Credentials that ask an endpoint for permission and then count their tokens."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.refreshes_count = 0

    def refresh(self, request: Callable[..., Response]) -> None:
        """Ask once."""
        self.refreshes_count += 1
        answer = request(self.url, method="POST", body=b"grant", headers={})
        if answer.status != 200:
            raise google_exceptions.RefreshError(json.loads(answer.data)["error"])
        self.token = f"token-{self.refreshes_count}"
        self.expiry = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)


@asynccontextmanager
async def _tokens(server: RoughServer) -> AsyncIterator[tuple[AccessTokens, NumberedCredentials, WallClock]]:
    clock, credentials = WallClock(), NumberedCredentials(server.url)
    async with GoogleSlidesConnectionManager(3, clock=clock, user_agent="engine/1") as connections:
        tokens = AccessTokens(credentials, connections, clock)
        yield tokens, credentials, clock
        await tokens.close()


async def test_however_many_ask_one_refresh_runs() -> None:
    """A stampede on the token endpoint at the top of every hour helps nobody."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, _):
        found = await asyncio.gather(*(tokens.current() for _ in range(20)))

    assert set(found) == {"token-1"}
    assert credentials.refreshes_count == 1


async def test_who_waited_has_the_token_though_another_was_refused_with_it_meanwhile() -> None:
    """Both were told of the same token in one turn of the loop, and the second must not find it gone."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, _, _):

        async def ask_and_be_refused() -> str:
            token = await tokens.current()
            tokens.reject(token)
            return token

        found = await asyncio.gather(ask_and_be_refused(), tokens.current())

    assert found == ["token-1", "token-1"]


async def test_the_exchange_goes_over_our_own_connections_and_is_named() -> None:
    """The same trust in the same authority, and a line in the server's ledger."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, _, _):
        await tokens.current()

    (request,) = server.requests
    assert b"User-Agent: engine/1" in request
    assert b"X-Deckstorm-Operation: token" in request
    assert request.endswith(b"grant")


async def test_refreshes_leave_the_threads_to_those_who_resolve_names() -> None:
    """Six engines of one process that began together took all the threads of a small machine, and starved."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=1))
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, _):
        credentials.url = server.url.replace("127.0.0.1", "localhost")

        async with asyncio.timeout(10.0):
            await tokens.current()

    assert credentials.refreshes_count == 1


async def test_a_token_is_renewed_ahead_of_its_end_without_anybody_waiting() -> None:
    """The last call of an hour should cost what the others cost."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, clock):
        await tokens.current()
        clock.ahead_seconds = 2_000.0

        at_once = await tokens.current()
        await tokens._refresh

        assert at_once == "token-1"
        assert credentials.token == "token-2"


async def test_a_token_endpoint_that_is_down_is_not_asked_by_every_call() -> None:
    """Half an hour before the end of a token there is time; a thread and a request per call help nobody."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, clock):
        await tokens.current()
        server.answer = reset()
        clock.ahead_seconds = 2_000.0
        for _ in range(10):
            assert await tokens.current() == "token-1"
            await _end_of_refresh(tokens)
        assert credentials.refreshes_count == 2

        clock.ahead_seconds += 11.0
        await tokens.current()
        await _end_of_refresh(tokens)

    assert credentials.refreshes_count == 3


async def test_a_refresh_that_is_cancelled_is_not_remembered() -> None:
    """As when a loop is shut down and goes on after all: whoever asks next must not get the cancellation."""
    async with rough_server(never()) as server, _tokens(server) as (tokens, _, _):
        asking = asyncio.create_task(tokens.current())
        await server.asked.wait()
        tokens._refresh.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        server.answer = reply()

        token = await tokens.current()

    assert token == "token-2"


async def test_a_token_about_to_end_is_waited_for() -> None:
    """One that ends on the way is refused on arrival."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, _, clock):
        await tokens.current()
        clock.ahead_seconds = 3_550.0

        token = await tokens.current()

    assert token == "token-2"


async def test_a_rejected_token_is_replaced_once_however_many_were_told() -> None:
    """Ten calls that meet the same 401 need one new token."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, _):
        first = await tokens.current()
        for _ in range(10):
            tokens.reject(first)
        second = await tokens.current()
        tokens.reject(first)
        third = await tokens.current()

    assert (second, third) == ("token-2", "token-2")
    assert credentials.refreshes_count == 2


async def test_a_refusal_is_raised_and_not_remembered() -> None:
    """A failed refresh that is kept would refuse every call until the process ends."""
    async with (
        rough_server(reply(400, b'{"error": "invalid_grant"}')) as server,
        _tokens(server) as (tokens, _, _),
    ):
        with pytest.raises(CredentialsRefused, match="invalid_grant"):
            await tokens.current()
        server.answer = reply()

        token = await tokens.current()

    assert token == "token-2"


async def test_a_token_endpoint_that_cannot_be_reached_is_worth_another_try() -> None:
    """It says nothing about the credentials."""
    async with rough_server(reset()) as server, _tokens(server) as (tokens, _, _):
        with pytest.raises(TokenUnreachable, match="no access token"):
            await tokens.current()


async def test_whatever_the_callers_own_credentials_raise_is_a_refusal() -> None:
    """A refresh handler may raise anything; passed on as it is, nobody would know that nothing was sent."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, _):
        credentials.refresh = lambda _: {}["secret"]

        with pytest.raises(CredentialsRefused, match="no access token: KeyError"):
            await tokens.current()


async def test_a_caller_that_gives_up_does_not_end_the_refresh_of_the_others() -> None:
    """They wait for the same token."""
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, _):
        hasty, patient = asyncio.create_task(tokens.current()), asyncio.create_task(tokens.current())
        await asyncio.sleep(0)
        hasty.cancel()

        token = await patient

    assert token == "token-1"
    assert credentials.refreshes_count == 1


async def test_closing_ends_a_refresh_under_way() -> None:
    """A thread that waits for an answer would keep the process from ending."""
    async with rough_server(never()) as server, _tokens(server) as (tokens, _, _):
        waiting = asyncio.create_task(tokens.current())
        await server.asked.wait()
        await tokens.close()

        with pytest.raises(Unreachable):
            await waiting


async def test_closing_does_not_wait_for_a_refresh_that_does_something_else_than_exchanging() -> None:
    """google-auth may wait for a metadata server or for a program; draining has a bound and must keep it."""
    held = threading.Event()
    async with rough_server(reply()) as server, _tokens(server) as (tokens, credentials, _):
        credentials.refresh = lambda _: held.wait()
        waiting = asyncio.create_task(tokens.current())
        await asyncio.sleep(0)
        await tokens.close()
        was_left_waiting = not held.is_set()
        held.set()

        with pytest.raises(TokenUnreachable, match="the engine closed"):
            await waiting
    assert was_left_waiting


async def _end_of_refresh(tokens: AccessTokens) -> None:
    if tokens._refresh is not None:
        await asyncio.wait([tokens._refresh])


def test_without_any_credentials_one_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual first mistake deserves a clear word."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")

    with pytest.raises(CredentialsRefused, match="nowhere"):
        default_credentials()
