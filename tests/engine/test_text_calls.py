"""Calls that replace texts."""

import pytest

from tests.support.engines import DECK, edit, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides


async def test_keys_are_replaced_one_after_the_other() -> None:
    """The order of the map is the caller's."""
    slides = PretendSlides({"s0": "a"})

    report = await edit(slides, {"a": "b", "b": "c"})

    assert report.applied
    assert slides.texts == {"s0": "c"}


async def test_a_key_that_is_nowhere_is_told_by_the_report_and_by_the_plan() -> None:
    """To Google it is no error, and a misspelt key would pass for applied."""
    slides = PretendSlides({"s0": "a"})
    engine = pretend_engine(slides, RunningClock())

    plan = await engine.plan_text(DECK, {"a": "b", "{{nmae}}": "Ada"})
    report = await edit(slides, {"a": "b", "{{nmae}}": "Ada"})

    assert report.applied
    assert report.not_found == plan.not_found == ("{{nmae}}",)


async def test_an_empty_key_is_refused_before_anything_is_sent() -> None:
    """It would match everywhere."""
    slides = PretendSlides({"s0": "a"})
    engine = pretend_engine(slides, RunningClock())

    for call in (engine.replace_text, engine.plan_text):
        with pytest.raises(ValueError, match="a key of the replacements is empty"):
            await call(DECK, {"": "x"})

    assert slides.attempts == []
