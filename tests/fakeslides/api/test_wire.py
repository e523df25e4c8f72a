import asyncio
from io import BytesIO

import pytest

from fakeslides.api.replies import Reply
from fakeslides.api.wire import ACCIDENTS, LARGEST_BODY_BYTES, to_bytes, to_response
from fakeslides.server import FakeSlides
from tests.support.fake_client import RawTlsClient, create_deck, open_session
from tests.support.patience import until


async def test_refuses_a_body_that_google_would_not_take() -> None:
    """A batch that is too large fails in production, so it must fail here."""
    body = BytesIO(b"x" * (LARGEST_BODY_BYTES + 1))

    async with (
        FakeSlides() as fake,
        open_session(fake) as session,
        session.post("/v1/presentations", data=body) as answer,
    ):
        error = (await answer.json())["error"]

    assert answer.status == 400
    assert error["message"] == "Request payload size exceeds the limit: 10485760 bytes."


async def test_a_body_that_is_not_encoded_as_it_says_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """It was answered with 500, and with a traceback in the terminal of whoever runs the server."""
    async with (
        FakeSlides() as fake,
        open_session(fake) as session,
        session.post("/v1/presentations", data=b"{}", headers={"Content-Encoding": "gzip"}) as answer,
    ):
        error = (await answer.json())["error"]

    assert (answer.status, error["message"]) == (400, "The request's body could not be decoded.")
    assert caplog.text == ""


async def test_who_sent_a_body_that_is_not_what_it_says_is_answered_again() -> None:
    """The connection was kept, and whatever came by it next waited for ever."""
    async with FakeSlides() as fake, open_session(fake) as session:
        async with session.post("/v1/presentations", data=b"{}", headers={"Content-Encoding": "gzip"}):
            pass

        assert await create_deck(session)


async def test_a_client_that_waits_to_be_told_to_send_its_body_is_told() -> None:
    """With curl each large batch lost a second, and clients with more patience never came to send theirs."""
    async with (
        FakeSlides() as fake,
        open_session(fake) as session,
        session.post("/v1/presentations", json={"title": "large"}, expect100=True) as answer,
    ):
        document = await answer.json()

    assert document["title"] == "large"


async def test_a_get_that_is_too_long_may_come_as_a_form() -> None:
    """Google's Python client sends one whose address exceeds 2048 characters that way."""
    async with FakeSlides() as fake, open_session(fake) as session:
        deck = await create_deck(session)
        override = {"X-HTTP-Method-Override": "GET"}
        form = {"fields": "presentationId"}
        async with session.post(f"/v1/presentations/{deck}", data=form, headers=override) as answer:
            document = await answer.json()

    assert document == {"presentationId": deck}


def test_a_reply_becomes_a_response_as_it_is() -> None:
    """Nothing is added that Google would not send."""
    response = to_response(Reply(503, b"body", {"Content-Type": "text/html; charset=UTF-8", "Server": "ESF"}))

    assert (response.status, response.body) == (503, b"body")
    assert response.headers["Server"] == "ESF"
    assert response.headers["Content-Type"] == "text/html; charset=UTF-8"


def test_an_answer_in_bytes_says_how_long_it_is_and_that_it_is_the_last() -> None:
    """A client must know that it was cut, and not wait for another on the same connection."""
    head, body = to_bytes(Reply(404, b"gone", {"Server": "ESF"}))

    assert head == (
        b"HTTP/1.1 404 Not Found\r\nServer: ESF\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
    )
    assert body == b"gone"


def test_a_status_without_a_name_is_sent_without_one() -> None:
    """A scenario may name any status from 400 to 599."""
    head, _ = to_bytes(Reply(599, b""))

    assert head.startswith(b"HTTP/1.1 599 \r\n")


async def test_a_client_that_speaks_no_http_is_answered_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever types https for the page's address got a traceback in the server's terminal."""
    async with FakeSlides() as fake:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(fake.admin_url.rpartition(":")[2]))
        writer.write(b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03 hello\r\n\r\n")
        answer = await reader.read()
        writer.close()

    assert answer.startswith(b"HTTP/1.0 400")
    assert caplog.text == ""


def test_an_accident_in_the_server_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw must be seen."""
    ACCIDENTS.error("Error handling request", exc_info=ZeroDivisionError())

    assert "ZeroDivisionError" in caplog.text


async def test_a_client_that_leaves_in_the_midst_of_its_body_harms_nobody() -> None:
    """Half a request is no request, even where the half that came could be read as a whole one."""
    async with FakeSlides() as fake:
        bearer = f"Authorization: Bearer {fake.give_access_token()}"
        async with RawTlsClient(fake) as client:
            head = f"POST /v1/presentations HTTP/1.1\r\nHost: x\r\n{bearer}\r\nContent-Length: 50\r\n\r\n"
            await client.send(head.encode() + b"{}")
            await until(fake.front.live)

        await until(lambda: len(fake.ledger))
        (entry,) = fake.ledger
        assert (entry.method, entry.committed) == ("presentations.create", False)
        assert list(fake.store) == []
