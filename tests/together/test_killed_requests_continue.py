"""Requests whose process was killed at any point go on where they were, with the ids that they had."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from fakeslides.decks.deck import Deck
from fakeslides.server import FakeSlides
from fakeslides.slides.store import Store
from tests.support.command_runs import DECK, Client, Run
from tests.support.killed_clients import POINTS
from tests.support.plain_decks import plain_deck

BODY = f"{DECK}-s0-body"
# Applied twice, each of them shows.  The fourth counts in what the second and the third have written.
REQUESTS: list[dict[str, Any]] = [
    {"createShape": {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": f"{DECK}-s0"}}},
    {"insertText": {"objectId": BODY, "text": "one ", "insertionIndex": 3}},
    {
        "replaceAllText": {
            "containsText": {"text": "one"},
            "replaceText": "one one",
            "pageObjectIds": [f"{DECK}-s0"],
        }
    },
    {"insertText": {"objectId": BODY, "text": "two ", "insertionIndex": 11}},
]
AFTER = "go one one two {{price}}"


def _passages(point: str) -> list[int]:
    return [1] if point.split()[1] in {"begun", "close"} else [1, 3]


KILLS = [(point, number) for point in POINTS for number in _passages(point)]


@pytest.mark.parametrize(("point", "number"), KILLS, ids=lambda part: str(part).replace(" ", "-"))
async def test_a_client_killed_at_any_point_comes_to_the_same_deck(
    tmp_path: Path, point: str, number: int
) -> None:
    """Whoever starts it again must not have to know how far it came."""
    async with FakeSlides(decks=[_deck()]) as fake:
        client = Client(fake, tmp_path, "--requests", REQUESTS, "--strategy", "sequential")
        killed = await client.run(point, str(number))
        assert killed.exit_code == -signal.SIGKILL, killed

        resumed = await client.run(resumes=True)

        _assert_done_once(fake, resumed)


@pytest.mark.parametrize("point", ["after sync", "before receive", "within answered"])
async def test_without_a_word_of_the_requests_it_takes_them_again_and_makes_the_same_ids(
    tmp_path: Path, point: str
) -> None:
    """They derive from what the journal keeps; by chance they would be others."""
    async with FakeSlides(decks=[_deck()]) as fake:
        sequential = ("--strategy", "sequential", "--redact-texts")
        client = Client(fake, tmp_path, "--requests", REQUESTS, *sequential)
        await client.run(point, "2")
        assert "one one" not in client.journal.read_text("utf-8")

        resumed = await client.run(resumes=True)

        _assert_done_once(fake, resumed)


@pytest.mark.parametrize("point", ["before send", "before receive"])
async def test_a_text_that_others_edited_meanwhile_is_not_written_into(tmp_path: Path, point: str) -> None:
    """Hours may lie between the two processes."""
    async with FakeSlides(decks=[_deck()]) as fake:
        client = Client(fake, tmp_path, "--requests", REQUESTS, "--strategy", "sequential")
        await client.run(point, "1")
        fake.store.batch_update(DECK, [{"insertText": {"objectId": BODY, "text": "Oh, "}}])

        resumed = await client.run(resumes=True)

        fates = [each["fate"] for each in json.loads(resumed.output)["requests"]]
        assert fates == ["applied", "rejected", "applied", "rejected"]
        assert _text(fake.store) == "Oh, go {{price}}"


def _deck() -> Deck:
    return plain_deck(DECK, slides_count=1, replacements={"go": "", "{{price}}": ""})


def _text(store: Store) -> str:
    found = store.get(DECK).find_element(BODY)
    assert found is not None
    return found[1].text.plain.removesuffix("\n")  # type: ignore[union-attr] # it is a shape


def _assert_done_once(fake: FakeSlides, resumed: Run) -> None:
    """Fail unless every request was applied once, and said to be."""
    assert resumed.exit_code == 0, resumed
    told = json.loads(resumed.output)["requests"]
    assert [each["fate"] for each in told] == ["applied"] * 4
    assert _text(fake.store) == AFTER
    boxes = fake.store.get(DECK).page_json(f"{DECK}-s0")["pageElements"][1:]
    assert [box["objectId"] for box in boxes] == told[0]["object_ids"]
