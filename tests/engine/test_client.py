"""The one door to the engine."""

import asyncio
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials

from engine.client import SlidesEngine
from engine.events import AttemptAdmitted, AttemptSettled, Event, OperationAccepted, OperationSettled
from engine.journal.file import Journal
from engine.journal.records import JournalError
from engine.settings import EngineSettings
from tests.support.engines import DECK, assert_nothing_left, edit, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides

TEXTS = {f"s{number}": "{{a}} {{b}}" for number in range(4)}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}


@pytest.mark.parametrize(
    ("strategy", "writes_count"), [("sequential", 8), ("per_slide", 4), ("semaphore", 4), ("coalesced", 1)]
)
async def test_every_strategy_gives_the_same_deck_in_its_own_number_of_writes(
    strategy: str, writes_count: int
) -> None:
    """Writes are what the quota counts; the result must not depend on them."""
    slides = PretendSlides(TEXTS)

    report = await edit(slides, EDITS, batch_strategy=strategy, max_concurrent_slides=3)

    assert report.applied
    assert set(slides.texts.values()) == {"Ada Bob"}
    assert len(slides.commits) == writes_count


async def test_the_emergency_switch_makes_writes_strictly_sequential() -> None:
    """Whatever else is set, one write of one request at a time."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(
        slides, clock, enable_concurrent_batch_operations=False, max_concurrent_slides=8, lock_enabled=False
    )

    calls = asyncio.gather(*(engine.replace_text(f"deck{n}", EDITS) for n in range(3)))
    await clock.run(calls)

    assert slides.in_flight_peak == 1
    assert {len(requests) for requests in slides.commits} == {1}


async def test_slides_go_side_by_side_only_as_far_as_the_ceiling_allows() -> None:
    """Without the lock the ceiling is all that holds the semaphore strategy back."""
    slides = PretendSlides(TEXTS)

    await edit(slides, EDITS, batch_strategy="semaphore", max_concurrent_slides=2, lock_enabled=False)

    assert slides.in_flight_peak == 2


async def test_the_lock_keeps_writes_to_one_presentation_apart() -> None:
    """Two at once are what Google answers with 'cannot be applied'."""
    slides = PretendSlides(TEXTS)

    await edit(slides, EDITS, batch_strategy="semaphore", max_concurrent_slides=4)

    assert slides.in_flight_peak == 1


async def test_only_the_slides_that_were_named_are_edited() -> None:
    """A template's other slides may be meant for somebody else."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock)

    work = asyncio.create_task(engine.replace_text(DECK, EDITS, slide_ids=["s2"]))
    await clock.run(work)

    assert [slide for slide, text in slides.texts.items() if text == "Ada Bob"] == ["s2"]
    assert list((await work).slides) == ["s2"]


async def test_every_edit_is_announced_when_taken_on_and_when_settled() -> None:
    """Monitoring sees what hangs only if it saw it begin."""
    events: list[Event] = []

    await edit(PretendSlides(TEXTS), EDITS, events)

    accepted = [event.operation_id for event in events if isinstance(event, OperationAccepted)]
    settled = [event.operation_id for event in events if isinstance(event, OperationSettled)]
    assert accepted == [f"deck/s{slide}/{index}" for slide in range(4) for index in range(2)]
    assert sorted(settled) == accepted


@pytest.mark.parametrize(
    ("presentation_id", "text_map"), [("a b", {"x": "y"}), ("", {"x": "y"}), ("d", {"": "y"})]
)
async def test_what_can_never_work_is_refused_before_anything_is_sent(
    presentation_id: str, text_map: dict[str, str]
) -> None:
    """A call that cannot succeed should cost no quota."""
    slides = PretendSlides(TEXTS)
    engine = pretend_engine(slides, RunningClock())

    with pytest.raises(ValueError, match=r"presentation|empty"):
        await engine.replace_text(presentation_id, text_map)

    assert slides.attempts == []


async def test_a_plan_reads_and_writes_nothing() -> None:
    """A dry run that writes is a wet one."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock, batch_strategy="per_slide", writes_per_minute=2, quota_use_share=1)

    work = asyncio.create_task(engine.plan_text(DECK, EDITS))
    await clock.run(work)

    plan = await work
    assert [method for _, _, method, _ in slides.attempts] == ["presentations.get"]
    assert len(plan.batches) == 4
    assert 60 <= plan.seconds_at_quota <= 65


async def test_a_presentation_without_slides_needs_nothing() -> None:
    """Nothing to do is done."""
    slides = PretendSlides({})

    report = await edit(slides, EDITS)

    assert report.applied
    assert slides.commits == []


async def test_a_journal_is_refused_without_the_lock(tmp_path: Path) -> None:
    """Writes that name no revision cannot be told apart afterwards."""
    settings = EngineSettings(lock_enabled=False)
    with (
        Journal(tmp_path / "journal") as journal,
        pytest.raises(ValueError, match="a journal needs the lock"),
    ):
        SlidesEngine(settings, credentials=AnonymousCredentials(), journal=journal)


@pytest.mark.parametrize("kind", [OperationAccepted, AttemptAdmitted, AttemptSettled, OperationSettled])
async def test_a_listener_that_raises_costs_nothing(kind: type[Event]) -> None:
    """Its error kept a slot for ever, or left an edit without its fate; now the event loop is told once."""
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    slides, clock, heard = PretendSlides(TEXTS), RunningClock(), list[Event]()

    def raise_at(event: Event) -> None:
        if isinstance(event, kind):
            raise ZeroDivisionError

    engine = pretend_engine(slides, clock, listeners=[raise_at, heard.append])
    work = asyncio.create_task(engine.replace_text(DECK, EDITS))
    await clock.run(work)

    assert (await work).applied
    assert any(isinstance(event, kind) for event in heard)
    assert [type(context["exception"]) for context in told] == [ZeroDivisionError]
    assert_nothing_left(engine)


async def test_there_is_nothing_to_resume_without_a_journal() -> None:
    """It is said, and nothing is asked of the server."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock)

    with pytest.raises(JournalError, match="nothing to resume without a journal"):
        await engine.resume(DECK)

    assert slides.attempts == []
