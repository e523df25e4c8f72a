"""What the fake tells a person when it begins, and when it ends."""

from pathlib import Path

import pytest

from fakeslides.greeting import Introduction, farewell
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from tests.support.fake_client import scenario_of

PHASES = "phases: [{name: storm, for: 70s}, {name: recovery, for: 60s}]"


def text_for(scenario: Scenario, *presentations: str) -> str:
    """Return the introduction to a fake with this weather and these decks."""
    introduction = Introduction(
        endpoint="https://localhost:1",
        ca_file=Path("/ca.pem"),
        credentials_file=Path("/key.json"),
        access_token="ya29.it",
        presentations=presentations,
        admin_url="http://127.0.0.1:2",
        admin_token="secret",
        page_url="http://127.0.0.1:2/#token=secret",
    )
    return introduction.as_text(scenario)


def entry(method: str = "presentations.batchUpdate", status: int | None = 200, **details: object) -> Entry:
    """Return a line of the ledger."""
    blank = Entry(0, 0.0, 0.0, 1, method, "deck", "user", "op", 1, status)
    return Entry(**{name: getattr(blank, name) for name in Entry.__slots__} | details)


class TestIntroduction:
    def test_curl_and_node_get_a_token_that_is_ready_to_use(self) -> None:
        """They cannot sign for one, and were told to have one of their own."""
        text = text_for(scenario_of(""), "deck")

        assert '/v1/presentations/deck \\\n    -H "Authorization: Bearer ya29.it"' in text
        assert 'an edit wants -H "Content-Type: application/json"' in text
        assert 'setCredentials({access_token: "ya29.it"})' in text

    def test_says_in_seconds_of_the_person_when_the_weather_changes(self) -> None:
        """A storm of 70 s that is over after 3.5 s of one's own looks like no storm at all."""
        text = text_for(scenario_of(f"time_scale: 1/20\n{PHASES}"))

        assert "from the first call on: storm for 3.5 s, then recovery" in text
        assert "its clock runs 20 times as fast as yours; with --time-scale 1 it does not" in text

    def test_says_nothing_of_a_clock_that_runs_like_anybodys(self) -> None:
        """What is as expected needs no line."""
        text = text_for(scenario_of(PHASES))

        assert "storm for 70 s, then recovery" in text
        assert "clock" not in text

    @pytest.mark.parametrize(
        ("count", "said"),
        [(0, "none yet; create one"), (5, "deck-4\n"), (24, "deck-4\n                   and 19 more;")],
    )
    def test_lists_as_many_decks_as_fit_a_glance(self, count: int, said: str) -> None:
        """Twenty-four ids pushed all else off the screen."""
        text = text_for(scenario_of(""), *(f"deck-{number}" for number in range(count)))

        assert said in text
        assert "deck-5" not in text


class TestFarewell:
    def test_counts_calls_answers_and_writes(self) -> None:
        """Whoever tried a client wants to know what came of it."""
        entries = [
            entry("presentations.get"),
            entry(committed=True),
            entry(committed=True, status=None, fault="tcp.reset"),
            entry(status=503, fault="http.status"),
        ]

        text = farewell(entries, {})

        assert "calls     3 x presentations.batchUpdate, 1 x presentations.get\n" in text
        assert "answers   2 x 200, 1 x 503, 1 x none\n" in text
        assert "writes    2 committed, 1 of them in calls that a fault struck: did the client know?" in text

    def test_tells_of_every_rule_how_often_it_struck(self) -> None:
        """One that never did is the first thing to ask about when a client survives."""
        counts = {"late": {"matched": 9, "fired": 0}, "reset": {"matched": 7, "fired": 2}}

        text = farewell([entry()], counts)

        assert "fault     late   struck 0 of 9 calls it looked at\n" in text
        assert text.endswith("fault     reset  struck 2 of 7 calls it looked at")

    def test_a_client_that_never_got_to_a_call_is_not_told_as_a_success(self) -> None:
        """Most often it trusts another authority, or calls another address."""
        rules = {"late": {"matched": 0, "fired": 0}}

        assert farewell([], rules) == "\nNo call of the API came."

    def test_an_edit_of_a_collaborator_is_none_of_the_client_s(self) -> None:
        """It was told of as a write in a call that got no answer: did the client know?"""
        text = farewell([entry(), entry("collaborator.edit", None, committed=True)], {})

        assert "calls     1 x presentations.batchUpdate\n" in text
        assert "answers   1 x 200\n" in text
        assert text.endswith("writes    0 committed")

    def test_connections_that_were_struck_before_a_call_are_no_calls(self) -> None:
        """They have lines of their own in the ledger."""
        text = farewell([entry("connection", None)], {"refuse": {"matched": 1, "fired": 1}})

        assert "calls     none\n" in text
        assert "fault     refuse  struck 1 of 1 calls it looked at" in text
