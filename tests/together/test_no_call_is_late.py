"""No call returns later than its deadline, whatever the weather, and what it does until then fits in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import SlidesError
from engine.events import AttemptSettled, Event, Fate, OperationSettled
from engine.policy import retry
from engine.results import BatchReport
from tests.support.engines import DECK, assert_nothing_left, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import WRITE_WEATHER, PretendSlides

TEXTS = {"s1": "{{a}} {{b}}", "s2": "{{a}} {{b}}"}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}
ATTEMPT_SECONDS = 10.0

WEATHER = st.lists(st.sampled_from(WRITE_WEATHER), max_size=12)
READ_WEATHER = st.lists(st.sampled_from(["ok", "ok", "lost before", "503", "429", "down"]), max_size=6)
DELAYS = st.lists(st.floats(0.0, 40.0), max_size=12)
SETTINGS = st.fixed_dictionaries(
    {
        "batch_strategy": st.sampled_from(["sequential", "per_slide", "semaphore", "coalesced"]),
        "batch_retry_attempts": st.integers(0, 20),
        "batch_retry_delay": st.floats(0.0, 20.0),
        "circuit_breaker_threshold": st.integers(1, 5),
        "circuit_breaker_timeout": st.floats(0.1, 60.0),
        "writes_per_minute": st.sampled_from([2, 10, 60]),
        "quota_use_share": st.just(1.0),
        "http_connection_timeout": st.just(ATTEMPT_SECONDS),
    }
)


@dataclass
class Ended:
    """A call that is over.

    Attributes:
        late_seconds: after its deadline; below zero if before.
        left_seconds: per try, from its beginning to the deadline.
        slides: what it was made to.
        events: what it announced.
        report: None if the presentation could not be read.
    """

    late_seconds: float = 0.0
    left_seconds: list[float] = field(default_factory=list)
    slides: PretendSlides = field(default_factory=lambda: PretendSlides({}))
    events: list[Event] = field(default_factory=list)
    report: BatchReport | None = None


@given(st.floats(0.01, 120.0), WEATHER, READ_WEATHER, DELAYS, DELAYS, SETTINGS)
@example(20.0, ["503"] * 12, [], [], [], {"circuit_breaker_threshold": 1, "circuit_breaker_timeout": 19.9})
@example(5.0, [], [], [], [40.0], {})
@example(5.0, [], [], [40.0], [], {"batch_strategy": "semaphore"})
def test_whatever_happens_it_has_returned_by_then(
    deadline_seconds: float,
    weather: Sequence[str],
    read_weather: Sequence[str],
    delays: Sequence[float],
    read_delays: Sequence[float],
    settings: dict[str, object],
) -> None:
    """To the instant, in virtual time: the one wait that forgets the deadline hangs in production."""
    ended = _ended(deadline_seconds, weather, read_weather, delays, read_delays, settings)

    assert ended.late_seconds <= 1e-6
    tries = zip(ended.slides.timeouts_seconds, ended.left_seconds, strict=True)
    assert all(allowed <= min(ATTEMPT_SECONDS, left) + 1e-6 for allowed, left in tries)
    settled = [event for event in ended.events if isinstance(event, OperationSettled)]
    assert ended.report is None or len(settled) == len(ended.report.operations) == len(TEXTS) * len(EDITS)


@pytest.mark.parametrize(("deadline_seconds", "tries_count"), [(3.9, 1), (4.1, 2)])
def test_a_backoff_that_would_end_after_the_deadline_is_not_begun(
    monkeypatch: pytest.MonkeyPatch, deadline_seconds: float, tries_count: int
) -> None:
    """The caller learns at once what it would else learn at the deadline."""
    monkeypatch.setattr(retry, "_ceiling_seconds", lambda *_: 0.0)
    throttled = _ended(deadline_seconds, ["retry after 4"], [], [], [], {"pacer_enabled": False})

    assert sum(body is not None for _, _, _, body in throttled.slides.attempts) == tries_count
    if tries_count == 1:
        assert throttled.late_seconds == pytest.approx(-deadline_seconds)


def test_a_try_that_the_deadline_cuts_short_leaves_the_doubt_that_it_made() -> None:
    """It was sent; that nobody waits any longer does not make it undone."""
    ended = _ended(5.0, [], [], [40.0], [], {})

    assert ended.late_seconds == pytest.approx(0.0)
    assert ended.report is not None
    assert {operation.fate for operation in ended.report.operations} == {Fate.INDETERMINATE}


def _ended(
    deadline_seconds: float,
    weather: Sequence[str],
    read_weather: Sequence[str],
    delays: Sequence[float],
    read_delays: Sequence[float],
    settings: dict[str, object],
) -> Ended:
    async def live() -> Ended:
        clock, ended = RunningClock(), Ended()
        slides = ended.slides = PretendSlides(TEXTS, weather, clock=clock)
        slides.read_weather = list(read_weather)
        slides.delays_seconds, slides.read_delays_seconds = list(delays), list(read_delays)
        chosen = {"http_connection_timeout": ATTEMPT_SECONDS, **settings}
        engine = pretend_engine(slides, clock, listeners=[ended.events.append], **chosen)
        began = clock.now()
        call = asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=deadline_seconds))
        await clock.run(call)
        ended.late_seconds = clock.now() - began - deadline_seconds
        assert_nothing_left(engine)
        tries = [event for event in ended.events if isinstance(event, AttemptSettled)]
        ended.left_seconds = [began + deadline_seconds - each.sent_at_seconds for each in tries]
        try:
            ended.report = await call
        except SlidesError:
            return ended
        return ended

    return asyncio.run(live())
