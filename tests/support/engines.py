"""Engines for tests: the whole path, with a pretended presentation where the network would be."""

import asyncio
from collections.abc import Sequence
from random import Random

from google.auth.credentials import AnonymousCredentials

from engine.client import SlidesEngine
from engine.clock import Clock
from engine.events import Event, Listener
from engine.results import BatchReport
from engine.settings import EngineSettings
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides

DECK = "deck"


def pretend_engine(
    slides: PretendSlides, clock: Clock, *, listeners: Sequence[Listener] = (), **settings: object
) -> SlidesEngine:
    """Return an engine whose attempts go to `slides`."""
    engine = SlidesEngine(
        EngineSettings(**settings),
        credentials=AnonymousCredentials(),
        clock=clock,
        random=Random(7),
        listeners=listeners,
    )
    engine._parts.recovery._attempts._transport = slides
    return engine


async def edit(
    slides: PretendSlides, text_map: dict[str, str], events: list[Event] | None = None, **settings: object
) -> BatchReport:
    """Replace texts in `slides` to the end, in no time, and check that nothing is left behind."""
    clock = RunningClock()
    listeners = () if events is None else (events.append,)
    engine = pretend_engine(slides, clock, listeners=listeners, **settings)
    work = asyncio.create_task(engine.replace_text(DECK, text_map))
    await clock.run(work)
    assert_nothing_left(engine)
    return await work


def assert_nothing_left(engine: SlidesEngine) -> None:
    """Fail if a waiter, a slot, a place in the quota or in the queue, or a lock is still held."""
    dispatcher = engine._parts.dispatcher
    assert dispatcher.waiting_count == 0
    assert dispatcher.in_flight_count == 0
    assert engine.in_use.presentations == 0
    queue = engine._parts.queue
    assert (queue.calls_count, queue.backlog.count) == (0, 0)
    assert (len(queue.room), queue.room._waitlist.under_way_count) == (0, 0)
    if dispatcher._pacing is not None:
        assert not any(log._unsent for logs in dispatcher._pacing._logs.values() for log in logs.values())
