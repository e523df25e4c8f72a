"""The path of a request: in which order it is judged, and what the ledger says of it."""

import asyncio

import pytest

from fakeslides.clock import ServerClock
from fakeslides.ledger import Entry
from fakeslides.server import FakeSlides
from tests.support.fake_client import (
    create_deck,
    one_fault,
    open_session,
    post_batch,
    scenario_of,
    trust,
)
from tests.support.manual_clock import ManualClock
from tests.support.patience import until

ONE_WRITE = "server: {quota: {preset: google-default, writes_per_user: 1}}\n"


class ListeningClock(ServerClock):
    """Remembers what it was asked to wait, and hardly waits."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Note it."""
        self.slept.append(seconds)
        await super().sleep(0)


def last(fake: FakeSlides) -> Entry:
    """Return the ledger's last line."""
    return list(fake.ledger)[-1]


async def test_every_request_leaves_one_line_whatever_became_of_it() -> None:
    """What is not in the ledger cannot be audited."""
    async with FakeSlides() as fake, open_session(fake) as session:
        deck = await create_deck(session)
        await post_batch(session, deck)
        await post_batch(session, "none")
        async with session.get(f"/v1/presentations/{deck}"):
            pass

        assert [
            (entry.sequence, entry.method, entry.http_status, entry.committed) for entry in fake.ledger
        ] == [
            (0, "token", 200, False),
            (1, "presentations.create", 200, True),
            (2, "presentations.batchUpdate", 200, True),
            (3, "presentations.batchUpdate", 404, False),
            (4, "presentations.get", 200, False),
        ]
        assert last(fake).user is not None


class TestOrder:
    async def test_a_stranger_is_refused_before_anything_else(self) -> None:
        """401 comes before quota, parsing and entity, and costs no quota."""
        async with FakeSlides(scenario_of(ONE_WRITE)) as fake, open_session(fake) as session:
            for _ in range(3):
                status, _ = await post_batch(session, "none", Authorization="Bearer x")
                assert status == 401

            await create_deck(session)
            assert last(fake).http_status == 200

    async def test_quota_is_spent_before_a_body_is_read(self) -> None:
        """A broken body costs a write, and with none left it is the quota that refuses."""
        async with FakeSlides(scenario_of(ONE_WRITE)) as fake, open_session(fake) as session:
            address = "/v1/presentations/none:batchUpdate"
            statuses = []
            for _ in range(2):
                async with session.post(address, data=b"{broken") as answer:
                    statuses.append(answer.status)

            assert statuses == [400, 429]
            assert last(fake).organic == "quota"

    async def test_a_mask_that_names_what_is_not_there_is_refused_before_anything_is_written(self) -> None:
        """The write was applied and refused at once, so that whoever sent it again applied it twice."""
        async with FakeSlides() as fake, open_session(fake) as session:
            deck = await create_deck(session)
            before, address = fake.store.get(deck).revision_id, f"/v1/presentations/{deck}:batchUpdate"
            body = {"requests": [{"insertText": {"objectId": "i0", "text": "a"}}]}
            async with session.post(address, params={"fields": "replys"}, json=body) as answer:
                assert (answer.status, last(fake).committed) == (400, False)

            assert fake.store.get(deck).revision_id == before

    async def test_a_mask_chooses_what_is_answered(self) -> None:
        """Clients ask for little to save time."""
        async with FakeSlides() as fake, open_session(fake) as session:
            deck = await create_deck(session)
            async with session.get(f"/v1/presentations/{deck}?fields=presentationId") as answer:
                assert await answer.json() == {"presentationId": deck}

    async def test_quota_comes_before_faults(self) -> None:
        """A call that was never let in is not struck, and does not count as matched."""
        text = ONE_WRITE + "faults: [{id: it, often: {every: 1}, fault: {kind: api.conflict}}]"
        async with FakeSlides(scenario_of(text)) as fake, open_session(fake) as session:
            first, _ = await post_batch(session, "none")
            second, _ = await post_batch(session, "none")

            assert (first, second) == (400, 429)
            assert fake.fault_counts() == {"it": {"matched": 1, "fired": 1}}

    async def test_a_stale_revision_is_refused_and_nothing_is_applied(self) -> None:
        """The fence of every write."""
        async with FakeSlides() as fake, open_session(fake) as session:
            deck = await create_deck(session)
            body = {
                "requests": [{"deleteObject": {"objectId": "p"}}],
                "writeControl": {"requiredRevisionId": "stale"},
            }
            async with session.post(f"/v1/presentations/{deck}:batchUpdate", json=body) as answer:
                error = (await answer.json())["error"]

            assert answer.status == 400
            assert "does not match the latest revision" in error["message"]
            assert not last(fake).committed


class TestTheRaceOfTheIncident:
    async def test_the_later_of_two_overlapping_writes_is_refused(self) -> None:
        """Two writers on one presentation: one wins, the other reads the text of the incident."""
        text = "server: {latency: {fixed: 1s}, conflicts: {overlapping_writes: 100%}}"
        clock = ManualClock()
        async with FakeSlides(scenario_of(text), clock=clock) as fake, open_session(fake) as session:
            deck = fake.store.create().presentation_id
            writes = [asyncio.create_task(post_batch(session, deck)) for _ in range(2)]
            await until(lambda: len(fake.front.live()) == 2)

            await clock.advance(1.0)
            answers = [await write for write in writes]

            assert sorted(status for status, _ in answers) == [200, 400]
            [entry] = [entry for entry in fake.ledger if entry.organic]
            assert (entry.organic, entry.committed) == ("overlapping_write", False)
            assert entry.message == "Invalid requests[0].replaceAllText: This request cannot be applied"

    async def test_writers_in_turn_and_on_different_decks_do_not_race(self) -> None:
        """Serialising per presentation is the cure, and must be seen to be."""
        text = "server: {latency: {fixed: 5ms}, conflicts: {overlapping_writes: 100%}}"
        async with FakeSlides(scenario_of(text)) as fake, open_session(fake) as session:
            decks = [await create_deck(session) for _ in range(3)]

            async def write_twice(deck: str) -> list[int]:
                return [(await post_batch(session, deck))[0] for _ in range(2)]

            assert await asyncio.gather(*map(write_twice, decks)) == [[200, 200]] * 3
            assert not [entry for entry in fake.ledger if entry.organic]


class TestIdentity:
    async def test_the_engine_says_who_calls(self) -> None:
        """Draws and audit go by these headers."""
        headers = {"X-Deckstorm-Operation": "deck/slide/3", "X-Deckstorm-Attempt": "4"}
        async with FakeSlides() as fake, open_session(fake) as session:
            await post_batch(session, "none", **headers)

            assert (last(fake).identity, last(fake).attempt) == ("deck/slide/3", 4)

    async def test_a_foreign_client_is_known_by_deck_and_ordinal(self) -> None:
        """Any client in any language meets reproducible weather."""
        async with FakeSlides() as fake, open_session(fake) as session:
            for _ in range(2):
                await post_batch(session, "none")

            assert [entry.identity for entry in fake.ledger][-2:] == ["none#1", "none#2"]
            assert last(fake).attempt == 1

    async def test_a_name_that_is_no_text_does_not_spoil_the_ledger(self) -> None:
        """Its line could not be sent, and neither could any other line beside it."""
        async with FakeSlides() as fake:
            port = int(fake.endpoint.rpartition(":")[2])
            reader, writer = await asyncio.open_connection("localhost", port, ssl=trust(fake))
            writer.write(b"GET /v1/presentations/none HTTP/1.1\r\nHost: localhost\r\n")
            writer.write(b"X-Deckstorm-Operation: a\xffb\r\n\r\n")
            await reader.readline()
            writer.close()

            assert '"identity": "a?b"' in fake.ledger.as_ndjson().encode().decode()

    @pytest.mark.parametrize("attempt", ["x", "-1", "9" * 5000, "٣"])
    async def test_an_attempt_that_is_no_number_is_the_first(self, attempt: str) -> None:
        """Headers come from strangers."""
        async with FakeSlides() as fake, open_session(fake) as session:
            await post_batch(session, "none", **{"X-Deckstorm-Attempt": attempt})

            assert last(fake).attempt == 1


async def test_phases_begin_with_the_first_call_and_not_with_the_server() -> None:
    """Start-up time must not eat the first phase; getting a token is no call yet."""
    text = (
        "phases: [{name: first, for: 500ms}, {name: later, for: 1s}]\n"
        "faults: [{id: it, when: {phase: first}, often: {every: 1}, "
        "where: {method: presentations.batchUpdate}, fault: {kind: api.conflict}}]"
    )
    clock = ManualClock()
    async with FakeSlides(scenario_of(text), clock=clock) as fake, open_session(fake) as session:
        await clock.advance(0.8)  # longer than the first phase lasts
        first, _ = await post_batch(session, "none")
        await clock.advance(0.8)
        later, _ = await post_batch(session, "none")

        assert (first, later) == (400, 404)
        assert fake.fault_counts() == {"it": {"matched": 1, "fired": 1}}


async def test_an_unknown_address_is_answered_with_a_page() -> None:
    """As Google's front end does; it is no call, so the ledger has no line for it."""
    async with FakeSlides() as fake, open_session(fake) as session:
        count = len(fake.ledger)
        async with session.get("/v3/nothing") as answer:
            text = await answer.text()

        assert (answer.status, answer.content_type) == (404, "text/html")
        assert "Error 404 (Not Found)!!1" in text
        assert len(fake.ledger) == count


async def test_a_write_whose_client_left_is_committed_all_the_same() -> None:
    """A client's time-out does not stop Google; that is what makes time-outs ambiguous."""
    async with FakeSlides(scenario_of("server: {latency: {fixed: 60ms}}")) as fake:
        async with open_session(fake) as session:
            deck = await create_deck(session)
            call = asyncio.create_task(post_batch(session, deck))
            await until(fake.front.live)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        await until(lambda: last(fake).method == "presentations.batchUpdate")

        assert last(fake).committed


async def test_the_token_endpoint_can_be_struck_too() -> None:
    """Credentials fail in production as everything else does."""
    scenario = one_fault("kind: http.status, code: 500", often="every: 1", method="token")

    async with FakeSlides(scenario) as fake:
        with pytest.raises(KeyError, match="access_token"):
            async with open_session(fake):
                pass

        assert last(fake).http_status == 500


async def test_readers_wait_as_long_as_writers_and_tokens_do_not_wait() -> None:
    """Latency belongs to the API's server and not to a method."""
    clock = ListeningClock()
    scenario = scenario_of("server: {latency: {fixed: 30ms}}")

    async with FakeSlides(scenario, clock=clock) as fake, open_session(fake) as session:
        deck = await create_deck(session)
        async with session.get(f"/v1/presentations/{deck}"):
            pass

    assert clock.slept == [0.03, 0.03]


class TestWhatAWatcherSees:
    async def test_a_call_is_live_until_it_is_answered(self) -> None:
        """A stalled call has no line in the ledger yet, and must be seen all the same."""
        async with FakeSlides(one_fault("kind: http.stall")) as fake, open_session(fake) as session:
            deck = await create_deck(session)
            call = asyncio.create_task(post_batch(session, deck))
            await until(lambda: [live for live in fake.front.live() if live.verdict])
            call.cancel()
            await until(lambda: not fake.front.live())

            assert last(fake).fault == "http.stall"

    async def test_the_first_phase_waits_for_the_first_call(self) -> None:
        """Offsets count from the first API call, so a storm doesn't pass before anybody is there."""
        phases = "phases: [{name: calm, for: 1h}, {name: storm, for: 1h}]"

        async with FakeSlides(scenario_of(phases)) as fake:
            assert fake.front.phase() == "calm"

    async def test_a_scenario_without_phases_has_none(self) -> None:
        """Nothing is made up."""
        async with FakeSlides() as fake:
            assert fake.front.phase() is None
