"""What was sent gets a while to be answered, though its caller has gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from engine.grace import Grace
from tests.support.manual_clock import ManualClock, quiet

GRACE_SECONDS = 5.0


class _Stand:
    """An attempt that takes some time, and a caller who may not wait for it."""

    def __init__(self, *, takes_seconds: float, was_sent: bool = True, fails: bool = False) -> None:
        self.clock = ManualClock()
        self.began_at = self.clock.now()
        self.cancellations: list[asyncio.CancelledError] = []
        self.was_cut_short = False
        self._takes_seconds, self._fails = takes_seconds, fails
        self.caller = asyncio.create_task(self._call(was_sent=was_sent))

    async def _call(self, *, was_sent: bool) -> str:
        return await Grace(self.clock, GRACE_SECONDS).see_through(
            self._attempt(), was_sent=lambda: was_sent, on_cancelled=self.cancellations.append
        )

    async def _attempt(self) -> str:
        try:
            await self.clock.sleep(self._takes_seconds)
        except asyncio.CancelledError:
            self.was_cut_short = True
            raise
        if self._fails:
            raise ConnectionResetError
        return "answer"

    async def cancel_at(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        self.caller.cancel()
        await quiet()

    @property
    def passed_seconds(self) -> float:
        return self.clock.now() - self.began_at


async def test_without_a_cancellation_it_is_as_if_it_were_not_there() -> None:
    """Nearly every call ends so."""
    stand = _Stand(takes_seconds=100.0)

    await stand.clock.advance(100.0)

    assert await stand.caller == "answer"
    assert stand.cancellations == []


async def test_an_answer_within_the_grace_is_returned_and_the_cancellation_handed_over() -> None:
    """The edit was applied, and it would be a pity not to know."""
    stand = _Stand(takes_seconds=5.9)

    await stand.cancel_at(1.0)
    await stand.clock.advance(4.9)

    assert await stand.caller == "answer"
    assert len(stand.cancellations) == 1


async def test_an_error_within_the_grace_is_raised_and_the_cancellation_handed_over() -> None:
    """A refusal, too, is something to know."""
    stand = _Stand(takes_seconds=2.0, fails=True)

    await stand.cancel_at(1.0)
    await stand.clock.advance(1.0)

    with pytest.raises(ConnectionResetError):
        await stand.caller
    assert len(stand.cancellations) == 1


async def test_after_the_grace_the_attempt_is_cut_short() -> None:
    """Whoever cancelled wants to go on."""
    stand = _Stand(takes_seconds=100.0)

    await stand.cancel_at(1.0)
    await stand.clock.advance(4.9)
    assert not stand.caller.done()
    await stand.clock.advance(0.2)

    with pytest.raises(asyncio.CancelledError):
        await stand.caller
    assert stand.was_cut_short
    assert stand.cancellations == []


async def test_a_second_cancellation_is_in_a_hurry() -> None:
    """Two presses of Ctrl-C mean it."""
    stand = _Stand(takes_seconds=100.0)

    await stand.cancel_at(1.0)
    await stand.cancel_at(0.5)

    with pytest.raises(asyncio.CancelledError):
        await stand.caller
    assert stand.was_cut_short
    assert stand.passed_seconds == 1.5


@pytest.mark.parametrize("was_sent", [True, False])
async def test_no_cancellation_leaves_the_attempt_running(*, was_sent: bool) -> None:
    """Its slot and its lock go to somebody else, who must not meet it on its way out."""
    clock, has_ended = ManualClock(), asyncio.Event()

    async def attempt() -> None:
        try:
            await clock.sleep(100.0)
        finally:
            await clock.sleep(1.0)  # as aiohttp does, closing a connection
            has_ended.set()

    grace = Grace(clock, GRACE_SECONDS)
    caller = asyncio.create_task(
        grace.see_through(attempt(), was_sent=lambda: was_sent, on_cancelled=lambda _: None)
    )
    for _ in range(4):
        await quiet()
        assert not caller.done()
        caller.cancel()
    await clock.advance(1.0)

    with pytest.raises(asyncio.CancelledError):
        await caller
    assert has_ended.is_set()


async def test_what_was_not_sent_is_not_waited_for() -> None:
    """There is nothing to learn, and it had better not be sent any more."""
    stand = _Stand(takes_seconds=100.0, was_sent=False)

    await stand.cancel_at(1.0)

    with pytest.raises(asyncio.CancelledError):
        await stand.caller
    assert stand.was_cut_short


@pytest.mark.parametrize("rounds", [0, 1])
@pytest.mark.parametrize("is_answer_first", [True, False])
async def test_a_cancellation_in_the_instant_of_the_answer_loses_neither(
    *, is_answer_first: bool, rounds: int
) -> None:
    """The attempt has ended, but its caller's task has not run since."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    cancellations: list[asyncio.CancelledError] = []
    grace = Grace(ManualClock(), GRACE_SECONDS)

    async def attempt() -> str:
        return await answer

    caller = asyncio.create_task(
        grace.see_through(attempt(), was_sent=lambda: True, on_cancelled=cancellations.append)
    )
    await quiet()
    steps = [lambda: answer.set_result("answer"), caller.cancel]
    for step in steps if is_answer_first else reversed(steps):
        step()
        for _ in range(rounds):
            await asyncio.sleep(0)

    assert await caller == "answer"
    assert len(cancellations) == 1


class TestTogetherWithAsyncio:
    """A call inside the constructs that cancel: each ends as it would without the grace, only later."""

    async def test_a_timeout_around_the_call_is_a_timeout(self) -> None:
        """Cancellation and expiry must not be taken for one another."""
        clock = ManualClock()

        async def impatient() -> None:
            async with clock.timeout(1.0):
                await _noted_then_raised(clock, clock.sleep(3.0))

        caller = asyncio.create_task(impatient())
        await clock.advance(1.5)
        assert not caller.done()
        await clock.advance(1.5)

        with pytest.raises(TimeoutError):
            await caller

    async def test_a_task_group_that_fails_waits_and_raises_the_failure(self) -> None:
        """The sibling's error is what counts; the answer is not lost for it."""
        clock, answers = ManualClock(), list[str]()

        async def fail() -> None:
            await clock.sleep(1.0)
            raise ValueError("the sibling")

        async def group() -> None:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(fail())
                tasks.create_task(_noted_then_raised(clock, clock.sleep(3.0), answers))

        caller = asyncio.create_task(group())
        await clock.advance(3.0)

        with pytest.raises(ExceptionGroup) as raised:
            await caller
        assert [type(error) for error in raised.value.exceptions] == [ValueError]
        assert answers == ["answered"]


async def _noted_then_raised(
    clock: ManualClock, attempt: Coroutine[Any, Any, None], answers: list[str] | None = None
) -> None:
    """Use the grace as the engine does."""
    cancellations: list[asyncio.CancelledError] = []
    grace = Grace(clock, GRACE_SECONDS)
    await grace.see_through(attempt, was_sent=lambda: True, on_cancelled=cancellations.append)
    if answers is not None:
        answers.append("answered")
    if cancellations:
        raise cancellations[0]
