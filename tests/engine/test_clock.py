import pytest

from engine.clock import MonotonicClock


def test_a_fast_clock_lets_a_minute_pass_in_moments() -> None:
    """A quota window of a minute must not make a demo of an hour."""
    slow, fast = MonotonicClock(), MonotonicClock(speed=20.0)

    ratio = fast.now() / slow.now()

    assert ratio == pytest.approx(20.0, rel=0.01)


async def test_a_timeout_runs_on_the_clock_it_came_from() -> None:
    """Otherwise deadlines and waits would disagree about when it is."""
    clock = MonotonicClock(speed=10_000.0)

    with pytest.raises(TimeoutError):
        async with clock.timeout(60.0):
            await clock.sleep(3600.0)


async def test_without_a_span_a_timeout_never_strikes() -> None:
    """None means no deadline, not an immediate one."""
    async with MonotonicClock().timeout(None):
        await MonotonicClock().sleep(-1.0)


@pytest.mark.parametrize("speed", [0.0, -1.0])
def test_a_clock_that_stands_still_or_runs_backwards_is_refused(speed: float) -> None:
    """Every wait on it would last for ever."""
    with pytest.raises(ValueError, match="speed"):
        MonotonicClock(speed=speed)
