"""Plain clients of the fake, for tests that look at what it does on the wire."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import aiohttp
from google.auth import crypt, jwt

from fakeslides.api.auth import GOOGLE_AUDIENCE, GRANT_TYPE
from fakeslides.scenario.loader import parse_scenario
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides

SCOPE = "https://www.googleapis.com/auth/presentations"


def scenario_of(text: str) -> Scenario:
    """Return a scenario of what is given beside the compulsory keys."""
    return parse_scenario(f"version: 1\npromise: a test's weather\n{text}")


def one_fault(fault: str, often: str = "count: 1", method: str = "presentations.batchUpdate") -> Scenario:
    """Return a scenario with one rule, called `it`."""
    return scenario_of(
        f"faults:\n  - {{id: it, where: {{method: {method}}}, often: {{{often}}}, fault: {{{fault}}}}}"
    )


def assertion_for(fake: FakeSlides, **claims: object) -> str:
    """Return a signed assertion as Google's libraries make them; `claims` override."""
    key_file = json.loads(fake.credentials_file.read_text("utf-8"))
    now = int(fake._clock.wall())
    whole = {
        "iss": key_file["client_email"],
        "aud": GOOGLE_AUDIENCE,
        "scope": SCOPE,
        "iat": now,
        "exp": now + 3600,
    }
    signer = crypt.RSASigner.from_service_account_info(key_file)
    return str(jwt.encode(signer, whole | claims).decode())


def trust(fake: FakeSlides) -> ssl.SSLContext:
    """Return a client's TLS context that trusts the fake and nobody else."""
    return ssl.create_default_context(cafile=str(fake.ca_file))


@asynccontextmanager
async def open_session(fake: FakeSlides) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session that bears a token from the fake's token endpoint."""
    connector = aiohttp.TCPConnector(ssl=trust(fake))
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(fake.endpoint, connector=connector, timeout=timeout) as session:
        form = {"grant_type": GRANT_TYPE, "assertion": assertion_for(fake)}
        async with session.post("/token", data=form) as answer:
            token = (await answer.json())["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


async def create_deck(session: aiohttp.ClientSession) -> str:
    """Create a presentation; return its id."""
    async with session.post("/v1/presentations", json={"title": "a deck"}) as answer:
        return str((await answer.json())["presentationId"])


async def post_batch(
    session: aiohttp.ClientSession, presentation_id: str, find: str = "a", **headers: str
) -> tuple[int, dict[str, object]]:
    """Send a batch of one replacement; return status and answer."""
    request = {"replaceAllText": {"containsText": {"text": find}, "replaceText": "b"}}
    address = f"/v1/presentations/{presentation_id}:batchUpdate"
    async with session.post(address, json={"requests": [request]}, headers=headers) as answer:
        return answer.status, await answer.json()


def open_descriptors() -> set[str]:
    """Return the targets of this process's descriptors that are sockets, pipes or files."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{descriptor.name}:{descriptor.readlink()}")
        except FileNotFoundError:
            continue
    return found


class RawTlsClient:
    """TLS by hand over a plain TCP stream, so that RST and FIN can be told apart."""

    def __init__(self, fake: FakeSlides) -> None:
        self._fake = fake
        self.received = b""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = trust(fake).wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")

    async def __aenter__(self) -> Self:
        port = int(self._fake.endpoint.rpartition(":")[2])
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._exchange()
            else:
                self._writer.write(self._outgoing.read())
                return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.transport.abort()

    async def send(self, plaintext: bytes) -> None:
        """Send plaintext."""
        self._tls.write(plaintext)
        self._writer.write(self._outgoing.read())
        await self._writer.drain()

    async def receive(self) -> bytes:
        """Return plaintext; ConnectionResetError means RST, EOFError FIN, ssl.SSLError a bad record."""
        while True:
            try:
                return self._tls.read(65536)
            except ssl.SSLWantReadError:
                await self._exchange()

    async def receive_all(self) -> None:
        """Collect plaintext in `received` until something ends it, and raise that."""
        while True:
            self.received += await self.receive()

    async def _exchange(self) -> None:
        self._writer.write(self._outgoing.read())
        records = await self._reader.read(65536)
        if not records:
            raise EOFError
        self._incoming.write(records)
