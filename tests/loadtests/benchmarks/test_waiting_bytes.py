"""How many bytes what waits takes up."""

from engine.clock import MonotonicClock
from engine.settings import EngineSettings
from loadtests.benchmarks.waiting_bytes import bytes_each, bytes_of_a_crowd

SMALL = EngineSettings(max_calls_under_way=5)


async def test_edits_share_what_their_call_takes_up() -> None:
    """A call of many edits is no dearer than many calls."""
    clock = MonotonicClock()

    assert await bytes_each(clock, SMALL, 10, 100) < await bytes_each(clock, SMALL, 10, 1) / 3


async def test_a_call_that_waits_takes_much_less_than_one_that_is_under_way() -> None:
    """Which is what the waiting room is for."""
    clock = MonotonicClock()
    roomy = SMALL.model_copy(update={"max_calls_under_way": 1_000})

    assert await bytes_of_a_crowd(clock, SMALL, 500) < await bytes_of_a_crowd(clock, roomy, 500) / 2
