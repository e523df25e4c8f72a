"""What one call writes into its journal."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from engine.events import AttemptOutcome, Event, Fate, OperationSettled
from engine.journal import file
from engine.journal.call_journal import CallJournal
from engine.journal.file import Journal
from engine.journal.records import Answered, CallBegun, Intended, JournalError, Settled
from engine.settings import EngineSettings
from tests.support.engines import DECK, pretend_engine
from tests.support.journals import TEXT_MAP, edit_with, records_of
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides

TEXTS = {"s1": "go {{b}}", "s2": "go {{b}}"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal"


async def test_each_write_is_intended_answered_and_settled(path: Path) -> None:
    """In this order, whatever else happens in between."""
    await edit_with(path, PretendSlides(TEXTS), batch_strategy="per_slide")

    records = records_of(path)
    assert [type(each) for each in records] == [CallBegun, *(2 * [Intended, Answered, Settled])]
    first, second = (each for each in records if isinstance(each, Intended))
    assert [first.fence, second.fence] == ["r1", "r2"]
    assert first.operation_ids == ("deck/s1/0", "deck/s1/1")
    assert first.before == {"s1": ("go {{b}}",)}


async def test_the_intent_is_on_the_disk_before_anything_leaves(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that nobody will know of must not leave."""
    slides, writes_at_sync = PretendSlides(TEXTS), []

    def sync(_: int) -> None:
        intents = [each for each in records_of(path) if isinstance(each, Intended)]
        writes = [body for _, _, _, body in slides.attempts if body is not None]
        writes_at_sync.append((len(intents), len(writes)))

    monkeypatch.setattr(file, "sync_data", sync)

    await edit_with(path, slides, batch_strategy="per_slide")

    assert writes_at_sync == [(1, 0), (2, 1)]


async def test_nothing_leaves_if_the_disk_does_not_take_the_intent(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller learns of the disk, not of a deck half done."""

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(file, "sync_data", fail)
    slides = PretendSlides(TEXTS)

    with pytest.raises(JournalError, match="Input/output error"):
        await edit_with(path, slides)

    assert slides.commits == []
    assert {each.fate for each in records_of(path) if isinstance(each, Settled)} == {Fate.NOT_SENT}


async def test_a_write_in_doubt_stays_so_when_the_disk_fails_before_it_is_sent_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first copy was applied: told as never sent, it would be sent once more by whoever resumes."""
    slides, events, syncs_left = PretendSlides({"s1": "go"}, weather=["lost after"]), list[Event](), [None]

    def fail_later(_: int) -> None:
        if not syncs_left:
            raise OSError(5, "Input/output error")
        syncs_left.pop()

    monkeypatch.setattr(file, "sync_data", fail_later)
    with pytest.raises(JournalError):
        await edit_with(path, slides, text_map={"go": "go go"}, listeners=[events])
    monkeypatch.undo()

    fates = {each.fate for each in events if isinstance(each, OperationSettled)}
    assert fates == {Fate.INDETERMINATE}
    report = await edit_with(path, slides, text_map={"go": "go go"}, resumes=True)
    assert report.applied
    assert slides.texts == {"s1": "go go"}


async def test_a_lost_answer_is_noted_as_a_doubt(path: Path) -> None:
    """And so is the refusal that the first copy may have caused."""
    await edit_with(path, PretendSlides(TEXTS, weather=["lost after"]))

    answers = [each for each in records_of(path) if isinstance(each, Answered)]
    assert [(each.outcome, each.is_in_doubt) for each in answers] == [
        (AttemptOutcome.UNKNOWN, True),
        (AttemptOutcome.REJECTED, True),
    ]


async def test_a_call_that_never_reached_the_server_is_noted_as_such(path: Path) -> None:
    """It leaves no doubt."""
    await edit_with(path, PretendSlides(TEXTS, weather=["down"]))

    answers = [each for each in records_of(path) if isinstance(each, Answered)]
    assert [(each.outcome, each.is_in_doubt) for each in answers] == [
        (AttemptOutcome.NOT_SENT, False),
        (AttemptOutcome.ANSWERED, False),
    ]


async def test_the_fate_of_a_batch_is_one_line(path: Path) -> None:
    """Cut in two, one half would say that it was applied and the other that it never was."""
    await edit_with(path, PretendSlides(TEXTS))

    fates = [each for each in records_of(path) if isinstance(each, Settled)]
    assert [len(each.operation_ids) for each in fates] == [4]


@pytest.mark.parametrize("bad_text", [None, "{{b}}"])
async def test_redacted_it_holds_no_text(path: Path, bad_text: str | None) -> None:
    """Neither of the deck, nor of the replacements, nor of what Google says about them."""
    await edit_with(path, PretendSlides(TEXTS, bad_text=bad_text), redacts_texts=True)

    held = str(records_of(path))
    assert [word for word in ("go", "{{b}}", "Bob", ": bad") if word in held] == []


def test_a_call_with_nothing_to_do_leaves_no_line(path: Path) -> None:
    """There is nothing to resume."""
    with Journal(path) as journal:
        assert CallJournal.begin(journal, (), TEXT_MAP, EngineSettings(), RunningClock()) is None

    assert records_of(path) == []


@pytest.mark.parametrize("weather", [["lost after", "rival"], ["lost before", "403"]])
async def test_a_call_whose_fates_are_all_told_for_good_is_finished_in_its_own_process(
    path: Path, weather: list[str]
) -> None:
    """A service empties its journal while it runs; one edit that nobody can know must not keep all of it.

    The first is unknown by a look, the second because our own later write has moved the text on.
    """
    slides = PretendSlides(TEXTS, weather)
    slides._rival_edits = lambda: _rewrite(slides)
    slides.read_weather = ["ok", "ok"] if "rival" in weather else ["ok", "403"]

    with Journal(path) as journal:
        report = await edit_with(path, slides, journal=journal, batch_strategy="per_slide")

        assert {each.fate for each in report.slides["s1"].operations} == {Fate.INDETERMINATE}
        assert {each.fate for each in report.slides["s2"].operations} == {Fate.APPLIED}
        assert journal.compact()


async def test_a_call_that_could_not_begin_does_not_keep_the_journal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one moment of a full disk it could never be emptied again, and would grow for ever."""

    def fail(_: int, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    with Journal(path) as journal:
        monkeypatch.setattr(os, "write", fail)
        with pytest.raises(JournalError, match="No space left"):
            await edit_with(path, PretendSlides(TEXTS), journal=journal)
        monkeypatch.undo()

        assert journal.compact()


def _rewrite(slides: PretendSlides) -> None:
    slides.texts["s1"], slides.revision = "something else", slides.revision + 1


async def test_the_journal_of_a_finished_call_can_be_emptied(path: Path) -> None:
    """It would grow for ever in a service."""
    await edit_with(path, PretendSlides(TEXTS))

    with Journal(path) as journal:
        assert journal.compact()


async def test_a_disk_that_hangs_is_not_waited_for_beyond_the_deadline(path: Path) -> None:
    """A disk of another machine may never answer; an edit has its fate by its deadline all the same."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    with Journal(path) as journal, patch.object(Journal, "sync", lambda _: clock.sleep(1e9)):
        engine = pretend_engine(slides, clock)
        engine._desk = replace(engine._desk, journal=journal)
        work = asyncio.create_task(engine.replace_text(DECK, TEXT_MAP, deadline_seconds=5.0))
        await clock.advance(5.0)

        assert work.done()

    assert {operation.fate for operation in work.result().operations} == {Fate.NOT_SENT}
    assert str(work.result().operations[0].error) == "deadline passed while waiting for the journal's disk"
    assert [method for _, _, method, _ in slides.attempts] == ["presentations.get"]
