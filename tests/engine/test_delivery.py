"""The path of a batch."""

import asyncio

import pytest

from engine.errors import DeadlinePassed
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from tests.support.engines import DECK, assert_nothing_left, edit, pretend_engine
from tests.support.manual_clock import RunningClock, quiet
from tests.support.pretend_slides import PretendSlides

TEXTS = {"s1": "{{a}} {{b}}", "s2": "{{a}} {{b}}"}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}


def _fences(slides: PretendSlides) -> list[str | None]:
    bodies = [body for _, _, _, body in slides.attempts if body is not None]
    return [body.get("writeControl", {}).get("requiredRevisionId") for body in bodies]


async def test_revisions_are_chained_from_answer_to_answer() -> None:
    """One read at the start is enough, however many writes follow."""
    slides = PretendSlides(TEXTS)

    await edit(slides, EDITS, batch_strategy="sequential")

    assert _fences(slides) == ["r1", "r2", "r3", "r4"]
    assert [method for _, _, method, _ in slides.attempts].count("presentations.get") == 1


async def test_a_reply_that_does_not_name_the_revision_costs_one_read() -> None:
    """A write without a fence could land twice."""
    slides = PretendSlides(TEXTS)
    named = slides._write
    slides._write = lambda word, body, on_sent: named(word, body, on_sent) and {}

    report = await edit(slides, EDITS, batch_strategy="per_slide")

    assert report.applied
    assert _fences(slides) == ["r1", "r2"]


async def test_two_calls_for_one_presentation_do_not_get_in_each_others_way() -> None:
    """Without the lock each would refuse the other's writes by changing the revision."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock, max_concurrent_slides=4)

    calls = asyncio.gather(
        engine.replace_text(DECK, {"{{a}}": "Ada"}), engine.replace_text(DECK, {"{{b}}": "Bob"})
    )
    await clock.run(calls)

    assert all(report.applied for report in await calls)
    assert _fences(slides) == ["r1", "r2"]
    assert slides.texts == {"s1": "Ada Bob", "s2": "Ada Bob"}
    assert_nothing_left(engine)


async def test_without_the_lock_writes_carry_no_fence() -> None:
    """This is the client of the incident, kept to show what happens."""
    slides = PretendSlides(TEXTS)

    await edit(slides, EDITS, lock_enabled=False)

    assert _fences(slides) == [None]


async def test_a_deadline_while_another_call_writes_says_so() -> None:
    """The caller learns that nothing was sent, and why."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock)

    async with engine._parts.locks.acquire(DECK):
        work = asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=5.0))
        await clock.run(work)

    operation = (await work).operations[0]
    assert operation.fate is Fate.NOT_SENT
    assert isinstance(operation.error, DeadlinePassed)
    assert_nothing_left(engine)


@pytest.mark.parametrize("strategy", ["sequential", "semaphore", "coalesced"])
@pytest.mark.parametrize("moment", range(0, 60, 3))
async def test_cancelling_at_any_moment_settles_every_edit_truthfully(strategy: str, moment: int) -> None:
    """Whoever cancels must still be able to learn what was done, and nothing may stay locked."""
    events: list[Event] = []
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock, listeners=[events.append], batch_strategy=strategy)
    work = asyncio.create_task(engine.replace_text(DECK, EDITS))

    for _ in range(moment):
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait([work])
    await quiet()

    accepted = [event.operation_id for event in events if isinstance(event, OperationAccepted)]
    settled = {event.operation_id: event.fate for event in events if isinstance(event, OperationSettled)}
    assert sorted(accepted) == sorted(settled)
    for operation_id, fate in settled.items():
        assert (fate is Fate.NOT_SENT) <= (not _is_committed(slides, operation_id))
        assert (fate is Fate.APPLIED) <= _is_committed(slides, operation_id)
    assert_nothing_left(engine)


def _is_committed(slides: PretendSlides, operation_id: str) -> bool:
    _, slide_id, index = operation_id.split("/")
    find = list(EDITS)[int(index)]
    return any(
        request["replaceAllText"]["containsText"]["text"] == find
        and slide_id in request["replaceAllText"]["pageObjectIds"]
        for requests in slides.commits
        for request in requests
    )
