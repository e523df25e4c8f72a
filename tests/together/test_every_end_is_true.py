"""Calls that are cancelled, cancelled again or drained at any moment of any weather: every fate is true."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.client import SlidesEngine
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from tests.support.engines import DECK, assert_nothing_left, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import WRITE_WEATHER, PretendSlides

TEXTS = {f"s{number}": "{{a}} {{b}}" for number in range(4)}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}
CALLS = (["s0", "s1"], ["s2", "s3"])
GRACE_SECONDS, DRAIN_SECONDS = 5.0, 10.0

MOMENTS = st.floats(0.0, 8.0) | st.floats(0.0, 60.0)
CANCELS = st.lists(st.tuples(st.integers(0, len(CALLS) - 1), MOMENTS), max_size=4)
STRATEGIES = st.sampled_from(["sequential", "per_slide", "semaphore", "coalesced"])


@given(
    weather=st.lists(st.sampled_from(WRITE_WEATHER), max_size=10),
    delays=st.lists(st.floats(0.0, 12.0), min_size=2, max_size=10),
    cancels=CANCELS,
    drains_at=st.none() | MOMENTS,
    strategy=STRATEGIES,
)
def test_whatever_ends_a_call_its_edits_have_one_fate_each_and_a_true_one(
    weather: Sequence[str],
    delays: Sequence[float],
    cancels: Sequence[tuple[int, float]],
    drains_at: float | None,
    strategy: str,
) -> None:
    """The ways to end a call meet each other in production, on the day on which everything fails."""
    course = _Course(weather, delays, strategy)

    asyncio.run(course.run(cancels, drains_at))

    accepted = Counter(e.operation_id for e in course.events if isinstance(e, OperationAccepted))
    settled = Counter(e.operation_id for e in course.events if isinstance(e, OperationSettled))
    assert accepted == settled
    for event in course.events:
        if isinstance(event, OperationSettled):
            assert event.fate in course.true_fates(event), event
    assert course.drained_late_seconds <= 1e-6


class _Course:
    def __init__(self, weather: Sequence[str], delays: Sequence[float], strategy: str) -> None:
        self.events: list[Event] = []
        self.drained_late_seconds = 0.0
        self._weather, self._delays, self._strategy = weather, delays, strategy

    async def run(self, cancels: Sequence[tuple[int, float]], drains_at: float | None) -> None:
        clock = RunningClock()
        slides = self._slides = PretendSlides(TEXTS, self._weather, clock=clock)
        slides.delays_seconds = list(self._delays)
        engine = pretend_engine(
            slides, clock, listeners=[self.events.append], batch_strategy=self._strategy,
            cancellation_grace=GRACE_SECONDS, max_concurrent_slides=2,
        )  # fmt: skip
        engine._parts.connections.cut_short = slides.cut_short
        calls = [asyncio.create_task(engine.replace_text(DECK, EDITS, slide_ids=ids)) for ids in CALLS]
        others = [asyncio.create_task(_cancel(calls[place], clock, at)) for place, at in cancels]
        if drains_at is not None:
            others.append(asyncio.create_task(self._drain(engine, clock, drains_at)))
        everything = asyncio.gather(*calls, *others, return_exceptions=True)
        await clock.run(everything)
        assert_nothing_left(engine)

    async def _drain(self, engine: SlidesEngine, clock: RunningClock, at: float) -> None:
        await clock.sleep(at)
        began = clock.now()
        await engine.drain(DRAIN_SECONDS)
        self.drained_late_seconds = clock.now() - began - DRAIN_SECONDS

    def true_fates(self, settled: OperationSettled) -> set[Fate]:
        """Return what may be said of an edit, given what the server did."""
        find = list(EDITS)[int(settled.operation_id.rpartition("/")[2])]
        is_committed = any(
            edit["replaceAllText"]["containsText"]["text"] == find
            and settled.slide_id in edit["replaceAllText"]["pageObjectIds"]
            for requests in self._slides.commits
            for edit in requests
        )
        said = {Fate.APPLIED} if is_committed else {Fate.NOT_SENT, Fate.REJECTED}
        return {*said, Fate.INDETERMINATE}


async def _cancel(call: "asyncio.Task[object]", clock: RunningClock, at: float) -> None:
    await clock.sleep(at)
    call.cancel()
