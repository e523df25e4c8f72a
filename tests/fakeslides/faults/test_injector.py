"""Every fault kind, at every point, on real sockets: it strikes, is what it says, leaves nothing."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
import pytest

from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from tests.support.fake_client import (
    RawTlsClient,
    create_deck,
    one_fault,
    open_session,
    post_batch,
    scenario_of,
)
from tests.support.patience import until


def _is_reset(error: BaseException) -> bool:
    return isinstance(error, aiohttp.ClientOSError) and error.errno == 104


def _is_bad_record(error: BaseException) -> bool:
    return isinstance(error, aiohttp.ClientOSError) and isinstance(error, ssl.SSLError | OSError) and (
        "BAD_RECORD_MAC" in str(error) or "record layer failure" in str(error)
    )  # fmt: skip


def _is_cut_payload(error: BaseException) -> bool:
    return isinstance(error, aiohttp.ClientPayloadError)


@dataclass(frozen=True)
class Struck:
    """A fault after which the client holds no answer."""

    fault: str
    is_committed: bool = field(kw_only=True)
    looks_right: Callable[[BaseException], bool] = field(kw_only=True)


STRUCK = [
    Struck("kind: tcp.reset, point: before_commit", is_committed=False, looks_right=_is_reset),
    Struck("kind: tcp.reset, point: after_commit", is_committed=True, looks_right=_is_reset),
    Struck("kind: tcp.reset, point: mid_body", is_committed=True, looks_right=_is_cut_payload),
    Struck("kind: tls.record_corrupt, point: before_commit", is_committed=False, looks_right=_is_bad_record),
    Struck("kind: tls.record_corrupt, point: after_commit", is_committed=True, looks_right=_is_bad_record),
    Struck("kind: tls.record_corrupt, point: mid_body", is_committed=True, looks_right=_is_cut_payload),
]


@dataclass(frozen=True)
class Answered:
    """A fault that shapes the answer; `name` is Google's for the status, if it is an error."""

    fault: str
    status: int
    name: str | None
    is_committed: bool = field(kw_only=True)


ANSWERED = [
    Answered("kind: http.status, code: 503, point: before_commit", 503, "UNAVAILABLE", is_committed=False),
    Answered("kind: http.status, code: 503, point: after_commit", 503, "UNAVAILABLE", is_committed=True),
    Answered(
        "kind: http.status, code: 429, point: before_commit", 429, "RESOURCE_EXHAUSTED", is_committed=False
    ),
    Answered("kind: api.conflict", 400, "INVALID_ARGUMENT", is_committed=False),
    Answered("kind: http.delay, by: 1ms, point: before_commit", 200, None, is_committed=True),
    Answered("kind: http.delay, by: 1ms, point: after_commit", 200, None, is_committed=True),
]


class TestFaultsThatLoseTheAnswer:
    @pytest.mark.parametrize("struck", STRUCK, ids=lambda struck: struck.fault)
    async def test_aiohttp_sees_what_the_vocabulary_says(self, struck: Struck) -> None:
        """Whoever reads a fault's description must be able to rely on it."""
        async with FakeSlides(one_fault(struck.fault)) as fake, open_session(fake) as session:
            deck = await create_deck(session)

            with pytest.raises(aiohttp.ClientError) as caught:
                await post_batch(session, deck)

            assert struck.looks_right(caught.value), repr(caught.value)

    @pytest.mark.parametrize("struck", STRUCK, ids=lambda struck: struck.fault)
    async def test_the_ledger_knows_whether_the_write_was_committed(self, struck: Struck) -> None:
        """Before and after the commit look alike to the client; only the server can tell them apart."""
        async with FakeSlides(one_fault(struck.fault)) as fake, open_session(fake) as session:
            deck = await create_deck(session)
            before = fake.store.get(deck).revision_id

            with pytest.raises(aiohttp.ClientError):
                await post_batch(session, deck)
            await until(lambda: any(entry.rule_id for entry in fake.ledger))

            [entry] = [entry for entry in fake.ledger if entry.rule_id]
            assert f"kind: {entry.fault}, point: {entry.point}" == struck.fault
            assert (entry.rule_id, entry.http_status) == ("it", None)
            assert entry.committed is struck.is_committed
            assert (fake.store.get(deck).revision_id != before) is struck.is_committed
            assert fake.fault_counts() == {"it": {"matched": 1, "fired": 1}}

    @pytest.mark.parametrize("struck", STRUCK, ids=lambda struck: struck.fault)
    async def test_the_next_call_finds_a_healthy_server(self, struck: Struck) -> None:
        """A fault that spoils more than its own call would be other weather than the scenario's."""
        async with FakeSlides(one_fault(struck.fault)) as fake, open_session(fake) as session:
            deck = await create_deck(session)
            with pytest.raises(aiohttp.ClientError):
                await post_batch(session, deck)

            status, _ = await post_batch(session, deck)

            assert status == 200

    @pytest.mark.parametrize("point", ["before_commit", "after_commit", "mid_body"])
    async def test_a_reset_is_a_true_rst(self, point: str) -> None:
        """Most testbeds send a FIN and call it a reset; clients treat the two differently."""
        scenario = one_fault(f"kind: tcp.reset, point: {point}", method="token")

        async with FakeSlides(scenario) as fake, RawTlsClient(fake) as client:
            await client.send(b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")

            with pytest.raises(ConnectionResetError):
                await client.receive_all()

    async def test_half_of_the_reply_comes_before_a_reset_in_the_midst_of_it(self) -> None:
        """An RST that overtook the bytes would be a reset before the reply."""
        scenario = one_fault("kind: tcp.reset, point: mid_body", method="token")

        async with FakeSlides(scenario) as fake, RawTlsClient(fake) as client:
            await client.send(b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                await client.receive_all()

        head, _, body = client.received.partition(b"\r\n\r\n")
        [length] = [
            int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        ]
        assert len(body) == length // 2


class TestFaultsThatAnswer:
    @pytest.mark.parametrize("answered", ANSWERED, ids=lambda answered: answered.fault)
    async def test_the_answer_and_the_ledger_are_right(self, answered: Answered) -> None:
        """A 503 after the commit is a lie that only the ledger can lay bare."""
        async with FakeSlides(one_fault(answered.fault)) as fake, open_session(fake) as session:
            deck = await create_deck(session)

            status, document = await post_batch(session, deck)

            [entry] = [entry for entry in fake.ledger if entry.rule_id]
            error = document.get("error")
            assert status == entry.http_status == answered.status
            assert (error["status"] if isinstance(error, dict) else None) == answered.name
            assert entry.committed is answered.is_committed

    async def test_a_conflict_speaks_as_google_does(self) -> None:
        """Clients recognise it by its text."""
        async with FakeSlides(one_fault("kind: api.conflict")) as fake, open_session(fake) as session:
            _, document = await post_batch(session, await create_deck(session))

        error = document["error"]
        assert isinstance(error, dict)
        assert error["message"] == "Invalid requests[0].replaceAllText: This request cannot be applied"

    async def test_says_when_to_come_back_if_the_scenario_does(self) -> None:
        """Google sends no Retry-After by itself, but clients that obey one must be testable."""
        scenario = one_fault("kind: http.status, code: 503, retry_after: 7s", method="presentations.create")

        async with (
            FakeSlides(scenario) as fake,
            open_session(fake) as session,
            session.post("/v1/presentations", json={}) as answer,
        ):
            assert answer.headers["Retry-After"] == "7"


class TestStalls:
    @pytest.mark.parametrize("point", ["before_commit", "after_commit"])
    async def test_a_stall_ends_when_the_client_goes_away(self, point: str) -> None:
        """A stall that outlived its client would leak a task for each."""
        async with FakeSlides(one_fault(f"kind: http.stall, point: {point}")) as fake:
            async with open_session(fake) as session:
                deck = await create_deck(session)
                call = asyncio.create_task(post_batch(session, deck))
                await until(lambda: fake.fault_counts()["it"]["fired"])
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
            await until(lambda: any(entry.rule_id for entry in fake.ledger))

            [entry] = [entry for entry in fake.ledger if entry.rule_id]
            assert entry.committed is (point == "after_commit")
            assert entry.http_status is None

    async def test_a_stall_ends_when_the_server_stops(self) -> None:
        """Otherwise Ctrl-C would wait for a client that waits for ever."""
        fake = FakeSlides(one_fault("kind: http.stall"))
        async with fake, open_session(fake) as session:
            call = asyncio.create_task(post_batch(session, await create_deck(session)))
            await until(lambda: fake.fault_counts()["it"]["fired"])

            await fake.__aexit__()

            with pytest.raises(aiohttp.ClientError):
                await call


async def test_the_first_request_beyond_the_connection_limit_is_struck_before_the_commit() -> None:
    """Pool exhaustion must not itself be ambiguous: nothing of the request is done."""
    scenario = scenario_limit("tls.record_corrupt")

    async with FakeSlides(scenario) as fake, RawTlsClient(fake), RawTlsClient(fake) as second:
        await second.send(b"POST /v1/presentations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        with pytest.raises(ssl.SSLError):
            await second.receive()

        [entry] = fake.ledger
        assert (entry.organic, entry.fault, entry.rule_id) == ("connection_limit", "tls.record_corrupt", None)
        assert (entry.committed, entry.http_status) == (False, None)


async def test_a_connection_beyond_the_limit_can_be_reset_instead() -> None:
    """The scenario chooses what exhaustion looks like."""
    scenario = scenario_limit("tcp.reset")

    async with FakeSlides(scenario) as fake, RawTlsClient(fake), RawTlsClient(fake) as second:
        await second.send(b"GET /v1/presentations/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await second.receive()


def scenario_limit(beyond: str) -> Scenario:
    """Return a scenario that allows one connection."""
    return scenario_of(f"server: {{connections: {{at_most: 1, beyond: {beyond}}}}}")
