"""A timer that is set again and again."""

import math

from engine.admission.alarm import Alarm
from tests.support.manual_clock import ManualClock


class Bench:
    """An alarm on a clock that a test moves, and when it rang."""

    def __init__(self) -> None:
        self.clock = ManualClock(0.0)
        self.rang_at: list[float] = []
        self.alarm = Alarm(self.clock, lambda: self.rang_at.append(self.clock.now()))

    def set(self, at_seconds: float) -> None:
        """Set it."""
        self.alarm.set(at_seconds, self.clock.now())


async def test_rings_once_at_its_time() -> None:
    """Whoever waits for time alone is woken when it has come, and not for nothing afterwards."""
    bench = Bench()

    bench.set(5.0)
    await bench.clock.advance(60.0)

    assert bench.rang_at == [5.0]
    assert not bench.alarm.is_set


async def test_the_last_time_it_was_set_to_counts() -> None:
    """Sooner, later, and never."""
    bench = Bench()

    bench.set(5.0)
    bench.set(2.0)
    await bench.clock.advance(10.0)
    bench.set(12.0)
    bench.set(15.0)
    await bench.clock.advance(10.0)
    bench.set(25.0)
    bench.set(math.inf)
    await bench.clock.advance(10.0)

    assert bench.rang_at == [2.0, 15.0]


async def test_can_be_set_by_what_it_calls() -> None:
    """Which is how a crowd with many deadlines is seen to by one timer."""
    bench = Bench()

    def ring() -> None:
        bench.rang_at.append(bench.clock.now())
        alarm.set(bench.clock.now() + 3.0, bench.clock.now())

    alarm = Alarm(bench.clock, ring)
    alarm.set(3.0, 0.0)
    await bench.clock.advance(10.0)

    assert bench.rang_at == [3.0, 6.0, 9.0]
    alarm.set(math.inf, 10.0)
