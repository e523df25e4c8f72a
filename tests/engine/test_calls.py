"""How a call is taken up again."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.calls import FENCE_HOLDS_SECONDS
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from engine.journal.records import Answered, CallBegun, Intended, JournalError, Settled
from tests.support.journals import cut_after, edit_with, records_of, rewrite
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides

TEXTS = {"s1": "go {{b}}", "s2": "go {{b}}"}
DONE = {"s1": "go go Bob", "s2": "go go Bob"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal"


def _fences(slides: PretendSlides) -> list[str | None]:
    bodies = [body for _, _, _, body in slides.attempts if body is not None]
    return [body.get("writeControl", {}).get("requiredRevisionId") for body in bodies]


async def _died_after(path: Path, kind: type, number: int = 1, *, is_first_applied: bool) -> PretendSlides:
    """Return what a call left behind that died after a record, with or without its first write applied."""
    slides = PretendSlides(TEXTS)
    await edit_with(path, slides, batch_strategy="per_slide")
    cut_after(path, kind, number)
    left = PretendSlides(TEXTS)
    if is_first_applied:
        left._commit({"requests": slides.commits[0]})
    return left


@pytest.mark.parametrize("is_applied", [True, False])
async def test_a_write_in_doubt_lands_once_whatever_became_of_it(path: Path, *, is_applied: bool) -> None:
    """The same bytes with the same fence ask the server; its text answers for a refusal."""
    slides = await _died_after(path, Intended, is_first_applied=is_applied)

    report = await edit_with(path, slides, resumes=True)

    assert report.applied
    assert slides.texts == DONE
    assert _fences(slides)[0] == "r1"
    assert len(slides.commits) == 2


async def test_what_is_settled_is_not_sent_again(path: Path) -> None:
    """Also where sending it again would change nothing: it costs quota."""
    slides = await _died_after(path, Settled, is_first_applied=True)

    report = await edit_with(path, slides, resumes=True)

    assert report.applied
    assert slides.texts == DONE
    assert _fences(slides) == ["r2"]


async def test_what_was_settled_since_the_journal_was_opened_is_not_sent_again(path: Path) -> None:
    """A process that resumes a call twice sent what the first time had applied, and twice it landed."""
    slides = await _died_after(path, CallBegun, is_first_applied=False)
    slides.weather = ["ok", "down"]

    report = await edit_with(path, slides, resumes=True, times=2, batch_retry_attempts=0)

    assert report.applied
    assert slides.texts == DONE
    assert len(slides.commits) == 2
    assert [record for record in records_of(path) if isinstance(record, Settled)]


async def test_an_edit_that_was_overtaken_is_not_sent_any_more(path: Path) -> None:
    """A process died before it had sent a key that another one contains; resumed, it found other text."""
    slides = PretendSlides({"s1": "{{go}} go"})
    await edit_with(path, slides, text_map={"{{go}}": "1", "go": "2"}, slides_api_batch_size=1)
    kept = [r for r in records_of(path) if "deck/s1/0" not in _operations_of(r)]
    rewrite(path, *kept)
    left = PretendSlides({"s1": "{{2}} 2"})

    report = await edit_with(path, left, resumes=True, text_map={"{{go}}": "1", "go": "2"})

    fates = {each.find: each.fate for each in report.operations}
    assert fates == {"{{go}}": Fate.REJECTED, "go": Fate.APPLIED}
    assert "may have been applied before it" in str(report.operations[0].error)
    assert left.commits == []


def _operations_of(record: object) -> tuple[str, ...]:
    if isinstance(record, Answered):
        return (record.identity,)
    return () if isinstance(record, CallBegun) else record.operation_ids  # type: ignore[attr-defined, no-any-return] # the others have some


async def test_a_finished_call_is_reported_from_the_journal_alone(path: Path) -> None:
    """The report is all that was missing."""
    await edit_with(path, PretendSlides(TEXTS))
    slides = PretendSlides(DONE)

    report = await edit_with(path, slides, resumes=True)

    assert report.applied
    assert slides.attempts == []


async def test_a_call_that_sent_nothing_is_carried_out_as_it_was_planned(path: Path) -> None:
    """With the strategy of then, whatever the settings of now."""
    slides = await _died_after(path, CallBegun, is_first_applied=False)

    await edit_with(path, slides, resumes=True, batch_strategy="coalesced")

    assert slides.texts == DONE
    assert len(slides.commits) == 2


@pytest.mark.parametrize("is_applied", [True, False])
async def test_a_fence_older_than_a_day_is_not_sent_again(path: Path, *, is_applied: bool) -> None:
    """Google has forgotten that revision, so the text alone is the witness."""
    slides = await _died_after(path, Intended, is_first_applied=is_applied)
    later = RunningClock(1_000.0 + FENCE_HOLDS_SECONDS + 60.0)

    report = await edit_with(path, slides, resumes=True, clock=later)

    assert report.applied
    assert slides.texts == DONE
    assert _fences(slides) == ([] if is_applied else ["r1"]) + ["r2"]


class _AnotherMachinesClock(RunningClock):
    """Its monotonic time begins anew, or is far ahead; the wall's goes on."""

    def __init__(self, now: float) -> None:
        super().__init__(now)
        self._ahead = 1_000.0 - now

    def wall(self) -> float:
        return super().wall() + self._ahead


@pytest.mark.parametrize("now", [0.0, 1e10])
async def test_a_fence_ages_by_the_wall_and_not_by_a_clock_that_began_anew(path: Path, now: float) -> None:
    """Monotonic time means nothing to another process: kept on a disk, things are too old, or never old."""
    slides = await _died_after(path, Intended, is_first_applied=True)

    report = await edit_with(path, slides, resumes=True, clock=_AnotherMachinesClock(now))

    assert report.applied
    assert _fences(slides)[0] == "r1"
    assert len(slides.commits) == 2


@pytest.mark.parametrize("age_seconds", [0.0, FENCE_HOLDS_SECONDS + 60.0])
async def test_what_nobody_can_know_is_said_to_be_indeterminate(path: Path, age_seconds: float) -> None:
    """Somebody rewrote the page: neither the old text nor the new one is there."""
    slides = await _died_after(path, Intended, is_first_applied=True)
    slides.texts["s1"] = "something else"
    slides.revision += 1

    report = await edit_with(path, slides, resumes=True, clock=RunningClock(1_000.0 + age_seconds))

    fates = {slide: {each.fate for each in found.operations} for slide, found in report.slides.items()}
    assert fates == {"s1": {Fate.INDETERMINATE}, "s2": {Fate.APPLIED}}
    assert slides.texts == {"s1": "something else", "s2": "go go Bob"}


async def test_an_edit_that_nobody_can_know_does_not_keep_its_deck_from_the_next_call(path: Path) -> None:
    """One journal serves many decks for long; a doubt that is over must not close one of them for ever."""
    await edit_with(path, PretendSlides(TEXTS))
    cut_after(path, Intended)
    slides = PretendSlides({"s1": "something else", "s2": "anything"})
    slides.revision += 1
    for _ in range(2):
        report = await edit_with(path, slides, resumes=True)
        assert {each.fate for each in report.operations} == {Fate.INDETERMINATE}
    sent_count = len(slides.attempts)

    assert (await edit_with(path, slides, text_map={"else": "new"})).applied

    assert sent_count == 3  # a look, the same bytes again, and a look at what their refusal means
    assert slides.texts["s1"] == "something new"


@pytest.mark.parametrize("is_applied", [True, False])
async def test_digests_of_redacted_texts_are_witness_enough(path: Path, *, is_applied: bool) -> None:
    """Nothing of the deck is kept, and yet it is known what it said."""
    slides = PretendSlides(TEXTS)
    await edit_with(path, slides, batch_strategy="per_slide", redacts_texts=True)
    cut_after(path, Intended)
    left = PretendSlides(TEXTS)
    if is_applied:
        left._commit({"requests": slides.commits[0]})

    report = await edit_with(path, left, resumes=True)

    assert report.applied
    assert left.texts == DONE
    assert len(left.commits) == 2


async def test_every_edit_is_announced_again_and_settled_once(path: Path) -> None:
    """Monitoring of the second process knows nothing of the first."""
    slides, events = await _died_after(path, Answered, is_first_applied=True), list[Event]()

    await edit_with(path, slides, resumes=True, listeners=[events])

    accepted = [event.operation_id for event in events if isinstance(event, OperationAccepted)]
    settled = [event.operation_id for event in events if isinstance(event, OperationSettled)]
    assert len(accepted) == 4
    assert sorted(settled) == sorted(accepted)


async def test_a_deadline_leaves_a_doubt_a_doubt(path: Path) -> None:
    """Nothing was sent by this process, but something may have been by the last one."""
    slides = await _died_after(path, Intended, is_first_applied=True)
    slides.weather = 50 * ["down"]

    report = await edit_with(path, slides, resumes=True, batch_retry_attempts=0)

    assert {each.fate for each in report.slides["s1"].operations} <= {Fate.APPLIED, Fate.INDETERMINATE}
    resumed = await edit_with(path, PretendSlides({"s1": "go go Bob", "s2": "go {{b}}"}), resumes=True)
    assert Fate.NOT_SENT not in {each.fate for each in resumed.operations}


async def test_an_intent_with_other_bytes_is_not_sent(path: Path) -> None:
    """Another version of the program may mean something else by it."""
    slides = await _died_after(path, Intended, is_first_applied=False)
    first, intent = records_of(path)
    assert isinstance(intent, Intended)
    rewrite(path, first, replace(intent, body_digest="0" * 64))

    with pytest.raises(JournalError, match="another version of this program wrote its intent"):
        await edit_with(path, slides, resumes=True)

    assert slides.commits == []


async def test_an_unfinished_call_is_not_begun_anew(path: Path) -> None:
    """It may have been applied already."""
    slides = await _died_after(path, Intended, is_first_applied=True)

    with pytest.raises(JournalError, match="4 edits of presentation deck are unfinished; resume them"):
        await edit_with(path, slides)

    assert slides.attempts == []
