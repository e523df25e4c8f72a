"""The server itself: what it keeps, what it does not give away, and what is said when it is of no use."""

import socket
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from random import Random
from typing import cast

import pytest
import trustme
from redis.asyncio import Redis

from engine.errors import QuotaServerError, QuotaServerUnreachable
from engine.quota import redis_quota
from engine.quota.redis_quota import RedisQuota
from engine.quota.sharing import Surroundings
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings
from tests.support.manual_clock import ManualClock
from tests.support.redis_servers import another_database, running_redis
from tests.support.remote_quotas import RemoteDoor, at_redis
from tests.support.shared_quotas import StillClock

SECRET = "p4:ss/w#rd"
IN_URL = "p4%3Ass%2Fw%23rd"


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    """Return a client of the test's own for the same database."""
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for an answer only as long as a test may."""
    monkeypatch.setattr(redis_quota, "LONGEST_ANSWER_SECONDS", 0.05)


class TestKeeping:
    async def test_time_is_the_servers_at_its_speed(self, redis_url: str, client: Redis) -> None:
        """The clocks of two machines never agree."""
        async with RedisQuota(redis_url, speed=3.0) as quota:
            before = await cast("Awaitable[tuple[int, int]]", client.time())
            seen = await quota.look("key", None)
            after = await cast("Awaitable[tuple[int, int]]", client.time())

        assert 3 * (before[0] + before[1] / 1e6) <= seen.held.now <= 3 * (after[0] + after[1] / 1e6)

    async def test_what_is_no_text_is_handed_on_as_none_that_makes_sense(
        self, redis_url: str, client: Redis
    ) -> None:
        """Its bytes were an error that nobody expected, and whoever waited for the quota was not told why."""
        await cast("Awaitable[int]", client.hset("key", mapping={"version": "1", "text": b"\xff"}))

        async with RedisQuota(redis_url) as quota:
            seen = await quota.look("key", None)

        assert seen.held.text == "\ufffd"

    async def test_keys_end_by_themselves_and_name_nobody(self, redis_url: str, client: Redis) -> None:
        """Many may read a server, and nobody tidies up there."""
        subject = QuotaSubject(
            "slides.googleapis.com/acme/lovelace@example.org", "slides.googleapis.com/acme"
        )
        async with at_redis(redis_url, StillClock(), subject) as (door,):
            await door.send()
        keys = [key async for key in client.scan_iter("*:write")]
        texts = [await cast("Awaitable[dict[str, str]]", client.hgetall(key)) for key in keys]

        assert len(keys) == 1
        assert 0 < await client.ttl(keys[0]) <= 86_400
        assert not any(
            word in f"{keys}{texts}" for word in ("lovelace", "example", "acme", "google")
        )  # no hexadecimal digits


class TestTrouble:
    async def test_a_server_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        """The address is named, and what is wrong."""
        with running_redis(tmp_path) as port:
            url = another_database(port)

        with pytest.raises(QuotaServerUnreachable, match=rf"^{url}: the quota server cannot be reached: "):
            await _open(url)

    @pytest.mark.usefixtures("impatient")
    async def test_a_server_that_says_nothing(self) -> None:
        """It is not waited for without end."""
        with (
            socket.create_server(("127.0.0.1", 0)) as mute,
            pytest.raises(QuotaServerUnreachable, match="Timeout"),
        ):
            await _open(f"redis://127.0.0.1:{mute.getsockname()[1]}")

    @pytest.mark.parametrize("who", ["", ":no-p4ss-w0rd@", f"ada:{IN_URL}@"])
    async def test_a_server_that_refuses_us(self, tmp_path: Path, who: str) -> None:
        """The password is in no error, right or wrong."""
        with running_redis(tmp_path, "--requirepass", SECRET) as port:
            with pytest.raises(QuotaServerError, match="the quota server cannot be used") as refused:
                await _open(f"redis://{who}127.0.0.1:{port}/0")
            await _open(f"redis://:{IN_URL}@127.0.0.1:{port}/0")

        said = f"{refused.value!r} {refused.value.__cause__!r}"
        assert not any(word in said for word in (SECRET, IN_URL, "no-p4ss"))

    async def test_a_server_that_may_not_be_written_to(self, tmp_path: Path) -> None:
        """Found at the start, not at the first call."""
        with (
            running_redis(tmp_path, "--min-replicas-to-write", "1") as port,
            pytest.raises(QuotaServerError, match="NOREPLICAS"),
        ):
            await _open(another_database(port))

    @pytest.mark.usefixtures("impatient")
    async def test_a_server_that_speaks_no_tls(self, redis_port: int) -> None:
        """Somebody wrote an s too many."""
        with pytest.raises(QuotaServerUnreachable, match=r"^rediss://127\.0\.0\.1"):
            await _open(f"rediss://127.0.0.1:{redis_port}/0")

    async def test_tls_is_for_a_server_that_the_system_trusts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever stands in between would learn the password."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        server = authority.issue_cert("127.0.0.1")
        server.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
        pem = str(tmp_path / "server.pem")
        options = ["--tls-auth-clients", "no", "--tls-cert-file", pem, "--tls-key-file", pem]
        with running_redis(tmp_path, *options, "--tls-ca-cert-file", pem, is_tls=True) as port:
            with pytest.raises(QuotaServerUnreachable, match="certificate"):
                await _open(f"rediss://127.0.0.1:{port}/0")
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
            await _open(f"rediss://127.0.0.1:{port}/0")

    async def test_one_that_comes_back_is_waited_for_until_nothing_counts_that_it_forgot(
        self, tmp_path: Path
    ) -> None:
        """Who asked it before need not be started again."""
        clock, subject = StillClock(), QuotaSubject("h/p/u", "h/p")
        with running_redis(tmp_path) as port:
            quota = await RedisQuota(another_database(port), speed=1e-6).__aenter__()
            door = RemoteDoor(quota, subject, EngineSettings(), clock)
            first = await door.take()
        clock.put(first)
        with running_redis(tmp_path, port=port):
            second = await door.take()
            await quota.__aexit__(None, None, None)

        # By its own clock, which hardly moves here, both servers were just started.
        assert second - first == pytest.approx(61.0, abs=0.01)


def test_what_is_no_address_is_refused_when_it_is_made() -> None:
    """Before there is an event loop."""
    with pytest.raises(ValueError, match="expected redis://"):
        RedisQuota("http://cache")


async def test_it_gives_pacers_and_is_closed_with_them(redis_url: str) -> None:
    """What they have to say is said before the connection goes."""
    around = Surroundings(ManualClock(), Random(1), lambda _: None, lambda: None)
    async with RedisQuota(redis_url) as quota:
        pacer = quota.pacer(EngineSettings(), QuotaSubject("h/p/u", "h/p"), around)

    assert pacer.held_up_by() == "quota"
    assert str(quota) == redis_url


async def _open(url: str) -> None:
    async with RedisQuota(url):
        pass
