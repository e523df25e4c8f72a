import aiohttp
import pytest

from fakeslides.server import FakeSlides


async def status_of(fake: FakeSlides, path: str, method: str = "GET", **headers: str) -> int:
    """Ask the admin port, without a token unless it is given."""
    async with (
        aiohttp.ClientSession(fake.admin_url) as session,
        session.request(method, path, headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("path", ["/", "/events", "/health"])
async def test_a_foreign_host_name_is_refused_for_the_page_too(path: str) -> None:
    """A rebound name would give a foreign page this page's origin."""
    async with FakeSlides() as fake:
        bearing = {"Authorization": f"Bearer {fake.admin_token}"}

        assert await status_of(fake, path, Host="evil.example:80", **bearing) == 403


async def test_events_are_for_those_who_bear_the_token() -> None:
    """They tell of decks and clients."""
    async with FakeSlides() as fake:
        assert await status_of(fake, "/events") == 401
        assert await status_of(fake, "/events", Authorization="Bearer wrong") == 401


async def test_everything_else_is_the_admin_apis_business() -> None:
    """The page adds to the admin port and takes nothing away."""
    async with FakeSlides() as fake:
        assert await status_of(fake, "/health", Authorization=f"Bearer {fake.admin_token}") == 200
        assert await status_of(fake, "/health") == 401


async def test_the_page_is_only_for_reading() -> None:
    """What is sent to it goes to the admin API, which refuses strangers."""
    async with FakeSlides() as fake:
        assert await status_of(fake, "/", "POST") == 401
