"""From a call to its answer."""

import asyncio

import pytest

from engine.errors import AnswerTimedOut, CannotBeApplied, TokenUnreachable, Unreachable
from engine.events import (
    AttemptAdmitted,
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    Event,
    Fate,
    OperationSettled,
)
from tests.support.engines import DECK, assert_nothing_left, edit, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides

TEXTS = {"s1": "{{a}}", "s2": "{{a}}"}
EDITS = {"{{a}}": "Ada"}


def _attempts(events: list[Event]) -> list[AttemptSettled]:
    return [event for event in events if isinstance(event, AttemptSettled)]


async def test_every_try_is_announced_with_its_number() -> None:
    """Laid beside the server's ledger, the two must match line by line."""
    events: list[Event] = []
    slides = PretendSlides(TEXTS, ["lost before", "503"])

    await edit(slides, EDITS, events)

    announced = [(event.identity, event.attempt, event.method) for event in _attempts(events)]
    assert announced == [attempt[:3] for attempt in slides.attempts]
    assert [event.outcome for event in _attempts(events)] == ["answered", "unknown", "unknown", "answered"]


async def test_a_read_and_a_write_of_one_batch_are_counted_apart() -> None:
    """The server draws its faults by method and number."""
    slides = PretendSlides(TEXTS, ["race"])

    await edit(slides, EDITS)

    assert [attempt[:3] for attempt in slides.attempts] == [
        ("deck/read", 1, "presentations.get"),
        ("deck/s1/0", 1, "presentations.batchUpdate"),
        ("deck/s1/0", 1, "presentations.get"),
        ("deck/s1/0", 2, "presentations.batchUpdate"),
    ]


async def test_the_event_says_what_went_wrong_and_what_was_waited_for() -> None:
    """Reports are made of these."""
    events: list[Event] = []

    await edit(PretendSlides(TEXTS, ["corrupt before"]), EDITS, events)

    _, struck, again = _attempts(events)
    assert struck.error_class == "RecordLayerFailure"
    assert struck.is_tls_failure
    assert set(again.waits_seconds) == {"backoff"}


async def test_an_admission_says_what_the_pacer_allows_given_what_it_learned() -> None:
    """Whoever watches the quota must see that others use it too."""
    events: list[Event] = []
    slides = PretendSlides(TEXTS, ["429"])

    await edit(slides, EDITS, events, writes_per_minute=100, quota_use_share=0.5)

    admitted = [event for event in events if isinstance(event, AttemptAdmitted)]
    writes = [event.quota_allowed_count for event in admitted if event.method == "presentations.batchUpdate"]
    assert writes[0] == 50
    assert writes[1] < 10
    assert {event.quota_allowed_count for event in admitted} - set(writes) == {300}


async def test_without_a_pacer_an_admission_says_nothing_of_a_quota() -> None:
    """Nought would say that nothing is allowed."""
    events: list[Event] = []

    await edit(PretendSlides(TEXTS), EDITS, events, pacer_enabled=False)

    admitted = [event for event in events if isinstance(event, AttemptAdmitted)]
    assert {event.quota_allowed_count for event in admitted} == {None}


async def test_an_expired_token_costs_one_more_try_and_no_retry() -> None:
    """Tokens expire every hour; that is no failure of anybody's."""
    slides = PretendSlides(TEXTS, ["401"])

    report = await edit(slides, EDITS, batch_retry_attempts=0)

    assert report.applied
    refused, accepted = [body for _, _, _, body in slides.attempts if body is not None]
    assert refused == accepted, "the same write, with the same fence"


async def test_credentials_that_stay_refused_are_reported() -> None:
    """A second new token would be refused like the first."""
    report = await edit(PretendSlides(TEXTS, ["401", "401"]), EDITS)

    assert {operation.fate for operation in report.operations} == {Fate.REJECTED}


async def test_a_half_open_breaker_is_probed_with_reads_of_the_revision() -> None:
    """A user's write is not what one finds out with whether the server is back."""
    events: list[Event] = []
    slides = PretendSlides(TEXTS, ["503"] * 3)

    report = await edit(slides, EDITS, events)

    assert report.applied
    after_opening = [method for _, _, method, _ in slides.attempts[4:]]
    assert after_opening == ["presentations.get", "presentations.get", "presentations.batchUpdate"]
    states = [event.after for event in events if isinstance(event, BreakerChanged)]
    assert states == ["open", "half-open", "closed"]


async def test_an_answer_cut_short_by_our_own_deadline_says_nothing_of_the_server() -> None:
    """A caller in a hurry must not open the breaker for everybody else."""
    events: list[Event] = []
    clock = RunningClock()
    slides = PretendSlides(TEXTS)
    engine = pretend_engine(slides, clock, listeners=[events.append], circuit_breaker_threshold=1)
    plain_attempt = slides.attempt

    async def stall(call, *, timeout_seconds, on_sent, **facts):  # noqa: ANN001, ANN003, ANN202 - as in the transport
        if call.body is None:
            return await plain_attempt(call, timeout_seconds=timeout_seconds, on_sent=on_sent, **facts)
        on_sent()
        await clock.sleep(timeout_seconds)
        raise AnswerTimedOut("no answer in time")

    slides.attempt = stall
    work = asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=5.0))
    await clock.run(work)

    assert {operation.fate for operation in (await work).operations} == {Fate.INDETERMINATE}
    assert not [event for event in events if isinstance(event, BreakerChanged)]
    assert_nothing_left(engine)


@pytest.mark.parametrize("kind", [Unreachable, TokenUnreachable])
async def test_a_connection_that_our_own_deadline_cut_short_says_nothing_of_anybody(
    kind: type[Unreachable],
) -> None:
    """A caller with a tenth of a second left would open the breaker of all who have more."""
    events: list[Event] = []
    clock, slides = RunningClock(), PretendSlides(TEXTS)
    engine = pretend_engine(slides, clock, listeners=[events.append], circuit_breaker_threshold=1)

    async def connect_slowly(_call: object, *, timeout_seconds: float, **_: object) -> dict[str, object]:
        await clock.sleep(timeout_seconds)
        raise kind("no connection in time")

    slides.attempt = connect_slowly
    work = asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=0.1))
    await clock.run(work)

    assert isinstance(work.exception(), kind)
    assert not [event for event in events if isinstance(event, BreakerChanged)]
    assert_nothing_left(engine)


async def test_a_cancelled_try_is_announced_too() -> None:
    """Otherwise the server's ledger would hold an attempt that the engine never spoke of."""
    events: list[Event] = []
    engine = pretend_engine(PretendSlides(TEXTS), RunningClock(), listeners=[events.append])
    work = asyncio.create_task(engine.replace_text(DECK, EDITS))

    await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait([work])

    (attempt,) = _attempts(events)
    assert attempt.outcome is AttemptOutcome.NOT_SENT
    assert attempt.error_class == "CancelledError"
    assert_nothing_left(engine)


async def test_a_try_that_ends_in_a_bug_is_announced_too() -> None:
    """Whoever counts what is in flight would count it for ever; and it may have been applied."""
    events: list[Event] = []
    slides, clock = PretendSlides(TEXTS), RunningClock()
    answer = slides._write

    def answer_and_fail(*arguments: object) -> dict[str, object]:
        answer(*arguments)
        raise ZeroDivisionError

    slides._write = answer_and_fail
    engine = pretend_engine(slides, clock, listeners=[events.append])
    work = asyncio.create_task(engine.replace_text(DECK, EDITS))
    await clock.run(work)

    assert isinstance(work.exception(), ZeroDivisionError)
    assert [event.outcome for event in _attempts(events)] == ["answered", "unknown"]
    fates = {event.fate for event in events if isinstance(event, OperationSettled)}
    assert fates == {Fate.INDETERMINATE}
    assert_nothing_left(engine)


async def test_a_refusal_settles_the_operations_with_its_own_class() -> None:
    """Gates count 'cannot be applied' by the class of the error."""
    events: list[Event] = []

    await edit(PretendSlides(TEXTS, ["race"]), EDITS, events, batch_retry_attempts=0)

    settled = [event for event in events if isinstance(event, OperationSettled)]
    assert {event.error_class for event in settled} == {CannotBeApplied.__name__}


@pytest.mark.parametrize("deadline_seconds", [4.0, 4.5, 5.0, 5.5, 6.0, 6.5])
async def test_the_pause_after_a_failed_trial_ends_with_the_deadline(deadline_seconds: float) -> None:
    """Edits had their fate up to a second too late when the server failed until the end."""
    events: list[Event] = []
    clock = RunningClock()
    slides = PretendSlides(TEXTS)
    settings = {"circuit_breaker_threshold": 1, "circuit_breaker_timeout": 5.0}
    engine = pretend_engine(slides, clock, listeners=[events.append], **settings)
    plain_attempt = slides.attempt

    async def answer_once(call, **facts):  # noqa: ANN001, ANN003, ANN202 - as in the transport
        if slides.attempts:
            raise Unreachable("no connection")
        return await plain_attempt(call, **facts)

    slides.attempt = answer_once
    gives_up_at = clock.now() + deadline_seconds
    await clock.run(asyncio.create_task(engine.replace_text(DECK, EDITS, deadline_seconds=deadline_seconds)))

    settled = [event.at_seconds for event in events if isinstance(event, OperationSettled)]
    assert len(settled) == 2
    assert max(settled) <= gives_up_at
