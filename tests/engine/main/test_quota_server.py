"""`deckstorm apply` with a quota that machines share by a Redis server."""

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from google.oauth2 import service_account

from engine.quota.subject import QuotaSubject, subject_of
from fakeslides.server import FakeSlides
from tests.support.applying import apply_beside, assert_one_message, writes_of
from tests.support.patience import until
from tests.support.plain_decks import plain_deck
from tests.support.redis_servers import running_redis
from tests.support.remote_quotas import as_if_up_for_long
from tests.support.weather import weather

SLUGGISH = weather({"kind": "http.delay", "by": "1s", "point": "before_commit"})


@pytest.mark.parametrize("says_so_by", ["option", "variable"])
async def test_shares_its_quota_through_a_server(
    replacements: Path, redis_url: str, tmp_path: Path, says_so_by: str
) -> None:
    """Runs on two machines must not write a quota's worth each."""
    env = {"SCALAPAY_WRITES_PER_MINUTE": "1", "SCALAPAY_QUOTA_USE_SHARE": "1"}
    options = ["--quota-redis", redis_url] if says_so_by == "option" else []
    if says_so_by == "variable":
        env["SCALAPAY_QUOTA_REDIS"] = redis_url
    async with FakeSlides(decks=[plain_deck("deck-a"), plain_deck("deck-b")]) as fake:
        await as_if_up_for_long(redis_url, _whose(fake))
        first = await apply_beside(
            fake, "deck-a", "--replace", replacements, *options, "--deadline", "20", env=env
        )
        second = await apply_beside(
            fake, "deck-b", "--replace", replacements, *options, "--deadline", "0.5", env=env
        )

    assert first.exit_code == 0, first.output
    assert second.exit_code == 1
    assert "TooBusy: the quota allows the last of 1 writes only after the deadline" in second.output


async def test_waits_until_its_deadline_for_a_server_that_is_lost(replacements: Path, tmp_path: Path) -> None:
    """Nobody sends more than the quota; and why nothing was sent is told, without the password."""
    async with FakeSlides(SLUGGISH, decks=[plain_deck("deck-a")]) as fake:
        with running_redis(tmp_path, "--requirepass", "s3cret") as port:
            url = f"redis://:s3cret@127.0.0.1:{port}/0"
            await as_if_up_for_long(url, _whose(fake))
            options = ["--quota-redis", url, "--deadline", "3", "--strategy", "sequential"]
            running = asyncio.create_task(apply_beside(fake, "deck-a", "--replace", replacements, *options))
            await until(lambda: fake.fault_counts()["struck"]["fired"])
        result = await running

    why = f"redis://127.0.0.1:{port}/0: the quota server cannot be reached: "
    assert (result.exit_code, len(writes_of(fake))) == (1, 1)
    assert result.stderr.startswith(f"deckstorm apply: {why}")
    assert "; nothing is sent until it is back" in result.stderr
    assert f"deadline passed while waiting for quota; {why}" in result.output
    assert "s3cret" not in result.output


async def test_a_server_that_is_not_there_is_told_of_at_once(replacements: Path, tmp_path: Path) -> None:
    """Like an API that is not there, and unlike an option that is wrong."""
    with running_redis(tmp_path) as port:
        pass
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        url = f"redis://127.0.0.1:{port}/0"
        result = await apply_beside(fake, "deck-a", "--replace", replacements, "--quota-redis", url)

    said = f"nothing was applied: QuotaServerUnreachable: {url}: the quota server cannot be reached: "
    assert result.exit_code == 1
    assert result.output.startswith(f"deckstorm apply: {said}")
    assert len(result.output.splitlines()) == 1


class TestBadInput:
    """Told before anything is edited."""

    async def test_two_places_for_one_quota(self, replacements: Path, tmp_path: Path) -> None:
        """Half of it would be noted in each; a variable may be set where nobody looks."""
        env = {"SCALAPAY_QUOTA_FILE": str(tmp_path / "quota")}

        result = await apply_beside(
            None, "deck-a", "--replace", replacements, "--quota-redis", "redis://cache", env=env
        )

        assert_one_message(result, "SCALAPAY_QUOTA_FILE and SCALAPAY_QUOTA_REDIS, do not go together")

    @pytest.mark.parametrize("url", ["cache:6379", "redis://:sec#ret@cache", "redis://cache/x?password=sec"])
    async def test_no_address_of_a_server(self, replacements: Path, url: str) -> None:
        """Told with what one looks like, and nothing of it is repeated."""
        result = await apply_beside(
            None, "deck-a", "--replace", replacements, env={"SCALAPAY_QUOTA_REDIS": url}
        )

        assert result.exit_code == 2
        assert "Invalid value for '--quota-redis'" in result.stderr
        assert "redis://HOST:PORT/NUMBER" in result.stderr
        assert "sec" not in result.output

    async def test_a_password_that_the_server_does_not_take(self, replacements: Path, tmp_path: Path) -> None:
        """Told before anything is edited, and not repeated."""
        with running_redis(tmp_path, "--requirepass", "s3cret") as port:
            url = f"redis://:wr0ng@127.0.0.1:{port}/0"
            async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
                result = await apply_beside(fake, "deck-a", "--replace", replacements, "--quota-redis", url)

        assert_one_message(result, f"redis://127.0.0.1:{port}/0: the quota server cannot be used: ")
        assert "wr0ng" not in result.output

    async def test_a_server_whose_client_is_not_installed(
        self, replacements: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The command that helps is in the message."""
        monkeypatch.setitem(sys.modules, "redis", None)
        monkeypatch.delitem(sys.modules, "engine.quota.redis_quota", raising=False)

        result = await apply_beside(
            None, "deck-a", "--replace", replacements, "--quota-redis", "redis://cache"
        )

        assert_one_message(result, "pip install 'deckstorm[redis]'")


def _whose(fake: FakeSlides) -> QuotaSubject:
    credentials = service_account.Credentials.from_service_account_file(str(fake.credentials_file))
    return subject_of(credentials, urlsplit(fake.endpoint).netloc)
