"""What every call of an engine needs."""

import math

import pytest

from engine.desk import Terms, refuse_impossible
from tests.support.engines import pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides


@pytest.mark.parametrize("presentation_id", ["a b", "", "a/b", "ä"])
def test_the_impossible_is_refused(presentation_id: str) -> None:
    """Before anything is read."""
    with pytest.raises(ValueError, match="is not the id of a presentation"):
        refuse_impossible(presentation_id)


async def test_a_call_ends_when_the_settings_say_unless_it_says_so_itself() -> None:
    """A caller in a hurry knows best."""
    clock = RunningClock()
    desk = pretend_engine(PretendSlides({}), clock, operation_deadline=60)._desk

    assert desk.deadline(Terms("deck")) == clock.now() + 60
    assert desk.deadline(Terms("deck", 5.0)) == clock.now() + 5


async def test_a_deadline_that_is_no_number_is_refused() -> None:
    """Every comparison with it is false, also those by which the event loop keeps its timers in order."""
    desk = pretend_engine(PretendSlides({}), RunningClock())._desk

    with pytest.raises(ValueError, match="deadline: expected a number of seconds, got nan"):
        desk.deadline(Terms("deck", math.nan))
