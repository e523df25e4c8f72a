"""Requests of any kind, as Google writes them, from a file."""

import json
from pathlib import Path

import pytest

from fakeslides.server import FakeSlides
from tests.support.applying import (
    BOX,
    apply_beside,
    assert_one_message,
    requests_file,
)
from tests.support.plain_decks import plain_deck


async def test_are_applied_and_told_one_by_one(tmp_path: Path) -> None:
    """With the ids that the engine chose."""
    file = requests_file(tmp_path, BOX, {"insertText": {"objectId": "deck-a-s0-body", "text": "x"}})
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--requests", file)

        assert result.exit_code == 0, result.output
        box = fake.store.get("deck-a").page_json("deck-a-s0")["pageElements"][-1]["objectId"]
    made, written = result.stdout.splitlines()
    assert made == f"requests[0].createShape: applied -> {box}"
    assert written == "requests[1].insertText: applied"


async def test_a_bad_one_does_not_stop_the_others_unless_they_are_atomic(tmp_path: Path) -> None:
    """Both are what somebody wants."""
    file = requests_file(tmp_path, BOX, {"deleteObject": {"objectId": "nobody"}})
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        atomic = await apply_beside(fake, "deck-a", "--requests", file, "--atomic", "--json")
        single = await apply_beside(fake, "deck-a", "--requests", file, "--json")

    assert atomic.exit_code == single.exit_code == 1
    told = [[each["fate"] for each in json.loads(run.stdout)["requests"]] for run in (atomic, single)]
    assert told == [["rejected", "rejected"], ["applied", "rejected"]]


async def test_a_dry_run_tells_the_plan(tmp_path: Path) -> None:
    """And asks the server for nothing."""
    file = requests_file(tmp_path, BOX)
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--requests", file, "--dry-run")

        assert [entry for entry in fake.ledger if entry.presentation_id] == []
    assert result.stdout.splitlines()[1:] == ["write 1:", "  requests[0].createShape"]


async def test_the_report_can_be_had_again_from_the_journal(tmp_path: Path) -> None:
    """Without the file, and with it."""
    file, journal = requests_file(tmp_path, BOX), tmp_path / "journal"
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        first = await apply_beside(fake, "deck-a", "--requests", file, "--journal", journal)
        again = await apply_beside(fake, "deck-a", "--journal", journal, "--resume")
        with_file = await apply_beside(fake, "deck-a", "--requests", file, "--journal", journal, "--resume")

    assert first.exit_code == again.exit_code == with_file.exit_code == 0
    assert first.stdout == again.stdout == with_file.stdout


async def test_a_run_cannot_be_made_atomic_by_resuming_it(tmp_path: Path) -> None:
    """Part of it may be applied: to promise all or nothing now, and do as before, would be a lie."""
    file, journal = requests_file(tmp_path, BOX), tmp_path / "journal"
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        options = ["deck-a", "--requests", file, "--journal", journal]
        await apply_beside(fake, *options)
        later = await apply_beside(fake, *options, "--resume", "--atomic")
        await apply_beside(fake, *options, "--atomic")
        as_begun = await apply_beside(fake, *options, "--resume", "--atomic")

    assert_one_message(later, "--atomic: the run to resume was begun without it")
    assert as_begun.exit_code == 0, as_begun.output


@pytest.mark.parametrize(
    ("requests", "options", "told"),
    [
        ([{}], [], "requests[0]: empty"),
        (
            [BOX] * 200,
            ["--atomic"],
            "200 requests take 2 writes, and only one write is atomic",
        ),
        ([BOX], ["--replace"], "--replace and --requests do not go together"),
    ],
)
async def test_what_cannot_work_is_told_before_anything_is_sent(
    replacements: Path, tmp_path: Path, requests: list[object], options: list[str], told: str
) -> None:
    """Exit code 2, and no traceback."""
    file = requests_file(tmp_path, *requests)
    given = [*options, replacements] if options == ["--replace"] else options
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        assert_one_message(await apply_beside(fake, "deck-a", "--requests", file, *given), told)


async def test_atomic_needs_requests(replacements: Path) -> None:
    """Replacements are each for themselves."""
    result = await apply_beside(None, "deck-a", "--replace", replacements, "--atomic")

    assert_one_message(result, "--atomic needs --requests FILE")


async def test_a_journal_of_replacements_is_not_one_of_requests(replacements: Path, tmp_path: Path) -> None:
    """It is said what it is of."""
    file, journal = requests_file(tmp_path, BOX), tmp_path / "journal"
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        await apply_beside(fake, "deck-a", "--replace", replacements, "--journal", journal)
        result = await apply_beside(fake, "deck-a", "--requests", file, "--journal", journal, "--resume")

    assert_one_message(result, "this journal is of replacements, not of requests")
