from collections.abc import AsyncIterator

import pytest

from fakeslides.server import FakeSlides
from tests.support.admin_calls import ask


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlides]:
    """Return a running fake."""
    async with FakeSlides() as running:
        yield running


@pytest.mark.parametrize("path", ["/nowhere", "/presentations/", "/presentations", "/health/x"])
async def test_other_addresses_are_not_there(fake: FakeSlides, path: str) -> None:
    """A wrong address is told, with those that are right."""
    answer = await ask(fake, "GET", path)

    assert answer.status == 404
    assert answer.document["error"].startswith(f"no such page: {path}; known here: /health, ")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/health", "GET"), ("GET", "/reset", "POST"), ("DELETE", "/scenario", "GET, PUT")],
)
async def test_a_method_that_an_address_does_not_know_is_refused_with_those_it_does(
    fake: FakeSlides, method: str, path: str, allowed: str
) -> None:
    """Whoever got the verb wrong is one line from the right one."""
    answer = await ask(fake, method, path)

    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert answer.document == {"error": f"{method} is not allowed here; use {allowed}"}


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/reset", "/scenario"])
async def test_a_stranger_learns_nothing_and_changes_nothing(fake: FakeSlides, path: str) -> None:
    """Any program on the machine can reach loopback; not even what exists is told to it."""
    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = await ask(fake, method, path, "version: 1", Authorization="Bearer wrong")

        assert answer.status == 401
        assert answer.document == {"error": "give the admin token as `Authorization: Bearer TOKEN`"}

    assert fake.weather.revision == 1


async def test_a_foreign_host_name_is_refused_even_with_the_token(fake: FakeSlides) -> None:
    """A web page can have its name resolve to 127.0.0.1, but its requests still carry the name."""
    answer = await ask(fake, "POST", "/reset", Host="evil.example:80")

    assert (answer.status, answer.document) == (
        403,
        {"error": "the Host header must name 127.0.0.1 or localhost"},
    )
