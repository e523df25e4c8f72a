"""The function by its old name."""

import asyncio

from engine.events import Fate
from engine.safe_batch import safe_batch_text_replace
from tests.support.engines import DECK, assert_nothing_left, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides

TEXTS = {f"s{number}": "{{a}} {{b}}" for number in range(4)}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}


async def test_the_notes_own_function_reports_each_slide() -> None:
    """It is the name under which the callers of the incident know the engine."""
    slides, clock = PretendSlides(TEXTS, bad_text="{{b}}"), RunningClock()
    engine = pretend_engine(slides, clock)

    work = asyncio.create_task(safe_batch_text_replace(engine, DECK, EDITS, max_concurrent_slides=2))
    await clock.run(work)

    told = await work
    assert told["applied"] is False
    assert [slide["success"] for slide in told["slides"]] == [False] * 4
    assert [edit["fate"] for edit in told["slides"][0]["operations"]] == [Fate.APPLIED, Fate.REJECTED]
    assert_nothing_left(engine)
