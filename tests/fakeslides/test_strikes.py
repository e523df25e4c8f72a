import aiohttp
import pytest

from fakeslides.server import FakeSlides
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch, scenario_of
from tests.support.struck_clients import target_of, write_by_aiohttp

FENCED = {"requests": [{"replaceAllText": {"containsText": {"text": "a"}, "replaceText": "b"}}]}


class TestSomebodyElseEdits:
    async def test_a_write_that_insists_on_its_revision_is_refused_and_both_edits_are_in_the_ledger(
        self,
    ) -> None:
        """The fence of a careful client must hold against edits that come by no API."""
        async with FakeSlides(one_fault("kind: api.stale_revision")) as fake, open_session(fake) as session:
            deck = await create_deck(session)
            read = fake.store.get(deck).revision_id
            body = FENCED | {"writeControl": {"requiredRevisionId": read}}
            async with session.post(f"/v1/presentations/{deck}:batchUpdate", json=body) as answer:
                status = answer.status

            *_, edit, write = fake.ledger
            assert status == 400
            assert (edit.method, edit.committed, edit.identity) == ("collaborator.edit", True, None)
            assert (edit.revision_before, edit.presentation_id) == (read, deck)
            assert (write.fault, write.committed, write.http_status) == ("api.stale_revision", False, 400)

    async def test_a_write_to_no_presentation_is_told_so(self) -> None:
        """Nobody else can edit it either."""
        async with FakeSlides(one_fault("kind: api.stale_revision")) as fake, open_session(fake) as session:
            status, _ = await post_batch(session, "none")

            assert status == 404
            assert [entry.method for entry in fake.ledger if entry.committed] == []


class TestTokensRevokedEarly:
    async def test_every_later_call_with_it_is_refused_too_and_says_why_in_the_ledger(self) -> None:
        """A revoked token does not come back; a report must not call its refusals unexplained."""
        async with FakeSlides(one_fault("kind: api.unauthenticated")) as fake:
            target = target_of(fake)

            statuses = [await write_by_aiohttp(target, is_in_vain=False) for _ in range(2)]
            fresh = await write_by_aiohttp(target_of(fake), is_in_vain=False)

            assert (statuses, fresh) == ([401, 401], 200)
            first, second, third = fake.ledger
            assert (first.rule_id, first.organic) == ("it", None)
            assert (second.rule_id, second.organic) == (None, "revoked_token")
            assert third.organic is None

    async def test_a_token_in_the_query_lets_in_and_is_taken_away_like_any(self) -> None:
        """As Google's discovery document has it."""
        sick = one_fault("kind: api.unauthenticated", method="presentations.get")
        async with FakeSlides(sick) as fake, open_session(fake) as session:
            deck = await create_deck(session)
            taken, other = fake.give_access_token(), fake.give_access_token()
            async with aiohttp.ClientSession(connector=session.connector, connector_owner=False) as stranger:
                address, statuses = f"{fake.endpoint}/v1/presentations/{deck}", []
                for token in (taken, taken, other):
                    async with stranger.get(address, params={"access_token": token}) as answer:
                        statuses.append(answer.status)

            assert statuses == [401, 401, 200]
            assert [entry.organic for entry in fake.ledger][-3:] == [None, "revoked_token", None]


class TestOneFaultAtMost:
    async def test_a_call_struck_as_it_arrived_meets_nothing_later(self) -> None:
        """Two faults at once would leave nobody to blame."""
        text = (
            "faults: [{id: late, often: {every: 1}, fault: {kind: api.conflict}},"
            " {id: early, often: {every: 1}, fault: {kind: http.delay, by: 1ms, point: before_request_read}}]"
        )
        async with FakeSlides(scenario_of(text)) as fake:
            assert await write_by_aiohttp(target_of(fake), is_in_vain=False) == 200

            assert fake.fault_counts() == {
                "early": {"matched": 1, "fired": 1},
                "late": {"matched": 0, "fired": 0},
            }


class TestRulesSeeTheWholeCall:
    @pytest.mark.parametrize(
        ("where", "is_struck"),
        [
            ("request: replaceAllText", True),
            ("request: insertText", False),
            ("user: some*", True),
            ("user: nobody", False),
            ("header: {content-type: '*json*'}", True),
            ("connection: 1", True),
            ("connection: 2", False),
        ],
    )
    async def test_a_rule_looks_where_it_says(self, where: str, *, is_struck: bool) -> None:
        """What a rule may ask must have been told to it."""
        text = f"faults: [{{id: it, where: {{{where}}}, often: {{every: 1}}, fault: {{kind: api.conflict}}}}]"

        async with FakeSlides(scenario_of(text)) as fake:
            status = await write_by_aiohttp(target_of(fake), is_in_vain=False)

            assert (status == 400) is is_struck
