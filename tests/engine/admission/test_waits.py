"""What callers waited for."""

import pytest

from engine.admission.waits import WaitMeter, add_difference, stopwatch
from tests.support.manual_clock import ManualClock


def test_each_reason_gets_the_time_that_passed_under_it() -> None:
    """A report that blames the wrong resource sends its reader the wrong way."""
    meter = WaitMeter()

    meter.switch("quota", 10.0)
    meter.switch("slot", 12.0)
    meter.switch(None, 15.0)

    assert meter.read(100.0) == {"quota": 2.0, "slot": 3.0}


def test_reading_does_not_disturb_the_count() -> None:
    """Every waiter reads the one meter of its line."""
    meter = WaitMeter()
    meter.switch("quota", 0.0)

    readings = [meter.read(1.0), meter.read(1.5), meter.read(4.0)]

    assert [reading["quota"] for reading in readings] == [1.0, 1.5, 4.0]


def test_a_waiter_is_charged_from_when_it_joined() -> None:
    """What the line waited for before is not its wait."""
    waits = {"lock": 1.0, "quota": 2.0}

    add_difference(waits, {"quota": 5.0}, {"quota": 6.0, "breaker": 3.0, "slot": 0.0})

    assert waits == {"lock": 1.0, "quota": 3.0, "breaker": 3.0}


async def test_a_wait_that_ends_badly_counts_too() -> None:
    """The waits of what failed are the interesting ones."""
    clock, waits = ManualClock(), {"lock": 0.5}

    with pytest.raises(TimeoutError), stopwatch(clock, waits, "lock"):
        await _fail_after(clock, 2.0)

    assert waits == {"lock": 2.5}


async def _fail_after(clock: ManualClock, seconds: float) -> None:
    await clock.advance(seconds)
    raise TimeoutError
