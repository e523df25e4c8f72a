"""A place for each call, or a refusal with an estimate."""

import asyncio
from contextlib import suppress
from random import Random

import pytest

from engine.admission.assembly import dispatcher_for
from engine.admission.call_queue import CallQueue, Place
from engine.admission.waiting_room import WaitingRoom
from engine.errors import TooBusy
from engine.events import CallTurnedAway, Event
from engine.policy.pacing import CallKind
from engine.settings import EngineSettings
from tests.support.held import admitted
from tests.support.manual_clock import ManualClock

FAR = 1e9
SETTINGS = EngineSettings(writes_per_minute=10, quota_use_share=1.0)  # ten at once, ten more 61 s later


class Bench:
    """A queue in front of a dispatcher that may send ten writes a minute."""

    def __init__(
        self, most_calls_count: int = 100, settings: EngineSettings = SETTINGS, room_count: int = 100
    ) -> None:
        self.clock = ManualClock(0.0)
        self.events: list[Event] = []
        self.dispatcher = dispatcher_for(settings, "host", self.clock, Random(1), self.events.append)
        room = WaitingRoom(room_count, self.clock)
        self.queue = CallQueue(most_calls_count, self.dispatcher, self.clock, self.events.append, room)

    def place(self, presentation_id: str, tenant: str, deadline_seconds: float = FAR) -> Place:
        """Return a place to be entered."""
        return Place(self.queue, presentation_id, tenant, deadline_seconds)


class TestWhenTooManyHoldAPlace:
    def test_one_more_is_refused_at_once_and_told_when(self) -> None:
        """A queue without an end is memory without an end, and deadlines that nobody can keep."""
        bench = Bench(most_calls_count=2)

        with bench.place("a", "a") as first, bench.place("b", "b"):
            first.expect(15)
            with pytest.raises(TooBusy, match="2 calls wait, and no more may") as refused:
                bench.place("c", "c").__enter__()

        assert refused.value.eta_seconds == 0.0  # turns are taken, so one write would be among the first ten
        assert bench.events == [CallTurnedAway("c", 0.0, 0.0)]

    def test_a_place_that_was_left_is_free_again(self) -> None:
        """However the call ended."""
        bench = Bench(most_calls_count=1)

        with pytest.raises(KeyError), bench.place("a", "a") as place:
            _fail(place)

        with bench.place("b", "b"):
            assert bench.queue.calls_count == 1
        assert (bench.queue.calls_count, bench.queue.backlog.count) == (0, 0)


def _fail(place: Place) -> None:
    place.expect(5)
    raise KeyError


class TestWhenTheQuotaIsTooSmall:
    def test_what_cannot_be_done_before_the_deadline_is_refused_with_the_time_it_would_take(self) -> None:
        """Half a deck by the deadline is worse than none, and none should be said at once."""
        bench = Bench()

        with bench.place("a", "a", 60.0) as place:
            place.expect(10)
            with pytest.raises(TooBusy, match="only after the deadline") as refused:
                place.expect(11)

        assert refused.value.eta_seconds == pytest.approx(61.0)
        assert "estimate: 61 s" in str(refused.value)
        assert bench.queue.backlog.count == 0

    def test_what_others_have_to_write_counts_as_far_as_it_goes_first(self) -> None:
        """Turns are taken: of a huge job only as much goes first as the small one has itself."""
        bench = Bench()

        with bench.place("big", "big") as big, bench.place("small", "small", 60.0) as small:
            big.expect(1_000)
            small.expect(5)
            with pytest.raises(TooBusy):
                small.expect(6)

    def test_what_has_ended_is_not_waited_for(self) -> None:
        """The estimate is for what is still to come."""
        bench = Bench()

        with bench.place("a", "t") as first, bench.place("b", "t", 60.0) as second:
            first.expect(10)
            first.one_ended()
            second.expect(1)

            assert bench.queue.backlog.count == 10
        assert bench.queue.backlog.count == 0

    def test_more_may_end_than_was_expected(self) -> None:
        """A refused batch is taken apart, and its parts were never planned."""
        bench = Bench()

        with bench.place("a", "a") as place:
            place.expect(1)
            for _ in range(5):
                place.one_ended()

            assert bench.queue.backlog.count == 0

    async def test_what_is_in_flight_is_not_counted_twice(self) -> None:
        """The pacer has counted it already, and an estimate must never be too late."""
        bench = Bench(settings=SETTINGS.model_copy(update={"max_concurrent_slides": 3}))
        with bench.place("a", "t") as first, bench.place("b", "t", 60.0) as second:
            first.expect(3)
            async with (
                admitted(bench.dispatcher, CallKind.WRITE, FAR, {}),
                admitted(bench.dispatcher, CallKind.WRITE, FAR, {}),
                admitted(bench.dispatcher, CallKind.WRITE, FAR, {}),
            ):
                second.expect(7)
                await asyncio.sleep(0)

    def test_without_a_pacer_nothing_is_too_late(self) -> None:
        """Whoever shows what happens without one wants to see it happen."""
        bench = Bench(settings=EngineSettings(pacer_enabled=False))

        with bench.place("a", "a", 1.0) as place:
            place.expect(1_000_000)


class TestWhenThereIsNoRoom:
    async def test_a_call_begins_when_another_has_left_its_place(self) -> None:
        """However that one ended; and whoever never began leaves nothing behind either."""
        bench = Bench(room_count=1)

        with bench.place("b", "b") as second, bench.place("c", "c"):
            with suppress(KeyError), bench.place("a", "a") as first:
                await first.begin()
                turn = second.begin()
                assert not turn.done()
                _fail(first)
            await turn

        assert (bench.queue.calls_count, len(bench.queue.room)) == (0, 0)
