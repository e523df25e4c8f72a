"""One attempt."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from google.oauth2.credentials import Credentials

from engine.clock import MonotonicClock
from engine.errors import AnswerTimedOut, NotFound, TokenUnreachable, Unauthenticated, Unreachable
from engine.plan.operations import Batch, PlannedRequest
from engine.policy.pacing import CallKind
from engine.wire.connections import GoogleSlidesConnectionManager
from engine.wire.credentials import AccessTokens
from engine.wire.transport import Call, Transport, batch_update, get_presentation
from tests.support.operations import operation
from tests.support.rough_server import RoughServer, never, reply, rough_server

READ = get_presentation("deck", "revisionId")


@asynccontextmanager
async def _transport(server: RoughServer) -> AsyncIterator[Transport]:
    clock = MonotonicClock(speed=100.0)
    async with GoogleSlidesConnectionManager(1, clock=clock, user_agent="engine/1") as connections:
        tokens = AccessTokens(Credentials(token="secret"), connections, clock)  # type: ignore[no-untyped-call]
        yield Transport(connections, tokens, clock, server.url + "/")


async def _attempt(
    transport: Transport, call: Call = READ, sent: list[str] | None = None, timeout_seconds: float = 100.0
) -> dict[str, object]:
    return await transport.attempt(
        call,
        identity="deck/s1/0",
        number=2,
        timeout_seconds=timeout_seconds,
        on_sent=lambda: None if sent is None else sent.append("sent"),
    )


def test_a_read_asks_for_the_fields_it_needs() -> None:
    """A whole presentation can weigh megabytes."""
    call = get_presentation("deck", "revisionId,slides(objectId)")

    assert (call.verb, call.kind) == ("GET", CallKind.READ)
    assert call.path == "/v1/presentations/deck?fields=revisionId,slides(objectId)"


def test_a_write_is_the_same_bytes_however_often_it_is_tried() -> None:
    """Only the same bytes with the same fence can be sent again without harm."""
    batch = Batch("deck", (PlannedRequest((operation("s1", "ü"),)),))
    call = batch_update(batch, "r1")

    assert (call.verb, call.kind) == ("POST", CallKind.WRITE)
    assert call.path == "/v1/presentations/deck:batchUpdate"
    assert json.loads(call.body or b"") == batch.body("r1")
    assert call.body == call.body
    assert "ü".encode() in (call.body or b"")


def test_an_id_cannot_leave_its_place_in_the_path() -> None:
    """An id from elsewhere must not choose the method that is called."""
    call = get_presentation("../x?y", "revisionId")

    assert call.path.startswith("/v1/presentations/..%2Fx%3Fy?")


async def test_sends_token_and_names_and_returns_the_reply() -> None:
    """Everything the server needs to know, once."""
    sent: list[str] = []

    async with rough_server(reply(body=b'{"revisionId": "r1"}')) as server, _transport(server) as transport:
        answered = await _attempt(transport, sent=sent)

    (request,) = server.requests
    assert answered == {"revisionId": "r1"}
    assert sent == ["sent"]
    assert request.startswith(b"GET /v1/presentations/deck?fields=revisionId HTTP/1.1\r\n")
    assert b"Authorization: Bearer secret" in request
    assert b"X-Deckstorm-Operation: deck/s1/0" in request
    assert b"X-Deckstorm-Attempt: 2" in request


async def test_a_refusal_becomes_its_own_error() -> None:
    """Whoever gets it decides by its class."""
    async with rough_server(reply(404)) as server, _transport(server) as transport:
        with pytest.raises(NotFound):
            await _attempt(transport)


async def test_no_answer_in_time_leaves_doubt() -> None:
    """The request is out there."""
    async with rough_server(never()) as server, _transport(server) as transport:
        with pytest.raises(AnswerTimedOut, match="within 2 s"):
            await _attempt(transport, timeout_seconds=2.0)


async def test_no_connection_in_time_leaves_none() -> None:
    """What waited for a connection has not been sent."""
    async with (
        rough_server(never()) as server,
        _transport(server) as transport,
        transport._connections._line,
    ):
        with pytest.raises(Unreachable, match="within 2 s"):
            await _attempt(transport, timeout_seconds=2.0)

    assert server.requests == []


class _AskingInVain(Credentials):
    """Credentials whose token endpoint never answers."""

    def __init__(self, url: str) -> None:
        super().__init__(token=None)  # type: ignore[no-untyped-call]  # google-auth
        self._url = url

    def refresh(self, request: Callable[[str], object]) -> None:
        """Ask."""
        request(self._url)


@pytest.mark.parametrize(("seconds", "span"), [(2.0, "2 s"), (0.123456789, "0.123 s"), (-0.0003, "0 s")])
async def test_no_token_in_time_is_told_apart_from_no_connection(seconds: float, span: str) -> None:
    """The API was not asked, and may be well; nobody is told of a negative span."""
    async with rough_server(never()) as server, _transport(server) as transport:
        transport._tokens._token, transport._tokens._credentials = None, _AskingInVain(server.url)
        with pytest.raises(TokenUnreachable, match=f"no access token within {span}$"):
            await _attempt(transport, timeout_seconds=seconds)
        await transport._tokens.close()


async def test_a_token_that_was_not_accepted_is_not_used_again() -> None:
    """The next try needs another one."""
    async with rough_server(reply(401)) as server, _transport(server) as transport:
        with pytest.raises(Unauthenticated):
            await _attempt(transport)

        assert transport._tokens._token is None
