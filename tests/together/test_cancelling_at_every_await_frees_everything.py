"""A caller that goes away at any await on its path, or in the instant that ends one, leaves nothing held."""

import asyncio
import math
import types
from collections.abc import Callable, Coroutine, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from engine.admission.call_queue import Place
from engine.client import SlidesEngine
from engine.events import OperationAccepted, OperationSettled
from engine.journal.file import Journal
from tests.support.engines import DECK, assert_nothing_left, pretend_engine
from tests.support.journals import at_once
from tests.support.manual_clock import RunningClock, quiet
from tests.support.pretend_slides import PretendSlides

TEXTS = {f"s{number}": "{{a}}" for number in range(3)}
EDITS = {"{{a}}": "Ada"}
NEVER = 1_000_000
WEATHER = ["lost before", "503", "503", "429", "rival", "ok"]
SETTINGS = {
    "batch_strategy": "per_slide",
    "circuit_breaker_threshold": 3,
    "cancellation_grace": 1.0,
    "max_calls_under_way": 1,
}
Cancel = Callable[[Any, Callable[[], object]], None]


def _at_once(_awaited: object, cancel: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_soon(cancel)


def _in_the_instant_that_ends_it(awaited: asyncio.Future[Any] | None, cancel: Callable[[], object]) -> None:
    """Cancel after what is awaited is there, and before whoever awaits it runs."""
    if awaited is None:
        cancel()
    else:
        awaited.add_done_callback(lambda _: cancel())


class Walk:
    """A call that is cancelled at one of its awaits, counted from 1."""

    def __init__(self, at: int, cancel: Cancel) -> None:
        self.awaits_count = 0
        self._at = at
        self._cancel = cancel

    @types.coroutine
    def walk(self, call: Coroutine[Any, Any, object]) -> Generator[Any, Any, object]:
        """Let `call` run, one await after the other."""
        task = asyncio.current_task()
        assert task is not None
        step: Callable[[], Any] = lambda: call.send(None)  # noqa: E731 - what comes next changes
        while True:
            try:
                awaited = step()
            except StopIteration as end:
                return end.value
            self.awaits_count += 1
            if self.awaits_count == self._at:
                self._cancel(awaited, task.cancel)
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001 - it is the call's to deal with
                step = lambda thrown=error: call.throw(thrown)  # noqa: E731
            else:
                step = lambda: call.send(None)  # noqa: E731


@pytest.mark.parametrize("cancel", [_at_once, _in_the_instant_that_ends_it])
async def test_at_every_await_of_a_call_in_bad_weather(cancel: Cancel) -> None:
    """A lock, slot, permit or place that is lost is lost until the process ends."""
    at, has_ended = 0, False
    while not has_ended:
        at += 1
        has_ended = await _lives_through(at, cancel)

    assert at > 40, "the path has more awaits than that"


@pytest.mark.parametrize("cancel", [_at_once, _in_the_instant_that_ends_it])
async def test_at_every_await_of_a_resumed_call(cancel: Cancel, tmp_path: Path) -> None:
    """What a dead process left is gone on with as often as it takes, and each edit lands once."""
    at, has_ended = 0, False
    while not has_ended:
        at += 1
        slides = PretendSlides(TEXTS, ["ok", "lost after", "503", "429"])
        file = tmp_path / f"{at}-journal"
        with patch("asyncio.to_thread", at_once):
            await _cancelled(slides, file, 20, _at_once)  # one is applied then, one in doubt
            path = await _cancelled(slides, file, at, cancel, resumes=True)
            await _cancelled(slides, file, NEVER, cancel, resumes=True)
        assert set(slides.texts.values()) == {"Ada"}, f"cancelled at await {at}"
        assert len(slides.commits) == len(TEXTS)
        has_ended = path.awaits_count < at

    assert at > 10, "the path has more awaits than that"


async def _cancelled(
    slides: PretendSlides, file: Path, at: int, cancel: Cancel, *, resumes: bool = False
) -> Walk:
    """Begin or resume a call, cancel it at one of its awaits, and see that nothing is left of it."""
    clock, walk = RunningClock(), Walk(at, cancel)
    engine = pretend_engine(slides, clock, **{**SETTINGS, "cancellation_grace": 0.0})

    async def call() -> None:
        work = engine.resume(DECK, EDITS) if resumes else engine.replace_text(DECK, EDITS)
        await walk.walk(work)

    with Journal(file) as journal:
        engine._desk = replace(engine._desk, journal=journal)
        task = asyncio.create_task(call())
        await clock.run(task)
        await quiet()
    assert task.cancelled() or task.exception() is None
    assert_nothing_left(engine)
    return walk


async def _take_all_the_room(engine: SlidesEngine, clock: RunningClock) -> None:
    """Be a call of somebody else's that is under way for a while."""
    with Place(engine._parts.queue, "other", "other", deadline_seconds=math.inf) as place:
        await place.begin()
        await clock.sleep(1.0)


async def _lives_through(at: int, cancel: Cancel) -> bool:
    """Cancel a call at one of its awaits, and say whether it had ended before it came to that many."""
    clock, events = RunningClock(), list[object]()
    slides = PretendSlides(TEXTS, list(WEATHER))
    engine = pretend_engine(slides, clock, listeners=[events.append], **SETTINGS)
    path = Walk(at, cancel)

    async def call() -> None:
        await path.walk(engine.replace_text(DECK, EDITS))

    other = asyncio.create_task(_take_all_the_room(engine, clock))
    await quiet()
    task = asyncio.create_task(call())
    await clock.run(task)
    await clock.run(other)
    await quiet()
    assert_nothing_left(engine)
    accepted = [event.operation_id for event in events if isinstance(event, OperationAccepted)]
    settled = [event.operation_id for event in events if isinstance(event, OperationSettled)]
    assert sorted(accepted) == sorted(settled), f"cancelled at await {at}"

    slides.weather.clear()
    again = asyncio.create_task(engine.replace_text(DECK, EDITS))
    await clock.run(again)
    assert (await again).applied, f"cancelled at await {at}"
    assert_nothing_left(engine)
    return path.awaits_count < at
