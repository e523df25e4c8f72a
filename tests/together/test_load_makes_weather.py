"""Weather that comes from load and not from dice: queues, shared quotas, and too many connections."""

import asyncio
from collections import Counter

import aiohttp
import pytest

from fakeslides.server import FakeSlides
from tests.support.admin_calls import ask
from tests.support.fake_client import RawTlsClient, open_session, post_batch, scenario_of
from tests.support.manual_clock import ManualClock
from tests.support.patience import until
from tests.support.struck_clients import target_of, write_by_aiohttp

FAILURES = {
    "tcp.reset": aiohttp.ClientOSError,
    "tcp.fin": aiohttp.ServerDisconnectedError,
    "tcp.blackhole": TimeoutError,
    "tls.record_corrupt": aiohttp.ClientOSError,
    "tls.alert": aiohttp.ClientOSError,
    "tls.truncate": aiohttp.ServerDisconnectedError,
    "tls.handshake_reset": aiohttp.ClientConnectorError,
    "tls.handshake_stall": TimeoutError,
    "tls.bad_certificate": aiohttp.ClientConnectorCertificateError,
    "{kind: tcp.reset, point: on_accept}": aiohttp.ClientConnectorError,
}


class TestQueue:
    async def test_calls_wait_for_a_worker_in_the_order_of_their_coming(self) -> None:
        """Two workers of a second each: of five calls at once the last is answered after three seconds."""
        clock = ManualClock()
        text = "server: {latency: {queue: {workers: 2, service: {fixed: 1s}}}}"
        async with FakeSlides(scenario_of(text), clock=clock) as fake, open_session(fake) as session:
            calls = [asyncio.create_task(post_batch(session, "none")) for _ in range(5)]
            await until(lambda: len(fake.front.live()) == 5)

            await clock.advance(3.0)
            await asyncio.gather(*calls)

        took = [entry.ended_at_seconds - entry.arrived_at_seconds for entry in fake.ledger][-5:]
        assert took == [pytest.approx(seconds, abs=0.01) for seconds in (1, 1, 2, 2, 3)]

    async def test_a_server_that_is_not_loaded_keeps_nobody_waiting(self) -> None:
        """One call after the other, each takes as long as its work."""
        clock = ManualClock()
        text = "server: {latency: {queue: {workers: 1, service: {fixed: 1s}}}}"
        async with FakeSlides(scenario_of(text), clock=clock) as fake, open_session(fake) as session:
            for _ in range(3):
                call = asyncio.create_task(post_batch(session, "none"))
                await until(fake.front.live)
                await clock.advance(1.0)
                await call

        took = [entry.ended_at_seconds - entry.arrived_at_seconds for entry in fake.ledger][-3:]
        assert took == [pytest.approx(1.0)] * 3


class TestQuotaSharedWithOthers:
    async def test_what_others_use_is_refused_to_us(self) -> None:
        """Their 597 writes a minute leave three, and the message names the project's quota."""
        quota = "{preset: google-default, count_rejected: false, others: {writes_per_minute: 597}}"
        scenario = scenario_of(f"server: {{quota: {quota}}}")
        clock = ManualClock()
        async with FakeSlides(scenario, clock=clock) as fake, open_session(fake) as session:
            answers = [await post_batch(session, "none") for _ in range(5)]

        assert [status for status, _ in answers] == [404, 404, 404, 429, 429]
        assert "'Write requests per minute' of service" in str(answers[-1][1])

    async def test_the_windows_are_shown_as_they_fill(self) -> None:
        """Whoever watches sees the others' calls beside ours."""
        scenario = scenario_of("server: {quota: {preset: google-default, others: {writes_per_minute: 100}}}")
        async with FakeSlides(scenario, clock=ManualClock()) as fake, open_session(fake) as session:
            await post_batch(session, "none")
            metrics = (await ask(fake, "GET", "/metrics")).text

        assert 'fakeslides_quota_used{kind="write",scope="project",user=""} 101\n' in metrics
        assert 'fakeslides_quota_used{kind="read",scope="project",user=""}' not in metrics


class TestMoreConnectionsThanThereMayBe:
    @pytest.mark.parametrize(("beyond", "failure"), FAILURES.items(), ids=FAILURES)
    async def test_the_one_too_many_fails_as_chosen_and_the_others_do_not(
        self, beyond: str, failure: type[Exception]
    ) -> None:
        """Exhausted pools fail in many ways; a scenario says in which."""
        text = f"server: {{connections: {{at_most: 1, beyond: {beyond}}}}}"
        async with FakeSlides(scenario_of(text)) as fake:
            target = target_of(fake)
            alone = await write_by_aiohttp(target, is_in_vain=False)
            await until(lambda: not fake._roster.live_count)
            async with RawTlsClient(fake):
                outcome = await write_by_aiohttp(target, is_in_vain=failure is TimeoutError)

        assert alone == 200
        assert isinstance(outcome, failure)
        struck = [entry for entry in fake.ledger if entry.organic]
        assert [(entry.organic, entry.rule_id, entry.committed) for entry in struck] == [
            ("connection_limit", None, False)
        ]
        assert struck[0].fault in beyond

    async def test_one_that_is_only_slowed_down_is_served(self) -> None:
        """A delay in the handshake is a failure for the impatient alone."""
        beyond = "{kind: tls.handshake_delay, by: 1ms}"
        text = f"server: {{connections: {{at_most: 1, beyond: {beyond}}}}}"
        async with FakeSlides(scenario_of(text)) as fake:
            target = target_of(fake)
            async with RawTlsClient(fake):
                outcome = await write_by_aiohttp(target, is_in_vain=False)

        assert outcome == 200
        assert [entry.fault for entry in fake.ledger if entry.organic] == ["tls.handshake_delay"]

    async def test_a_rule_that_strikes_a_connection_comes_before_the_limit(self) -> None:
        """At most one fault strikes, and a rule is more than a circumstance."""
        text = (
            "server: {connections: {at_most: 1, beyond: tls.handshake_stall}}\n"
            "faults: [{id: it, often: {every: 1}, fault: {kind: tls.handshake_reset}, limit: {total: 1},"
            " where: {connection: 2}}]"
        )
        async with FakeSlides(scenario_of(text)) as fake:
            target = target_of(fake)
            async with RawTlsClient(fake):
                outcome = await write_by_aiohttp(target, is_in_vain=False)

        assert isinstance(outcome, aiohttp.ClientConnectorError)
        assert Counter(entry.organic for entry in fake.ledger) == {None: 1}


async def test_conflicts_come_from_real_overlap_and_go_when_the_weather_is_replaced() -> None:
    """Two writers at once race; under a scenario without the race they do not."""
    racing = "server: {latency: {fixed: 1s}, conflicts: {overlapping_writes: 100%}}"
    peaceful = "version: 1\npromise: p\nserver: {latency: {fixed: 1s}}"
    clock = ManualClock()
    async with FakeSlides(scenario_of(racing), clock=clock) as fake, open_session(fake) as session:
        deck = target_of(fake).presentation_id

        async def write_twice_at_once() -> list[int]:
            writes = [asyncio.create_task(post_batch(session, deck)) for _ in range(2)]
            await until(lambda: len(fake.front.live()) == 2)
            await clock.advance(1.0)
            return sorted([(await write)[0] for write in writes])

        raced = await write_twice_at_once()
        await ask(fake, "PUT", "/scenario", peaceful)
        calm = await write_twice_at_once()

    assert (raced, calm) == ([200, 400], [200, 200])
