import json
from collections.abc import AsyncIterator

import pytest

from fakeslides.scenario.loader import parse_scenario
from fakeslides.server import FakeSlides
from tests.support.admin_calls import ask
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch

SCENARIO = one_fault("kind: http.status, code: 503")


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlides]:
    """Return a running fake with a rule that strikes once."""
    async with FakeSlides(SCENARIO) as running:
        yield running


async def test_tells_of_health_rules_and_stats(fake: FakeSlides) -> None:
    """A harness asks for these before and after each run."""
    health, faults, stats = [
        (await ask(fake, "GET", page)).document for page in ("/health", "/faults", "/stats")
    ]

    assert health == {"status": "ok"}
    assert faults == {"it": {"matched": 0, "fired": 0}}
    assert set(stats) == {"cpu_seconds", "calls_under_way", "connections_peak", "handshakes"}


async def test_the_ledger_is_one_json_object_per_line(fake: FakeSlides) -> None:
    """It is read line by line, and long."""
    async with open_session(fake) as session:
        deck = await create_deck(session)
        await post_batch(session, deck, **{"X-Deckstorm-Operation": "op", "X-Deckstorm-Attempt": "2"})

    answer = await ask(fake, "GET", "/ledger")
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
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

    shown, missing = (
        await ask(fake, "GET", f"/presentations/{deck}"),
        await ask(fake, "GET", "/presentations/no"),
    )

    assert (shown.status, shown.document["presentationId"]) == (200, deck)
    assert (missing.status, missing.document) == (404, {"error": "Requested entity was not found."})


async def test_every_rule_is_told_with_what_it_did_and_what_was_expected(fake: FakeSlides) -> None:
    """Zero of an expected strike is the news that matters most."""
    rule = {
        "id": "never",
        "often": {"count": 1},
        "fault": {"kind": "tcp.reset"},
        "expect_fired": {"at_least": 2},
    }
    await ask(fake, "PUT", "/scenario", {"version": 1, "promise": "p", "faults": [rule]})
    injected = {"fault": {"kind": "tcp.reset"}, "for": "60s"}
    fault_id = (await ask(fake, "POST", "/faults", injected)).document["id"]

    lines = [json.loads(line) for line in (await ask(fake, "GET", "/fired")).text.splitlines()]

    assert lines == [
        {"id": "never", "matched": 0, "fired": 0, "expected_at_least": 2, "is_active": True},
        {"id": fault_id, "matched": 0, "fired": 0, "expected_at_least": 0, "is_active": True},
    ]


async def test_metrics_are_in_the_format_that_prometheus_reads(fake: FakeSlides) -> None:
    """A dashboard can be pointed at the fake."""
    async with open_session(fake) as session:
        await create_deck(session)

    answer = await ask(fake, "GET", "/metrics")

    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'fakeslides_requests_total{method="presentations.create",status="200"} 1\n' in answer.text


class TestScenario:
    async def test_is_told_with_its_revision_and_can_be_read_in_again(self, fake: FakeSlides) -> None:
        """Whoever changes it for a while must be able to put it back."""
        answer = await ask(fake, "GET", "/scenario")

        assert (answer.document["revision"], answer.headers["ETag"]) == (1, '"1"')
        assert parse_scenario(json.dumps(answer.document["scenario"])) == SCENARIO

    async def test_is_a_file_for_those_who_want_yaml(self, fake: FakeSlides) -> None:
        """What a person found out by trying can become a scenario that stays."""
        answer = await ask(fake, "GET", "/scenario", Accept="application/yaml")

        assert answer.headers["Content-Type"].startswith("application/yaml")
        assert parse_scenario(answer.text) == SCENARIO
