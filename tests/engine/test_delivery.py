"""The path of a batch."""

import asyncio

import pytest

from engine.errors import DeadlinePassed
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from tests.support.engines import DECK, assert_nothing_left, edit, pretend_engine
from tests.support.held import held
from tests.support.manual_clock import RunningClock, quiet
from tests.support.pretend_slides import PretendSlides

TEXTS = {"s1": "{{a}} {{b}}", "s2": "{{a}} {{b}}"}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}


def _fences(slides: PretendSlides) -> list[str | None]:
    bodies = [body for _, _, _, body in slides.attempts if body is not None]
    return [body.get("writeControl", {}).get("requiredRevisionId") for body in bodies]


async def test_revisions_are_chained_from_answer_to_answer() -> None:
    """One read at the start is enough, however many writes follow."""
    slides = PretendSlides(TEXTS)

    await edit(slides, EDITS, batch_strategy="sequential")

    assert _fences(slides) == ["r1", "r2", "r3", "r4"]
    assert [method for _, _, method, _ in slides.attempts].count("presentations.get") == 1


async def test_a_reply_that_does_not_name_the_revision_costs_one_read() -> None:
    """A write without a fence could land twice."""
    slides = PretendSlides(TEXTS)
    named = slides._write
    slides._write = lambda word, body, on_sent: named(word, body, on_sent) and {}

    report = await edit(slides, EDITS, batch_strategy="per_slide")

    assert report.applied
    assert _fences(slides) == ["r1", "r2"]


async def test_a_write_whose_fence_cannot_be_read_was_never_sent() -> None:
    """Told as refused, it would not be taken up by whoever resumes; and each read has tries of its own."""
    slides = PretendSlides(TEXTS)
    named = slides._write
    slides._write = lambda word, body, on_sent: named(word, body, on_sent) and {}
    slides.read_weather = ["ok", "503", "503"]

    report = await edit(slides, EDITS, batch_strategy="per_slide", batch_retry_attempts=1)

    assert {operation.fate for operation in report.slides["s1"].operations} == {Fate.APPLIED}
    assert {operation.fate for operation in report.slides["s2"].operations} == {Fate.NOT_SENT}
    assert _fences(slides) == ["r1"]


async def test_a_reply_that_makes_no_sense_is_still_an_answer() -> None:
    """The write was applied; only the next revision has to be read."""
    slides = PretendSlides(TEXTS)
    named = slides._write
    slides._write = lambda word, body, on_sent: named(word, body, on_sent) and {"writeControl": None}

    report = await edit(slides, EDITS, batch_strategy="per_slide")

    assert report.applied
    assert _fences(slides) == ["r1", "r2"]


async def test_two_calls_for_one_presentation_do_not_get_in_each_others_way() -> None:
    """Without the lock each would refuse the other's writes by changing the revision."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock, max_concurrent_slides=4)

    calls = asyncio.gather(
        engine.replace_text(DECK, {"{{a}}": "Ada"}), engine.replace_text(DECK, {"{{b}}": "Bob"})
    )
    await clock.run(calls)

    assert all(report.applied for report in await calls)
    assert _fences(slides) == ["r1", "r2"]
    assert slides.texts == {"s1": "Ada Bob", "s2": "Ada Bob"}
    assert_nothing_left(engine)


async def test_without_the_lock_writes_carry_no_fence() -> None:
    """This is the client of the incident, kept to show what happens."""
    slides = PretendSlides(TEXTS)

    await edit(slides, EDITS, lock_enabled=False)

    assert _fences(slides) == [None]


async def test_a_deadline_while_another_call_writes_says_so() -> None:
    """The caller learns that nothing was sent, and why."""
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock)

    async with held(engine._parts.locks, DECK):
        work = asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=5.0))
        await clock.run(work)

    operation = (await work).operations[0]
    assert operation.fate is Fate.NOT_SENT
    assert isinstance(operation.error, DeadlinePassed)
    assert_nothing_left(engine)


@pytest.mark.parametrize("strategy", ["sequential", "semaphore", "coalesced"])
@pytest.mark.parametrize("moment", range(0, 60, 3))
async def test_cancelling_at_any_moment_settles_every_edit_truthfully(strategy: str, moment: int) -> None:
    """Whoever cancels must still be able to learn what was done, and nothing may stay locked."""
    events: list[Event] = []
    slides, clock = PretendSlides(TEXTS), RunningClock()
    engine = pretend_engine(slides, clock, listeners=[events.append], batch_strategy=strategy)
    work = asyncio.create_task(engine.replace_text(DECK, EDITS))

    for _ in range(moment):
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait([work])
    await quiet()

    accepted = [event.operation_id for event in events if isinstance(event, OperationAccepted)]
    settled = {event.operation_id: event.fate for event in events if isinstance(event, OperationSettled)}
    assert sorted(accepted) == sorted(settled)
    for operation_id, fate in settled.items():
        assert fate is (Fate.APPLIED if _is_committed(slides, operation_id) else Fate.NOT_SENT)
    assert_nothing_left(engine)


class TestCancelledWhileAWriteIsUnderWay:
    """What was sent is seen through for a while: its fate is known, and nobody else is let in before."""

    @pytest.mark.parametrize(
        ("word", "fate"),
        [
            ("ok", Fate.APPLIED),
            ("lost after", Fate.INDETERMINATE),
            ("rival", Fate.NOT_SENT),  # refused, and another try might not be
            ("429", Fate.NOT_SENT),
            ("413", Fate.NOT_SENT),  # its parts might be applied
            ("403", Fate.REJECTED),
        ],
    )
    async def test_the_edits_have_the_fate_that_the_answer_tells(self, word: str, fate: Fate) -> None:
        """And no other try is made for somebody who has gone."""
        course = _Course(word, answers_after_seconds=4.0)

        await course.cancel_after(1.0)
        await course.clock.advance(2.9)
        assert not course.work.done()
        await course.clock.advance(0.2)

        assert course.work.cancelled()
        assert set(course.fates().values()) == {fate}
        assert [method for _, _, method, _ in course.slides.attempts][1:] == ["presentations.batchUpdate"]
        assert_nothing_left(course.engine)

    @pytest.mark.parametrize("strategy", ["coalesced", "semaphore"])
    async def test_without_an_answer_it_ends_with_the_grace_and_the_fate_is_unknown(
        self, strategy: str
    ) -> None:
        """Five seconds by default, and then whoever cancelled may go on."""
        course = _Course("ok", answers_after_seconds=20.0, batch_strategy=strategy)

        await course.cancel_after(1.0)
        await course.clock.advance(4.9)
        assert not course.work.done()
        await course.clock.advance(0.2)

        assert course.work.cancelled()
        assert Fate.INDETERMINATE in course.fates().values()
        assert Fate.APPLIED not in course.fates().values()
        assert_nothing_left(course.engine)

    @pytest.mark.parametrize("strategy", ["coalesced", "semaphore"])
    async def test_a_second_cancellation_ends_it_at_once(self, strategy: str) -> None:
        """A task group in the way would keep the second one to itself."""
        course = _Course("ok", answers_after_seconds=20.0, batch_strategy=strategy)

        await course.cancel_after(1.0)
        await course.cancel_after(0.5)

        assert course.work.cancelled()
        assert Fate.INDETERMINATE in course.fates().values()
        assert_nothing_left(course.engine)

    async def test_without_a_grace_it_ends_at_once(self) -> None:
        """Who cannot wait says so in the settings."""
        course = _Course("ok", answers_after_seconds=20.0, cancellation_grace=0)

        await course.cancel_after(1.0)

        assert course.work.cancelled()
        assert set(course.fates().values()) == {Fate.INDETERMINATE}

    async def test_the_next_call_waits_for_its_end_and_knows_the_revision(self) -> None:
        """Else the two would meet at the server, which refuses one of them."""
        course = _Course("ok", answers_after_seconds=4.0)
        following = asyncio.create_task(course.engine.replace_text(DECK, {"{{b}}": "Eve"}))

        await course.cancel_after(1.0)
        await course.clock.run(following)

        assert (await following).applied
        assert _fences(course.slides) == ["r1", "r2"]

    async def test_a_timeout_around_the_call_stays_a_timeout(self) -> None:
        """The usual way to cancel."""
        course = _Course("ok", answers_after_seconds=4.0, is_begun=False)

        async def impatient() -> None:
            async with course.clock.timeout(1.0):
                await course.engine.replace_text(DECK, EDITS)

        work = asyncio.create_task(impatient())
        await course.clock.advance(3.9)
        assert not work.done()
        await course.clock.advance(0.2)

        with pytest.raises(TimeoutError):
            await work
        assert set(course.fates().values()) == {Fate.APPLIED}

    async def test_cancelling_all_calls_at_once_learns_the_fate_of_each(self) -> None:
        """As a task group does when one of its tasks fails."""
        course = _Course("ok", answers_after_seconds=4.0, is_begun=False)

        async def fail() -> None:
            await course.clock.sleep(1.0)
            raise ValueError("a sibling")

        async def group() -> None:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(course.engine.replace_text(DECK, EDITS))
                tasks.create_task(fail())

        work = asyncio.create_task(group())
        await course.clock.advance(4.1)

        with pytest.raises(ExceptionGroup) as raised:
            await work
        assert [type(error) for error in raised.value.exceptions] == [ValueError]
        assert set(course.fates().values()) == {Fate.APPLIED}


class _Course:
    """A call whose write takes its time, and what becomes of it."""

    def __init__(
        self, word: str, *, answers_after_seconds: float, is_begun: bool = True, **settings: object
    ) -> None:
        self.events: list[Event] = []
        self.clock = RunningClock()
        self.slides = PretendSlides(TEXTS, [word], clock=self.clock)
        self.slides.delays_seconds = [answers_after_seconds]
        self.engine = pretend_engine(self.slides, self.clock, listeners=[self.events.append], **settings)
        if is_begun:
            self.work = asyncio.create_task(self.engine.replace_text(DECK, EDITS))

    async def cancel_after(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        self.work.cancel()
        await quiet()

    def fates(self) -> dict[str, Fate]:
        return {e.operation_id: e.fate for e in self.events if isinstance(e, OperationSettled)}


def _is_committed(slides: PretendSlides, operation_id: str) -> bool:
    _, slide_id, index = operation_id.split("/")
    find = list(EDITS)[int(index)]
    return any(
        request["replaceAllText"]["containsText"]["text"] == find
        and slide_id in request["replaceAllText"]["pageObjectIds"]
        for requests in slides.commits
        for request in requests
    )
