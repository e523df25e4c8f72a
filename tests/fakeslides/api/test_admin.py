import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from fakeslides.server import FakeSlides
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlides]:
    """Return a running fake with a rule that strikes once."""
    async with FakeSlides(one_fault("kind: http.status, code: 503")) as running:
        yield running


async def get(fake: FakeSlides, path: str, **headers: str) -> tuple[int, str]:
    """Ask the admin API; return status and text."""
    headers = {"Authorization": f"Bearer {fake.admin_token}"} | headers
    async with (
        aiohttp.ClientSession() as session,
        session.get(fake.admin_url + path, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_tells_of_health_rules_and_stats(fake: FakeSlides) -> None:
    """A harness asks for these before and after each run."""
    health, faults, stats = [
        json.loads((await get(fake, page))[1]) for page in ("/health", "/faults", "/stats")
    ]

    assert health == {"status": "ok"}
    assert faults == {"it": {"matched": 0, "fired": 0}}
    assert set(stats) == {"cpu_seconds", "connections_peak", "handshakes"}


async def test_the_ledger_is_one_json_object_per_line(fake: FakeSlides) -> None:
    """It is read line by line, and long."""
    async with open_session(fake) as session:
        deck = await create_deck(session)
        await post_batch(session, deck, **{"X-Deckstorm-Operation": "op", "X-Deckstorm-Attempt": "2"})

    lines = [json.loads(line) for line in (await get(fake, "/ledger"))[1].splitlines()]

    assert [line["method"] for line in lines] == [
        "token",
        "presentations.create",
        "presentations.batchUpdate",
    ]
    assert (lines[2]["identity"], lines[2]["attempt"], lines[2]["rule_id"]) == ("op", 2, "it")


async def test_shows_a_deck_outside_of_quota_and_faults(fake: FakeSlides) -> None:
    """The audit must not be struck by the weather it audits."""
    async with open_session(fake) as session:
        deck = await create_deck(session)

    status, text = await get(fake, f"/presentations/{deck}")
    missing, _ = await get(fake, "/presentations/none")

    assert (status, json.loads(text)["presentationId"]) == (200, deck)
    assert missing == 404


@pytest.mark.parametrize("page", ["/nowhere", "/presentations/"])
async def test_other_pages_are_not_there(fake: FakeSlides, page: str) -> None:
    """A wrong address is told."""
    assert (await get(fake, page))[0] == 404


async def test_refuses_a_request_without_its_token(fake: FakeSlides) -> None:
    """Any program on the machine can reach loopback."""
    for header in ("", "Bearer wrong", f"Basic {fake.admin_token}", "Bearer é"):
        assert (await get(fake, "/health", Authorization=header))[0] == 401


async def test_refuses_a_foreign_host_name(fake: FakeSlides) -> None:
    """A web page can have its name resolve to 127.0.0.1, but its requests still carry the name."""
    assert (await get(fake, "/health", Host="evil.example:80"))[0] == 403


async def test_refuses_to_be_written_to(fake: FakeSlides) -> None:
    """Nothing can be changed here."""
    headers = {"Authorization": f"Bearer {fake.admin_token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(fake.admin_url + "/health", headers=headers) as answer,
    ):
        assert answer.status == 405
