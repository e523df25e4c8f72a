"""Taking up a call where another process stopped."""

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import engine.plan.given_requests
from engine.admission.dispatcher import Dispatcher
from engine.events import Fate
from engine.journal.file import Journal
from engine.journal.records import Answered, CallBegun, Intended, JournalError, Settled
from tests.support.engines import pretend_engine
from tests.support.journals import at_once, begun, cut_after, edit_with, records_of, rewrite
from tests.support.manual_clock import RunningClock
from tests.support.presentations import DECK, shape, store_with
from tests.support.pretend_slides import PretendSlides
from tests.support.stored_slides import StoredSlides, apply, fates

TEXTS = {"s1": "go {{b}}", "s2": "go {{b}}"}
REQUESTS: list[dict[str, Any]] = [
    {"createShape": {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": "p"}}},
    {"insertText": {"objectId": "title_", "text": "A", "insertionIndex": 2}},
    {"updatePageElementAltText": {"objectId": "title_", "title": "T"}},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a journal may be."""
    return tmp_path / "journal"


async def test_one_call_is_resumed_by_one_at_a_time(path: Path) -> None:
    """The lines of two did not follow from one another, and nobody could read the journal any more."""
    await edit_with(path, PretendSlides(TEXTS))
    cut_after(path, CallBegun)
    slides, clock = PretendSlides(TEXTS), RunningClock()

    with Journal(path) as journal, patch("asyncio.to_thread", at_once):
        engine = pretend_engine(slides, clock)
        engine._desk = replace(engine._desk, journal=journal)
        both = asyncio.gather(engine.resume("deck"), engine.resume("deck"), return_exceptions=True)
        await clock.run(both)
        first, second = await both
        again = asyncio.create_task(engine.resume("deck"))
        await clock.run(again)

    assert first.applied
    assert isinstance(second, JournalError)
    assert "call 1 is being resumed already" in str(second)
    assert (await again).applied
    with Journal(path) as journal:
        assert journal.unfinished == []


class TestNothingToResume:
    async def test_an_empty_journal(self, path: Path) -> None:
        """There was no call."""
        with pytest.raises(JournalError, match="nothing of presentation deck; it is empty"):
            await edit_with(path, PretendSlides(TEXTS), resumes=True)

    async def test_another_presentations_journal(self, path: Path) -> None:
        """It is named, as the two may have been mixed up."""
        rewrite(path, begun("a", presentation_id="other"))

        with pytest.raises(JournalError, match="nothing of presentation deck; it is of other"):
            await edit_with(path, PretendSlides(TEXTS), resumes=True)

    async def test_replacements_other_than_it_was_begun_with_are_refused(self, path: Path) -> None:
        """They would make other edits of the same ids."""
        rewrite(path, replace(begun("a"), map_digest="0" * 64))

        with pytest.raises(JournalError, match="are not those it was begun with"):
            await edit_with(path, PretendSlides(TEXTS), resumes=True)


async def _died_after(path: Path, kind: type, number: int = 1, *, redacts: bool = False) -> StoredSlides:
    """Return a presentation as it is when its client died after it wrote a record."""
    slides = StoredSlides(store_with(shape("title_", "Hello")))
    with Journal(path, redacts_texts=redacts) as journal:
        await apply(slides, REQUESTS, journal=journal, slides_api_batch_size=1)
    cut_after(path, kind, number)
    return slides


async def _resumed(path: Path, slides: StoredSlides, given: list | None = None) -> list[str]:  # type: ignore[type-arg] # JSON
    with Journal(path) as journal:
        return fates(await apply(slides, given or [], journal=journal, resumes=True))


async def test_requests_are_taken_up_with_the_ids_they_had(path: Path) -> None:
    """The second process must not make the first one's box again."""
    slides = await _died_after(path, Intended)
    first = slides.commits[0]["requests"][0]["createShape"]["objectId"]

    assert (await _resumed(path, slides))[0] == "applied"

    made = slides.writes[3]["requests"][0]
    assert made["createShape"]["objectId"] == first
    assert slides.store.get("the-deck").has_object(first)


async def test_a_finished_call_of_requests_is_told_again_and_nothing_is_sent(path: Path) -> None:
    """Whoever asks twice gets the same answer."""
    slides = await _died_after(path, Answered, 3)
    before = len(slides.writes)

    assert await _resumed(path, slides) == ["applied"] * 3
    assert len(slides.writes) == before


@pytest.mark.parametrize(
    ("is_there", "end"), [(True, "applied"), (False, "requests[0] makes what it uses, and is indeterminate")]
)
async def test_a_child_of_one_that_nobody_can_know_goes_by_what_is_there(
    path: Path, end: str, *, is_there: bool
) -> None:
    """It was never sent and never refused, however often the call was resumed, and its deck stayed closed."""
    slides = StoredSlides(store_with(shape("title_", "Hello")), ["ok", "ok", *9 * ["429"]])
    box = {"createShape": {"objectId": "b_ox1", **REQUESTS[0]["createShape"]}}
    child = {"insertText": {"objectId": "b_ox1", "text": "x"}}
    with Journal(path) as journal:
        await apply(slides, [box, REQUESTS[2], child], journal=journal, slides_api_batch_size=1)
    _let_the_first_be_unknown(path)
    if not is_there:
        slides.store.batch_update(DECK, [{"deleteObject": {"objectId": "b_ox1"}}])

    with Journal(path) as journal:
        report = await apply(slides, [], journal=journal, resumes=True)
        assert journal.unfinished == []

    assert fates(report) == ["indeterminate", "applied", "applied" if is_there else "rejected"]
    assert end in str(report.operations[2].error or "applied")


def _let_the_first_be_unknown(path: Path) -> None:
    """Let the answer to the first write be lost, another one go out, and the process die before the third."""
    begun, first, _, settled, *second = records_of(path)[:7]
    assert isinstance(settled, Settled)
    rewrite(path, begun, first, replace(settled, fate=Fate.INDETERMINATE), *second)


@pytest.mark.parametrize(
    ("given", "why"), [([], "takes the requests again"), (REQUESTS[:2], "are not those")]
)
async def test_redacted_requests_have_to_be_given_again(path: Path, given: list, why: str) -> None:  # type: ignore[type-arg] # JSON
    """The journal has no text of them, and others would be other edits."""
    slides = await _died_after(path, CallBegun, redacts=True)
    assert "Hello" not in str(records_of(path))

    with pytest.raises(JournalError, match=why):
        await _resumed(path, slides, given)


async def test_ids_made_by_chance_would_be_noticed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is taken up with other ids would make everything twice."""
    slides = await _died_after(path, Intended, redacts=True)
    monkeypatch.setattr(engine.plan.given_requests, "derived_id", lambda _: f"ds_{secrets.token_hex(13)}")

    with pytest.raises(JournalError, match="are not those it was begun with"):
        await _resumed(path, slides, REQUESTS)


async def test_a_search_in_vain_that_may_have_been_made_before_is_not_called_refused(path: Path) -> None:
    """The process that died may have changed a layout with it, which nobody reads."""
    nowhere = {"replaceAllText": {"containsText": {"text": "zz"}, "replaceText": "go"}}
    slides = StoredSlides(store_with(shape("title_", "Hello")))
    with Journal(path) as journal:
        await apply(slides, [nowhere], journal=journal)
    cut_after(path, Intended)
    slides.weather = ["ok", *[[{"insertText": {"objectId": "title_", "text": "x"}}]] * 9]

    with Journal(path) as journal:
        report = await apply(slides, [], journal=journal, resumes=True, batch_retry_attempts=1)

    assert fates(report) == ["indeterminate"]
    assert len(slides.commits) == 1


@pytest.mark.parametrize(("given", "expected"), [(None, "acme"), ("other", "other")])
async def test_a_call_is_taken_up_in_the_name_it_was_begun_in_or_in_one_that_is_given(
    path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None, expected: str
) -> None:
    """It went in the name of its presentation, beside the share that its tenant had already."""
    slides = StoredSlides(store_with(shape("title_", "Hello")))
    with Journal(path) as journal:
        await apply(slides, REQUESTS, journal=journal, tenant="acme")
    cut_after(path, Intended)
    tenants, take = [], Dispatcher.take

    def take_and_note(*args: Any, **known: Any) -> Any:  # noqa: ANN401 - what it wraps takes and returns
        tenants.append(args[-1])
        return take(*args, **known)

    monkeypatch.setattr(Dispatcher, "take", take_and_note)

    with Journal(path) as journal:
        await apply(slides, [], journal=journal, resumes=True, tenant=given)

    assert set(tenants) == {expected}


async def test_a_call_of_replacements_keeps_its_tenant_as_well(path: Path) -> None:
    """It is begun elsewhere."""
    await edit_with(path, PretendSlides(TEXTS), tenant="acme")

    begun_call = records_of(path)[0]
    assert isinstance(begun_call, CallBegun)
    assert begun_call.tenant == "acme"
