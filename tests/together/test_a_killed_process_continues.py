"""A process that was killed at any point goes on where it was: nothing is lost, doubled or told wrongly."""

import json
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fakeslides.decks.deck import Deck
from fakeslides.scenario.loader import find_scenario, load_scenario
from fakeslides.server import FakeSlides
from loadtests.audit import audit
from loadtests.expectation import edits_of, expected_texts, texts_of
from loadtests.measurements import Document, OperationRow
from loadtests.swarm.episode import live_through
from loadtests.swarm.profile import swarm_profile
from tests.support.command_runs import DECK, Client
from tests.support.killed_clients import POINTS
from tests.support.plain_decks import plain_deck

# Applied twice, the first of them shows; no text of a deck tells the second from what stood there before.
EDITS = {"go": "go go", "{{price}}": "12 €"}
ONCE = {"begun", "close"}
# `make simulate` tries thousands, each with the whims that these have.
SEEDS_COUNT, SEEDS_AT_ONCE = 100, 50


def _passages(point: str) -> list[int]:
    """Return at which of its passages to kill a client: of three writes, the first and the second."""
    return [1] if point.split()[1] in ONCE else [1, 2]


KILLS = [(point, number) for point in POINTS for number in _passages(point)]


@pytest.mark.parametrize(("point", "number"), KILLS, ids=lambda part: str(part).replace(" ", "-"))
async def test_a_client_killed_at_any_point_comes_to_the_same_deck(
    tmp_path: Path, point: str, number: int
) -> None:
    """Whoever starts it again must not have to know how far it came."""
    async with FakeSlides(decks=[_deck()]) as fake:
        before = fake.store.get(DECK).to_json()
        client = _client(fake, tmp_path)
        killed = await client.run(point, str(number))
        assert killed.exit_code == -signal.SIGKILL, killed

        resumed = await client.run(resumes=True)

        assert resumed.exit_code == 0, resumed
        _assert_told_truly(fake, before, json.loads(resumed.output))
        assert texts_of(fake.store.get(DECK).to_json()) == _undisturbed()


@pytest.mark.parametrize("point", ["after sync", "before receive", "within answered"])
async def test_without_a_word_of_the_texts_it_takes_the_replacements_and_comes_to_the_same(
    tmp_path: Path, point: str
) -> None:
    """Digests are enough to tell what was done, as long as nobody else edits."""
    async with FakeSlides(decks=[_deck()]) as fake:
        before = fake.store.get(DECK).to_json()
        client = _client(fake, tmp_path, "--redact-texts")
        await client.run(point, "2")
        held = client.journal.read_text("utf-8")
        assert "go go" not in held
        assert "12 €" not in held

        resumed = await client.run(resumes=True)

        assert resumed.exit_code == 0, resumed
        _assert_told_truly(fake, before, json.loads(resumed.output))


async def test_a_client_may_be_killed_again_while_it_resumes(tmp_path: Path) -> None:
    """The second crash finds the journal of the first."""
    async with FakeSlides(decks=[_deck()]) as fake:
        before = fake.store.get(DECK).to_json()
        client = _client(fake, tmp_path)
        await client.run("before receive", "1")
        for point in ("before receive", "during send", "within settled"):
            killed = await client.run(point, "1", resumes=True)
            assert killed.exit_code == -signal.SIGKILL, killed

        resumed = await client.run(resumes=True)

        assert resumed.exit_code == 0, resumed
        _assert_told_truly(fake, before, json.loads(resumed.output))


@pytest.mark.parametrize("first_seed", range(0, SEEDS_COUNT, SEEDS_AT_ONCE))
def test_clients_killed_at_random_steps_of_a_storm_lose_and_double_nothing(first_seed: int) -> None:
    """Answers are lost and writes come late beside the kills; a loss of power takes what was not synced."""
    scenario = load_scenario(find_scenario("production_incident"))
    profiles = [swarm_profile(scenario, seed) for seed in range(first_seed, first_seed + SEEDS_AT_ONCE)]

    episodes = [live_through(profile) for profile in profiles if profile.whims.kills]

    assert [(each.profile.seed, each.broken) for each in episodes if each.broken] == []
    told = Counter(fact["event"] for each in episodes for fact in each.facts)
    fates = Counter(str(fact["fate"]) for each in episodes for fact in each.facts if "fate" in fact)
    assert told["ProcessKilled"] > SEEDS_AT_ONCE / 4
    assert fates["indeterminate"] < 0.05 * fates.total()


def _client(fake: FakeSlides, folder: Path, *options: str) -> Client:
    return Client(fake, folder, "--replace", EDITS, "--strategy", "per_slide", *options)


def _deck() -> Deck:
    return plain_deck(DECK, slides_count=3, replacements=EDITS)


def _undisturbed() -> dict[tuple[str, str], str]:
    """Return what the deck says after a run that nobody kills."""
    document = _deck().document
    return expected_texts(document, edits_of(document, EDITS))


def _assert_told_truly(fake: FakeSlides, before: Document, report: dict[str, Any]) -> None:
    """Fail unless every edit was applied once, and said to be."""
    fates = {each["operation_id"]: each["fate"] for slide in report["slides"] for each in slide["operations"]}
    rows = [OperationRow(edit, fate=fates.get(edit.operation_id)) for edit in edits_of(before, EDITS)]
    after = {DECK: fake.store.get(DECK).to_json()}

    found = audit(rows, tuple(fake.ledger), {DECK: before}, after)

    assert set(fates.values()) == {"applied"}
    assert set(found.commits.values()) == {1}
    assert (found.lost, found.duplicated, found.wrong_reports) == ((), (), ())
    assert found.deck_differences == ()
