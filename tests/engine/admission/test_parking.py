"""Where calls for a sick presentation wait."""

import asyncio
from itertools import pairwise
from random import Random

import pytest

from engine.admission.assembly import dispatcher_for
from engine.admission.parking import Parking
from engine.admission.waits import Waits
from engine.errors import CircuitOpen, EngineClosed, ServerFailed
from engine.events import BreakerMode, Event
from engine.settings import EngineSettings
from tests.support.held import parked
from tests.support.manual_clock import ManualClock, quiet

FAR = 1e9
FAILED = ServerFailed("503", http_status=503)


class Bench:
    """A dispatcher, its parking, and callers."""

    def __init__(self) -> None:
        self.clock, self.events = ManualClock(0.0), list[Event]()
        settings = EngineSettings(circuit_breaker_timeout=10.0, max_concurrent_slides=3)
        self.dispatcher = dispatcher_for(settings, "x", self.clock, Random(1), self.events.append)
        self.parking = Parking(self.dispatcher, self.clock)
        self.began: list[tuple[str, float, bool]] = []

    async def call(
        self,
        deck: str,
        error: Exception | None = None,
        *,
        deadline: float = FAR,
        waits: Waits | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Make one write about a deck that ends with `error`."""
        async with parked(self.parking, deck, deadline, {} if waits is None else waits) as admission:
            self.began.append((deck, self.clock.now(), admission.is_trial))
            await self.clock.sleep(seconds)
            admission.ended(error)

    async def sicken(self, deck: str = "sick") -> None:
        """Let a deck fail until its breaker opens, while another one is well."""
        for _ in range(3):
            await self.call(deck, FAILED)
            await self.call("well")
        self.began.clear()


async def test_calls_for_a_sick_presentation_wait_and_those_for_others_do_not_notice() -> None:
    """One broken deck of a thousand must not be what a thousand customers wait for."""
    bench = Bench()
    await bench.sicken()
    waits: Waits = {}

    parked = asyncio.create_task(bench.call("sick", waits=waits))
    await bench.clock.advance(3.0)
    await bench.call("well")
    served_by_then = list(bench.began)
    await bench.clock.advance(20.0)
    await parked

    assert served_by_then == [("well", 3.0, False)]
    assert bench.dispatcher.is_healthy
    assert not bench.parking.is_healthy("sick")
    assert bench.began[-1][2], "the first to come back is a trial"
    assert 8.0 <= waits["breaker"] <= 13.0


async def test_a_trial_counts_as_a_read_and_others_wait_until_it_is_settled() -> None:
    """No edit is risked to find out whether the presentation is well again."""
    bench = Bench()
    await bench.sicken()

    calls = [asyncio.create_task(bench.call("sick", seconds=2.0)) for _ in range(3)]
    await bench.clock.advance(60.0)
    await asyncio.gather(*calls)

    starts = [at for _, at, _ in bench.began]
    assert [is_trial for _, _, is_trial in bench.began] == [True, True, False]
    assert all(later - sooner >= 2.0 for sooner, later in pairwise(starts))
    assert len(bench.dispatcher.breakers.presentations) == 0


async def test_a_deadline_ends_the_wait_and_says_circuit_open() -> None:
    """The caller learns that it was not a long queue."""
    bench = Bench()
    await bench.sicken()

    parked = asyncio.create_task(bench.call("sick", deadline=4.0))
    await bench.clock.advance(5.0)

    with pytest.raises(CircuitOpen):
        await parked


async def test_closing_ends_the_wait() -> None:
    """Calls that are parked would go on until their deadlines otherwise, long after the end."""
    bench = Bench()
    await bench.sicken()
    parked = asyncio.create_task(bench.call("sick"))
    await quiet()

    bench.dispatcher.close()
    await quiet()

    assert isinstance(parked.exception(), EngineClosed)


async def test_what_became_sick_while_it_waited_for_its_turn_is_parked_after_all() -> None:
    """Whether it may go is asked at the instant at which it would."""
    bench = Bench()
    holders = [asyncio.create_task(bench.call("well", seconds=5.0)) for _ in range(3)]
    await quiet()
    waiting = asyncio.create_task(bench.call("sick"))
    await quiet()
    bench.dispatcher.control_breaker("presentation:sick", BreakerMode.FORCED_OPEN)

    await bench.clock.advance(30.0)
    began_by_then = {deck for deck, _, _ in bench.began}
    bench.dispatcher.control_breaker("presentation:sick", BreakerMode.AUTO)
    await bench.clock.advance(2.0)
    await asyncio.gather(*holders, waiting)

    assert began_by_then == {"well"}
    assert bench.began[-1] == ("sick", 31.0, False)


@pytest.mark.parametrize("moment", range(12))
async def test_cancelling_at_any_moment_leaves_nothing_behind(moment: int) -> None:
    """A lease that is lost shuts a presentation until it is over."""
    bench = Bench()
    await bench.sicken()
    await bench.clock.advance(20.0)
    cancelled = asyncio.create_task(bench.call("sick"))

    for _ in range(moment):
        await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    heir = asyncio.create_task(bench.call("sick"))
    await bench.clock.advance(1.0)

    assert heir.done()
    assert (bench.dispatcher.waiting_count, bench.dispatcher.in_flight_count) == (0, 0)
