import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from fakeslides.admin.guard import LARGEST_BODY_BYTES
from fakeslides.server import FakeSlides
from tests.support.admin_calls import ask


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlides]:
    """Return a running fake."""
    async with FakeSlides() as running:
        yield running


async def test_refuses_whoever_does_not_bear_the_token(fake: FakeSlides) -> None:
    """Any program on the machine can reach loopback."""
    for header in (
        "",
        "Bearer wrong",
        f"Basic {fake.admin_token}",
        "Bearer é",
        f"Bearer {fake.admin_token} ",
    ):
        status = (await ask(fake, "GET", "/health", Authorization=header)).status

        assert status == (200 if header.endswith(" ") else 401)  # a blank at the end is no part of a header


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:80", 200),
        ("localhost:80", 200),
        ("localhost", 200),
        ("evil.example", 403),
        ("evil.example:80", 403),
        ("localhost.evil.example:80", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("0.0.0.0:80", 403),
    ],
)
async def test_only_local_names_are_answered(fake: FakeSlides, host: str, status: int) -> None:
    """DNS rebinding gives a foreign page our address, but not our name."""
    assert (await ask(fake, "GET", "/health", Host=host)).status == status


async def test_a_body_over_its_limit_is_refused_before_it_is_read(fake: FakeSlides) -> None:
    """No scenario is a megabyte long; what is, is a mistake or worse."""
    answer = await ask(fake, "PUT", "/scenario", b"#" * (LARGEST_BODY_BYTES + 1))

    assert (answer.status, answer.document["error"]) == (
        413,
        f"the body is larger than {LARGEST_BODY_BYTES} bytes; send less",
    )


async def test_a_body_that_hides_its_length_is_cut_off_too(fake: FakeSlides) -> None:
    """Chunked bodies say their length only at their end."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"#" * (LARGEST_BODY_BYTES // 20)

    headers = {"Authorization": f"Bearer {fake.admin_token}"}
    async with (
        aiohttp.ClientSession(fake.admin_url, headers=headers) as session,
        session.put("/scenario", data=endless()) as answer,
    ):
        assert answer.status == 413
    assert fake.weather.revision == 1


async def test_a_body_up_to_its_limit_is_read(fake: FakeSlides) -> None:
    """A long scenario is still one."""
    scenario = b"version: 1\npromise: p\n"

    answer = await ask(fake, "PUT", "/scenario", scenario + b"#" * (LARGEST_BODY_BYTES - len(scenario)))

    assert answer.status == 200


async def spoken(fake: FakeSlides, request: str, body: bytes = b"") -> bytes:
    """Return what comes back for bytes that no decent client sends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(fake.admin_url.rpartition(":")[2]))
    head = f"{request}\r\nAuthorization: Bearer {fake.admin_token}\r\n"
    writer.write(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    try:
        async with asyncio.timeout(10):
            return await reader.readuntil(b"}")
    finally:
        writer.close()


async def test_a_request_that_names_no_host_is_refused(fake: FakeSlides) -> None:
    """HTTP/1.0 allows it, and what stood in its place was whatever this machine is called."""
    assert b"403 Forbidden" in await spoken(fake, "GET /health HTTP/1.0")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_encoded_as_it_says_is_a_mistake_and_not_an_accident(
    fake: FakeSlides, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It was answered with 500, and with a traceback in the terminal of whoever runs the server."""
    head = f"PUT /scenario HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: {encoding}"

    answer = await spoken(fake, head, b"version: 1")

    assert b"400 Bad Request" in answer
    assert b"send it plain" in answer
    assert caplog.text == ""


async def test_who_sent_a_body_that_is_not_what_it_says_is_answered_again(fake: FakeSlides) -> None:
    """The connection was kept, and whatever came by it next waited for ever."""
    headers = {"Authorization": f"Bearer {fake.admin_token}"}
    async with aiohttp.ClientSession(fake.admin_url, headers=headers) as session, asyncio.timeout(10):
        async with session.put("/scenario", data=b"version: 1", headers={"Content-Encoding": "gzip"}):
            pass

        async with session.get("/health") as answer:
            assert answer.status == 200


async def test_a_client_that_leaves_in_the_midst_of_its_body_is_no_accident_either(
    fake: FakeSlides, caplog: pytest.LogCaptureFixture
) -> None:
    """Ctrl-C in a client is an everyday thing, and was told with a traceback here."""
    _, writer = await asyncio.open_connection("127.0.0.1", int(fake.admin_url.rpartition(":")[2]))
    head = f"POST /phase HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {fake.admin_token}\r\n"
    writer.write(head.encode() + b"Content-Length: 50\r\n\r\n{")
    await asyncio.sleep(0.02)

    writer.transport.abort()
    await asyncio.sleep(0.02)

    assert caplog.text == ""


async def test_half_of_a_character_in_an_order_is_told_back(fake: FakeSlides) -> None:
    """JSON can escape what UTF-8 cannot write, and the message could not be sent."""
    answer = await ask(fake, "POST", "/faults", r'{"\ud800": 1}')

    assert answer.status == 400
    assert answer.document["error"].startswith("\ud800: is not a known key")
