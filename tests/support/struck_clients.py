"""Clients that make one write and tell what became of it; on whatever loop, over whatever sockets it has."""

import asyncio
import gc
import json
import re
import socket
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache

import aiohttp
import httplib2

from engine.wire.network import SocketMaker
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from fakeslides.service_account import make_service_account
from fakeslides.tls import Identity, make_identity
from tests.support.fake_client import scenario_of, trust
from tests.support.fault_cases import Case, Ending, Extent, Sight

BODY = json.dumps(
    {"requests": [{"replaceAllText": {"containsText": {"text": "a"}, "replaceText": "b"}}]}
).encode()
# Nothing is what is waited for where silence is expected, and a busy machine everywhere else.
_PATIENCE_SECONDS, _SILENCE_SECONDS, _LOAD_SECONDS = 0.5, 0.05, 10.0
_IDLE_SECONDS = 0.02

Outcome = int | Exception


@dataclass(frozen=True)
class Target:
    """A server under a fault, a deck of its, a token to write to it, and sockets that reach it."""

    fake: FakeSlides
    presentation_id: str
    headers: dict[str, str]
    make_socket: SocketMaker = socket.socket

    @property
    def path(self) -> str:
        """Where the write goes."""
        return f"/v1/presentations/{self.presentation_id}:batchUpdate"


@asynccontextmanager
async def under(fault: str, often: str = "every: 1") -> AsyncIterator[Target]:
    """Start a server under a fault."""
    async with FakeSlides(scenario_under(fault, often), identity=_one_identity()) as fake:
        yield target_of(fake)


@cache
def _one_identity() -> Identity:
    """Return an identity for all: keys take long to make, and nobody asks for a token here."""
    account = make_service_account("https://localhost/token")
    return replace(make_identity(), account_for=lambda _: account)


def scenario_under(fault: str, often: str = "every: 1") -> Scenario:
    """Return a scenario whose fault looks at writes, or at connections if it strikes those."""
    is_of_connections = "on_accept" in fault or "in_handshake" in fault
    where = "" if is_of_connections else "where: {method: presentations.batchUpdate}, "
    return scenario_of(f"faults:\n  - {{id: it, {where}often: {{{often}}}, fault: {{{fault}}}}}")


def target_of(fake: FakeSlides, make_socket: SocketMaker = socket.socket) -> Target:
    """Make a deck and a token without a connection, which a fault might strike."""
    token = fake.front._door.tokens.issue("somebody", fake._clock.wall())
    deck = fake.store.create("a deck").presentation_id
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Target(fake, deck, headers, make_socket)


async def write_by_aiohttp(target: Target, *, is_in_vain: bool) -> Outcome:
    """Return the status of the answer, or the error that came instead."""
    try:
        return await _status_by_aiohttp(target, _patience_seconds(is_in_vain))
    except (aiohttp.ClientError, TimeoutError) as failure:
        return failure
    finally:
        await asyncio.sleep(_IDLE_SECONDS)  # for the server to hear of the end


async def _status_by_aiohttp(target: Target, timeout_seconds: float) -> int:
    timeout = aiohttp.ClientTimeout(total=timeout_seconds)
    connector = aiohttp.TCPConnector(
        ssl=trust(target.fake), socket_factory=lambda address: target.make_socket(*address[:3])
    )
    async with (
        aiohttp.ClientSession(target.fake.endpoint, connector=connector, timeout=timeout) as session,
        session.post(target.path, data=BODY, headers=target.headers) as response,
    ):
        await response.read()
        await asyncio.sleep(_IDLE_SECONDS)
        return response.status


async def write_by_httplib2(target: Target, *, is_in_vain: bool) -> Outcome:
    """Return the status of the answer, or the error that came instead."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # httplib2 forgets sockets that fail in a handshake
        outcome = await asyncio.to_thread(_write_by_httplib2, target, _patience_seconds(is_in_vain))
        gc.collect()
    return outcome


def _patience_seconds(is_in_vain: bool) -> float:  # noqa: FBT001 # said by name where it is decided
    return _PATIENCE_SECONDS if is_in_vain else _LOAD_SECONDS


def _write_by_httplib2(target: Target, timeout_seconds: float) -> Outcome:
    client = httplib2.Http(timeout=timeout_seconds, ca_certs=str(target.fake.ca_file))
    try:
        response, _ = client.request(
            target.fake.endpoint + target.path, "POST", body=BODY, headers=target.headers
        )
    except Exception as failure:  # noqa: BLE001 # whatever it is, is what is asked for
        failure.__context__ = None  # it would keep what failed alive
        return failure.with_traceback(None)
    else:
        return response.status
    finally:
        for connection in client.connections.values():
            connection.close()


def is_seen(sight: Sight, outcome: Outcome) -> bool:
    """Say whether what became of a write is what was to be seen."""
    if isinstance(outcome, int):
        return outcome == sight.status
    return isinstance(outcome, sight.errors) and re.search(sight.text, _told(outcome)) is not None


def _told(outcome: Exception) -> str:
    return f"{outcome} {outcome.__cause__ or ''} {getattr(outcome, 'os_error', '')}"


@dataclass
class Wire:
    """What came over a plain socket: how it ended, what was readable before, in how many reads."""

    ending: Ending
    plaintext: bytes = b""
    read_count: int = 0

    @property
    def extent(self) -> Extent:
        """How much of an answer came."""
        head, end_of_head, body = self.plaintext.partition(b"\r\n\r\n")
        if not self.plaintext:
            return "nothing"
        if not head.startswith(b"HTTP/1.1"):
            return "garbage"
        if not end_of_head:
            return "half_of_head"
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length is not None
        return "whole" if len(body) == int(length[1]) else "half_of_body"


async def write_by_socket(target: Target, case: Case | None = None) -> Wire:
    """Shake hands, send a write and read on until the connection ends or falls silent.

    Where `case` expects something to come, it is waited for as long as a busy machine may need.
    """
    port = int(target.fake.endpoint.rpartition(":")[2])
    plain = target.make_socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    plain.setblocking(False)  # noqa: FBT003 - the signature of socket.socket
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=plain)
    try:
        return await _Talk(target, reader, writer, case).until_the_end()
    finally:
        writer.transport.abort()


class _Talk:
    """One connection's talk, TLS by hand, so that the ends of TCP and of TLS can be told apart."""

    def __init__(
        self,
        target: Target,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        case: Case | None,
    ) -> None:
        self._target, self._reader, self._writer = target, reader, writer
        self._case = case
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = trust(target.fake).wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        self._wire = Wire("silence")

    async def until_the_end(self) -> Wire:
        try:
            await self._shake_hands()
            self._tls.write(self._request())
            await self._read()
        except TimeoutError:
            self._wire.ending = "silence"
        except ConnectionResetError:
            self._wire.ending = "rst"
        except EOFError:
            self._wire.ending = "fin"
        except ssl.SSLCertVerificationError:
            self._wire.ending = "bad_certificate"
        except ssl.SSLError as failure:
            self._wire.ending = "alert" if "ALERT" in str(failure).upper() else "bad_record"
        return self._wire

    def _request(self) -> bytes:
        fields = {**self._target.headers, "Host": "localhost", "Content-Length": str(len(BODY))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST {self._target.path} HTTP/1.1\r\n{lines}\r\n".encode() + BODY

    async def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._exchange()
            else:
                return

    async def _read(self) -> None:
        while True:
            try:
                data = self._tls.read(65536)
            except ssl.SSLWantReadError:
                await self._exchange()
            else:
                if not data:
                    self._wire.ending = "close_notify"
                    return
                self._wire.plaintext += data

    def _patience_seconds(self) -> float:
        case = self._case
        if case is None or (case.ending == "silence" and self._wire.extent == case.extent):
            return _SILENCE_SECONDS
        return _LOAD_SECONDS

    async def _exchange(self) -> None:
        self._writer.write(self._outgoing.read())
        async with asyncio.timeout(self._patience_seconds()):
            records = await self._reader.read(65536)
        if not records:
            raise EOFError
        self._wire.read_count += 1
        self._incoming.write(records)


def patient(case: Case) -> str:
    """Return a case's fault made slow enough to be interrupted in its midst."""
    slow = re.sub(r"(by|every|after): \d+m?s", r"\1: 1h", case.fault)
    return re.sub(r"bytes_per_second: \d+", "bytes_per_second: 1", slow)
