"""A queue with an end: whoever cannot be served in time is told so at once, with an estimate."""

import asyncio

import pytest

from engine.errors import NotSent, TooBusy
from engine.events import AttemptSettled, CallTurnedAway, Event, OperationAccepted
from tests.support.engines import DECK, assert_nothing_left, pretend_engine
from tests.support.manual_clock import RunningClock, quiet
from tests.support.pretend_slides import PretendSlides

TEXTS = {f"s{number}": "{{a}}" for number in range(60)}
EDITS = {"{{a}}": "Ada"}


async def test_a_call_that_the_quota_allows_only_after_its_deadline_writes_nothing() -> None:
    """Sixty writes at 54 a minute take a minute: half an edited deck at the deadline helps nobody."""
    slides, clock, events = PretendSlides(TEXTS), RunningClock(), list[Event]()
    engine = pretend_engine(slides, clock, listeners=[events.append], batch_strategy="per_slide")

    call = asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=30.0))
    await clock.run(call)

    with pytest.raises(TooBusy) as refused:
        await call
    assert isinstance(refused.value, NotSent)
    assert refused.value.eta_seconds == pytest.approx(61.0)
    assert slides.commits == []
    assert not any(isinstance(event, OperationAccepted) for event in events)
    assert [type(event) for event in events if isinstance(event, CallTurnedAway)] == [CallTurnedAway]
    assert_nothing_left(engine)


async def test_the_same_call_with_time_enough_is_carried_out() -> None:
    """The estimate is what the quota allows, and not a guess to be safe."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock, batch_strategy="per_slide")

    call = asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=62.0))
    await clock.run(call)

    assert (await call).applied


async def test_when_the_queue_is_full_one_more_call_is_refused_before_anything_is_sent() -> None:
    """Not even the presentation is read for it."""
    slides, clock, events = PretendSlides(TEXTS), RunningClock(), list[Event]()
    engine = pretend_engine(slides, clock, listeners=[events.append], max_queued_calls=2)
    calls = [asyncio.create_task(engine.replace_text(DECK, EDITS)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(TooBusy, match="2 calls wait"):
        await engine.replace_text(DECK, EDITS)
    sent_by_then = [event for event in events if isinstance(event, AttemptSettled)]
    for call in calls:
        await clock.run(call)
    await quiet()

    assert sent_by_then == []
    assert all([(await call).applied for call in calls])
    again = asyncio.create_task(engine.replace_text(DECK, EDITS))
    await clock.run(again)
    assert_nothing_left(engine)
