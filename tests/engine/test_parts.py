"""What an engine is made of."""

import asyncio
import math

import pytest

from engine.admission.call_queue import Place
from engine.errors import EngineClosed
from tests.support.engines import DECK, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides


async def test_the_parts_at_rest_hold_nothing() -> None:
    """Whoever watches an engine sees by these numbers that something leaks."""
    engine = pretend_engine(PretendSlides({"s0": "{{a}}"}), RunningClock())

    assert (engine.in_use.presentations, engine.in_use.waiting, engine.in_use.in_flight) == (0, 0, 0)
    assert engine.in_use.sockets == 0


async def test_closing_ends_what_waits_before_the_connections_go() -> None:
    """A call that waits for the quota would else wait for connections that are closed."""
    slides, clock = PretendSlides({"s0": "{{a}}", "s1": "{{a}}"}), RunningClock()
    engine = pretend_engine(slides, clock, batch_strategy="per_slide", writes_per_minute=1, quota_use_share=1)
    async with engine:
        call = asyncio.create_task(engine.replace_text(DECK, {"{{a}}": "Ada"}))
        while engine.in_use.waiting == 0 or not slides.commits:  # noqa: ASYNC110 - waits ring no bell
            await asyncio.sleep(0)

    report = await call

    assert [operation.fate.value for operation in report.operations] == ["applied", "not_sent"]
    assert isinstance(report.operations[1].error, EngineClosed)


@pytest.mark.parametrize("way", ["drain", "close"])
async def test_whoever_waits_for_room_is_told_of_the_end_though_nobody_leaves(way: str) -> None:
    """What takes all the room may have a write in doubt, and be heard out for a while yet."""
    engine = pretend_engine(PretendSlides({"s0": "{{a}}"}), RunningClock(), max_calls_under_way=1)
    async with engine:
        with Place(engine._parts.queue, "other", "other", deadline_seconds=math.inf) as other:
            await other.begin()
            call = asyncio.create_task(engine.replace_text(DECK, {"{{a}}": "Ada"}))
            while engine.in_use.calls_waiting == 0:  # noqa: ASYNC110 - waits ring no bell
                await asyncio.sleep(0)

            await (engine.drain() if way == "drain" else engine.__aexit__(None, None, None))

            assert engine.in_use.calls_waiting == 0
            with pytest.raises(EngineClosed):
                await call


async def test_without_the_lock_there_are_no_turns() -> None:
    """The race of the incident has to be had for the asking."""
    assert pretend_engine(PretendSlides({}), RunningClock(), lock_enabled=False)._parts.locks is None
    with pytest.raises(AttributeError):
        pretend_engine(PretendSlides({}), RunningClock())._parts.locks = None
