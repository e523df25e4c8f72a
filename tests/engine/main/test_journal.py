"""What was begun with a journal goes on from it."""

from pathlib import Path

import pytest

from engine.journal import file
from fakeslides.server import FakeSlides
from tests.support.applying import apply_beside, assert_one_message
from tests.support.journals import begun, rewrite
from tests.support.plain_decks import plain_deck, texts_of
from tests.support.weather import weather


async def test_a_run_can_be_resumed_for_its_report_alone(replacements: Path, tmp_path: Path) -> None:
    """All was applied when the process died; nothing is sent again, and nothing need be given again."""
    journal = tmp_path / "journal"
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        first = await apply_beside(fake, "deck-a", "--replace", replacements, "--journal", journal)
        again = await apply_beside(fake, "deck-a", "--journal", journal, "--resume")

        writes = [entry for entry in fake.ledger if entry.method == "presentations.batchUpdate"]
    assert (first.exit_code, again.exit_code) == (0, 0), again.output
    assert first.stdout == again.stdout
    assert len(writes) == 1


async def test_edits_whose_fate_was_unknown_are_found_out_by_resuming(
    replacements: Path, tmp_path: Path
) -> None:
    """The fence still holds, so asking again is safe."""
    journal = tmp_path / "journal"
    stalled_once = weather({"kind": "http.stall", "point": "before_commit"}, often={"count": 1})
    async with FakeSlides(stalled_once, decks=[plain_deck("deck-a")]) as fake:
        options = ["deck-a", "--replace", replacements, "--journal", journal]
        first = await apply_beside(fake, *options, "--deadline", "1")
        again = await apply_beside(fake, *options, "--resume")

        assert set(texts_of(fake.store.get("deck-a").to_json())) == {"Ada 12 €"}
    assert (first.exit_code, again.exit_code) == (5, 0), again.output


async def test_an_empty_journal_is_resumed_by_beginning(replacements: Path, tmp_path: Path) -> None:
    """The process died before it had read the presentation."""
    journal = tmp_path / "journal"
    journal.touch()
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(
            fake, "deck-a", "--replace", replacements, "--journal", journal, "--resume"
        )

    assert result.exit_code == 0, result.output


async def test_a_disk_that_fails_midway_does_not_hide_what_was_applied(
    replacements: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code alone says that something cannot be used, as if nothing had been sent."""
    syncs_left = [1]

    def fail_later(_: int) -> None:
        if not syncs_left:
            raise OSError(5, "Input/output error")
        syncs_left.pop()

    monkeypatch.setattr(file, "sync_data", fail_later)
    journal = tmp_path / "journal"
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        options = ["deck-a", "--replace", replacements, "--journal", journal, "--strategy", "per_slide"]
        result = await apply_beside(fake, *options)

    assert_one_message(result, f"{journal}: the journal cannot be written: Input/output error; ")
    assert "2 edits applied, 0 edits rejected, 2 edits not sent" in result.output


async def test_a_damaged_journal(replacements: Path, tmp_path: Path) -> None:
    """The file is named, and the line."""
    journal = tmp_path / "journal"
    journal.write_text("what is this\n", "utf-8")

    result = await apply_beside(None, "deck-a", "--replace", replacements, "--journal", journal, "--resume")

    assert_one_message(result, f"{journal}:1: this line is damaged")


async def test_another_presentations_journal(replacements: Path, tmp_path: Path) -> None:
    """Both are named."""
    journal = tmp_path / "journal"
    rewrite(journal, begun("a", presentation_id="deck-b"))

    result = await apply_beside(None, "deck-a", "--replace", replacements, "--journal", journal, "--resume")

    assert_one_message(result, "this journal is of presentation deck-b")


async def test_redacted_texts_are_asked_for(tmp_path: Path) -> None:
    """They are nowhere else."""
    journal = tmp_path / "journal"
    rewrite(journal, begun("a", presentation_id="deck-a", is_redacted=True))
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--journal", journal, "--resume")

    assert_one_message(result, "its texts are redacted; resuming takes the replacements again")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--resume"], "--resume needs --journal FILE"),
        (["--journal", "x", "--dry-run"], "--dry-run writes nothing; leave --journal out"),
    ],
)
async def test_options_that_do_not_go_together(replacements: Path, options: list[str], told: str) -> None:
    """What is missing is named."""
    result = await apply_beside(None, "deck-a", "--replace", replacements, *options)

    assert_one_message(result, told)
