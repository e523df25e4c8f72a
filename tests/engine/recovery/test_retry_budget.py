"""Retries must not become the load that keeps a server down."""

from engine.errors import (
    Unreachable,
)
from engine.events import AttemptSettled, Event, Fate, RetryAllowed, RetryHeldBack
from tests.support.engines import edit
from tests.support.pretend_slides import PretendSlides
from tests.support.recovered_edits import EDITS, TEXTS, fates_of


async def test_a_server_that_refuses_connections_is_tried_three_times_a_minute_at_most() -> None:
    """Without a breaker, too, retries must not become the load that keeps it down."""
    slides, events = PretendSlides(TEXTS, ["down"] * 12), list[Event]()

    report = await edit(
        slides, EDITS, events, breaker_enabled=False, batch_retry_attempts=20, batch_retry_delay=0.0
    )

    tried_at = [e.sent_at_seconds for e in events if isinstance(e, AttemptSettled)]
    assert all(tried_at[n + 3] - tried_at[n] >= 59.0 for n in range(2, len(tried_at) - 3))
    assert fates_of(report) == {Fate.APPLIED}
    assert any(isinstance(event, RetryHeldBack) for event in events)


async def test_a_deadline_ends_the_wait_for_it_and_the_edit_is_told_as_it_is() -> None:
    """Nothing was sent, so that is what is said, with what was wrong and not with what was waited for."""
    slides = PretendSlides(TEXTS, ["down"] * 50)

    report = await edit(
        slides,
        EDITS,
        breaker_enabled=False,
        batch_retry_attempts=100,
        batch_retry_delay=0.0,
        operation_deadline=50.0,
    )

    assert fates_of(report) == {Fate.NOT_SENT}
    assert all(isinstance(operation.error, Unreachable) for operation in report.operations)
    assert len(slides.attempts) <= 2 + 3


async def test_a_doubt_is_resolved_though_no_more_retries_are_allowed() -> None:
    """A write of unknown fate is worse than one call more."""
    slides, events = PretendSlides(TEXTS, ["down", "down", "down", "lost after"]), list[Event]()

    report = await edit(slides, EDITS, events, breaker_enabled=False, batch_retry_delay=0.0)

    assert fates_of(report) == {Fate.APPLIED}
    assert events[-1].at_seconds < 1_010.0


async def test_rebasing_costs_nothing() -> None:
    """A server that says no to an old revision is well, and others' edits are no storm."""
    slides, events = PretendSlides(TEXTS, ["rival"] * 4), list[Event]()

    report = await edit(slides, EDITS, events, batch_retry_delay=0.0)

    assert fates_of(report) == {Fate.APPLIED}
    assert not [event for event in events if isinstance(event, RetryAllowed | RetryHeldBack)]
