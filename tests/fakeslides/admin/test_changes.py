import asyncio
import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest

from fakeslides.server import FakeSlides
from tests.support.admin_calls import ask
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch, scenario_of
from tests.support.manual_clock import ManualClock
from tests.support.patience import until
from tests.support.plain_decks import plain_deck

PHASES = "phases: [{name: calm, for: 10s}, {name: storm, for: 10s}, {name: recovery, for: 10s}]"
STORM = """
version: 1
promise: writes fail in the storm
faults: [{id: it, often: {every: 1}, fault: {kind: http.status, code: 503}}]
"""


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlides]:
    """Return a running fake whose scenario has phases and no faults."""
    async with FakeSlides(scenario_of(PHASES)) as running:
        yield running


async def status_of_a_write(session: aiohttp.ClientSession, deck: str = "none") -> int:
    """Send a batch; 404 means that nothing was in its way."""
    return (await post_batch(session, deck))[0]


class TestReplacingTheScenario:
    async def test_the_next_call_meets_the_new_one(self, fake: FakeSlides) -> None:
        """A client under test need not reconnect."""
        async with open_session(fake) as session:
            before = await status_of_a_write(session)
            answer = await ask(fake, "PUT", "/scenario", STORM)
            after = await status_of_a_write(session)

        assert (before, answer.status, answer.document, after) == (404, 200, {"revision": 2}, 503)

    async def test_one_that_is_wrong_changes_nothing_at_all(self, fake: FakeSlides) -> None:
        """Half a scenario would be weather that nobody wrote."""
        before = (await ask(fake, "GET", "/scenario")).text

        answer = await ask(fake, "PUT", "/scenario", STORM + "serverr: {}\nseed: x\n")

        assert answer.status == 400
        assert len(answer.document["problems"]) == 2
        assert "serverr: is not a known key; did you mean server?" in answer.document["error"]
        assert (await ask(fake, "GET", "/scenario")).text == before

    async def test_every_call_meets_one_scenario_or_the_other(self, fake: FakeSlides) -> None:
        """Replaced in full traffic, and what was struck is what the rules say they struck."""
        calm = "version: 1\npromise: calm\n"
        async with open_session(fake) as session:
            calls = [asyncio.create_task(status_of_a_write(session)) for _ in range(40)]
            for scenario in (STORM, calm, STORM, calm, STORM):
                assert (await ask(fake, "PUT", "/scenario", scenario)).status == 200
            statuses = [*await asyncio.gather(*calls), await status_of_a_write(session)]

        assert set(statuses) <= {404, 503}
        assert statuses[-1] == 503
        assert fake.fault_counts()["it"]["fired"] == statuses.count(503)

    async def test_who_read_another_revision_is_told_so(self, fake: FakeSlides) -> None:
        """Two people at one server must not undo each other unawares."""
        first = await ask(fake, "PUT", "/scenario", STORM, **{"If-Match": '"1"'})
        second = await ask(fake, "PUT", "/scenario", STORM, **{"If-Match": '"1"'})

        assert (first.status, second.status) == (200, 412)
        assert second.document["error"] == 'the scenario\'s revision is 2 by now, not "1"; read it again'
        assert fake.weather.revision == 2

    async def test_who_leaves_out_the_quotes_is_told_so(self, fake: FakeSlides) -> None:
        """The answer was that the revision is 1 by now, not 1."""
        answer = await ask(fake, "PUT", "/scenario", STORM, **{"If-Match": "1"})

        assert answer.status == 400
        assert answer.document["error"] == (
            'If-Match: 1 is not in quotes; write it as the ETag was given, like "1"'
        )
        assert fake.weather.revision == 1

    async def test_pace_and_connection_limit_change_along(self, fake: FakeSlides) -> None:
        """They belong to the scenario like everything else."""
        await ask(
            fake, "PUT", "/scenario",
            "version: 1\npromise: p\ntime_scale: 0.000001\n"
            "server: {connections: {at_most: 1, beyond: tcp.reset}, latency: {fixed: 1h}}",
        )  # fmt: skip

        async with open_session(fake) as session:
            assert await status_of_a_write(session) == 404  # an hour of latency has passed
            with pytest.raises(aiohttp.ClientError):
                await asyncio.gather(*(status_of_a_write(session) for _ in range(2)))


class TestPhases:
    async def test_can_be_advanced_and_chosen(self, fake: FakeSlides) -> None:
        """Nobody wants to wait for the storm."""
        advanced = await ask(fake, "POST", "/phase", {"advance": True})
        chosen = await ask(fake, "POST", "/phase", {"to": "recovery"})

        assert (advanced.document, chosen.document) == ({"phase": "storm"}, {"phase": "recovery"})
        assert fake.front.phase() == "recovery"

    async def test_a_phase_that_is_not_there_is_refused(self, fake: FakeSlides) -> None:
        """The answer names those that are."""
        unknown = await ask(fake, "POST", "/phase", {"to": "strom"})
        await ask(fake, "POST", "/phase", {"to": "recovery"})
        beyond = await ask(fake, "POST", "/phase", {"advance": True})

        assert (unknown.status, beyond.status) == (400, 400)
        assert unknown.document["error"] == "there is no phase 'strom'; known here: calm, storm, recovery"
        assert beyond.document["error"].startswith("'recovery' is the last phase")


class TestInjecting:
    async def test_a_fault_strikes_until_it_is_taken_back(self, fake: FakeSlides) -> None:
        """Counted under the id that it was given."""
        order = {"fault": {"kind": "http.status", "code": 503}, "for": "60s"}
        async with open_session(fake) as session:
            made = await ask(fake, "POST", "/faults", order)
            struck = await status_of_a_write(session)
            ended = await ask(fake, "DELETE", made.headers["Location"])
            after = await status_of_a_write(session)

        assert (made.status, struck, ended.status, after) == (201, 503, 200, 404)
        assert fake.fault_counts() == {made.document["id"]: {"matched": 1, "fired": 1}}

    async def test_a_fault_ends_by_itself_when_its_time_is_over(self) -> None:
        """Whoever injected it may have gone home."""
        clock = ManualClock()
        async with FakeSlides(clock=clock) as fake, open_session(fake) as session:
            order = {"fault": {"kind": "http.status", "code": 503}, "for": "5s"}
            made = await ask(fake, "POST", "/faults", order)

            statuses = []
            for _ in range(2):
                statuses.append(await status_of_a_write(session))
                await clock.advance(5.0)
            gone = await ask(fake, "DELETE", made.headers["Location"])

        assert statuses == [503, 404]
        assert (gone.status, gone.document["error"]) == (
            404,
            f"no injected fault '{made.document['id']}'; it is over, or never was",
        )

    async def test_one_that_is_taken_back_refuses_no_connection_any_more(self) -> None:
        """The test after the one that injected it would meet it."""
        async with FakeSlides(clock=ManualClock()) as fake:
            order = {"fault": {"kind": "tcp.refuse", "for": "1h"}, "for": "60s"}
            made = await ask(fake, "POST", "/faults", order)
            refused = [await is_refused(fake) for _ in range(2)]

            await ask(fake, "DELETE", made.headers["Location"])

            assert (refused, await is_refused(fake)) == ([True, True], False)

    async def test_what_other_rules_do_goes_on(self) -> None:
        """The scenario's weather is nobody's to take back in passing."""
        refusing = scenario_of("faults: [{id: it, often: {count: 1}, fault: {kind: tcp.refuse, for: 1h}}]")
        async with FakeSlides(refusing, clock=ManualClock()) as fake:
            made = await ask(fake, "POST", "/faults", {"fault": {"kind": "tcp.fin"}, "for": "60s"})
            assert await is_refused(fake)

            answers = [await ask(fake, "DELETE", at) for at in (made.headers["Location"], "/faults/it")]

            assert [each.status for each in answers] == [200, 404]
            assert await is_refused(fake)

    async def test_one_that_is_taken_back_strikes_no_silence_any_more(self) -> None:
        """A connection that was kept alive would end long after the fault."""
        clock = ManualClock()
        async with FakeSlides(clock=clock) as fake:
            order = {"fault": {"kind": "tcp.idle_reset", "after": "2s"}, "for": "60s"}
            made = await ask(fake, "POST", "/faults", order)
            async with open_session(fake) as session:
                await ask(fake, "DELETE", made.headers["Location"])
                await clock.advance(3.0)
                assert await status_of_a_write(session) == 404

            assert fake.fault_counts() == {made.document["id"]: {"matched": 1, "fired": 0}}
            assert fake.connection_counts()["handshakes"] == 1

    async def test_a_bad_order_injects_nothing(self, fake: FakeSlides) -> None:
        """The words are those of a scenario file."""
        answer = await ask(
            fake, "POST", "/faults", {"fault": {"kind": "tcp.reset"}, "often": {"rate": 5}, "for": "5s"}
        )

        assert (answer.status, answer.document["error"]) == (
            400,
            "often.rate: '5' is not a share; write it in percent, like 5%",
        )
        assert (await ask(fake, "GET", "/faults")).document == {}

    async def test_connections_can_be_struck_too(self, fake: FakeSlides) -> None:
        """A fault at accept is decided long before there is a call."""
        order = {"fault": {"kind": "tcp.reset", "point": "on_accept"}, "for": "60s"}
        await ask(fake, "POST", "/faults", order)

        with pytest.raises(aiohttp.ClientError):
            async with open_session(fake):
                pass


async def test_reset_goes_back_to_the_start() -> None:
    """One server serves many tests, and none may see what another one did."""
    deck = plain_deck()
    async with (
        FakeSlides(one_fault("kind: api.conflict"), decks=[deck]) as fake,
        open_session(fake) as session,
    ):
        first_revision = fake.store.get(deck.presentation_id).revision_id
        await ask(fake, "POST", "/faults", {"fault": {"kind": "http.status", "code": 503}, "for": "60s"})
        created = await create_deck_in_spite_of_it(fake, session)
        for _ in range(2):
            await post_batch(session, deck.presentation_id)
        assert fake.store.get(deck.presentation_id).revision_id != first_revision

        answer = await ask(fake, "POST", "/reset")

        assert answer.status == 200
        assert (len(fake.ledger), fake.fault_counts()) == (0, {"it": {"matched": 0, "fired": 0}})
        assert [each.presentation_id for each in fake.store] == [deck.presentation_id]
        assert created != deck.presentation_id
        assert fake.store.get(deck.presentation_id).revision_id == first_revision
        assert (await post_batch(session, deck.presentation_id))[0] == 400  # the rule's first strike, again


async def test_no_fault_of_before_a_reset_goes_on_after_it() -> None:
    """A port would refuse, and a connection end in its sleep, in the midst of the next test."""
    clock = ManualClock()
    text = "faults: [{id: it, often: {count: 1}, fault: {kind: tcp.idle_reset, after: 2s}}]"
    async with FakeSlides(scenario_of(text), clock=clock) as fake, open_session(fake) as session:
        order = {"fault": {"kind": "tcp.refuse", "for": "1h"}, "for": "60s"}
        await ask(fake, "POST", "/faults", order)
        assert [await is_refused(fake) for _ in range(2)] == [True, True]

        await ask(fake, "POST", "/reset")
        await clock.advance(3.0)

        assert await status_of_a_write(session) == 404
        assert fake.fault_counts() == {"it": {"matched": 0, "fired": 0}}
        assert not await is_refused(fake)


async def test_no_call_of_before_a_reset_reaches_the_decks_after_it() -> None:
    """A write that was held up would land in the next test's deck."""
    deck, clock = plain_deck(), ManualClock()
    slow = scenario_of("server: {latency: {fixed: 10s}}")
    async with FakeSlides(slow, decks=[deck], clock=clock) as fake, open_session(fake) as session:
        held_up = asyncio.create_task(post_batch(session, deck.presentation_id))
        await until(fake.front.live)

        await ask(fake, "POST", "/reset")
        revision_id = fake.store.get(deck.presentation_id).revision_id
        await clock.advance(20.0)

        with pytest.raises(aiohttp.ClientError):
            await held_up
        assert fake.store.get(deck.presentation_id).revision_id == revision_id
        assert len(fake.ledger) == 0


async def test_gives_out_a_token_to_whoever_cannot_sign_for_one(fake: FakeSlides) -> None:
    """Node's library asks nobody but Google, and curl cannot sign at all."""
    token = (await ask(fake, "POST", "/token")).document["access_token"]

    trusting = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(fake.ca_file)))
    bearer = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(fake.endpoint, connector=trusting, headers=bearer) as session:
        status = await status_of_a_write(session)

    assert status == 404  # let in, and there is no such deck


async def is_refused(fake: FakeSlides) -> bool:
    """Say whether a new connection comes to nothing."""
    try:
        async with open_session(fake):
            return False
    except aiohttp.ClientConnectorError:
        return True


async def create_deck_in_spite_of_it(fake: FakeSlides, session: aiohttp.ClientSession) -> str:
    """End every injected fault, and create a deck."""
    for each in list(fake.fault_counts()):
        await ask(fake, "DELETE", f"/faults/{each}")
    return await create_deck(session)
