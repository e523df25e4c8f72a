"""Events as log records."""

import json
import logging

import pytest

from engine.events import (
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    BreakerControlled,
    BreakerMode,
    CallTurnedAway,
    DrainBegan,
    Event,
    Fate,
    LimitChanged,
    OperationAccepted,
    OperationSettled,
    QuotaServerFound,
    QuotaServerLost,
    RetryAllowed,
    RetryHeldBack,
)
from engine.logs import EventLog

ACCEPTED = OperationAccepted("p/s/0", "p", "s", "a", "b", 1.0, 9.0)
ANSWERED = AttemptSettled(
    "p/s/0", 1, "p", "presentations.batchUpdate", ("p/s/0",), 1.0, 0.2, AttemptOutcome.ANSWERED
)
LOST = AttemptSettled(
    "p/s/0",
    1,
    "p",
    "presentations.batchUpdate",
    ("p/s/0",),
    1.0,
    0.2,
    AttemptOutcome.UNKNOWN,
    error_text="reset",
)
EXPECTED = [
    (ACCEPTED, logging.DEBUG, "edit p/s/0 accepted"),
    (ANSWERED, logging.DEBUG, "presentations.batchUpdate for p/s/0, attempt 1: answered"),
    (LOST, logging.INFO, "presentations.batchUpdate for p/s/0, attempt 1: unknown: reset"),
    (OperationSettled("p/s/0", "p", "s", Fate.APPLIED, 2.0), logging.DEBUG, "edit p/s/0 applied"),
    (
        OperationSettled("p/s/0", "p", "s", Fate.REJECTED, 2.0, error_text="404"),
        logging.WARNING,
        "edit p/s/0 rejected: 404",
    ),
    (
        BreakerControlled("host:x", BreakerMode.AUTO, BreakerMode.FORCED_OPEN, 3.0),
        logging.WARNING,
        "breaker of host:x was switched from auto to forced_open",
    ),
    (
        CallTurnedAway("p", 61.0, 3.0),
        logging.WARNING,
        "a call for p was turned away; it would take 61 s",
    ),
    (RetryHeldBack("p/s/0", "p", 3.0), logging.INFO, "p/s/0 waits for leave to try again on p"),
    (
        RetryAllowed("p/s/0", "p", ends_doubt=False, at_seconds=3.0),
        logging.DEBUG,
        "p/s/0 has leave to try again on p",
    ),
    (
        BreakerChanged("host:x", "closed", "open", 3.0),
        logging.INFO,
        "breaker of host:x went from closed to open",
    ),
    (DrainBegan(3.0, 25.0), logging.INFO, "draining: what was sent has 25 s to be answered"),
    (
        QuotaServerLost("redis://cache", "redis://cache: refused", 3.0),
        logging.WARNING,
        "nothing is sent until the quota server is back: redis://cache: refused",
    ),
    (QuotaServerFound("redis://cache", 3.0), logging.INFO, "redis://cache: the quota server is back"),
    (LimitChanged(4, 2, "decrease", 3.0), logging.INFO, "limit went from 4 to 2 in flight: decrease"),
]


def test_no_failure_brings_its_stack_along(caplog: pytest.LogCaptureFixture) -> None:
    """In an outage there is one per attempt; writing the stacks of thousands keeps a core busy."""
    caplog.set_level(logging.DEBUG, "deckstorm.engine")

    for event, _, _ in EXPECTED:
        EventLog()(event)

    assert [(record.exc_info, record.stack_info) for record in caplog.records] == [(None, None)] * len(
        EXPECTED
    )


@pytest.mark.parametrize(("event", "level", "sentence"), EXPECTED)
def test_each_event_is_a_sentence_at_its_level(
    event: Event, level: int, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    """People read the sentence; what goes as planned must not drown what does not."""
    caplog.set_level(logging.DEBUG, "deckstorm.engine")

    EventLog()(event)

    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(level, sentence)]


def test_the_fields_travel_along_for_machines(caplog: pytest.LogCaptureFixture) -> None:
    """A log pipeline filters by values, not by sentences."""
    caplog.set_level(logging.DEBUG, "deckstorm.engine")

    EventLog()(LOST)

    (record,) = caplog.records
    assert record.event == "AttemptSettled"
    assert json.loads(json.dumps(record.fields))["error_text"] == "reset"


def test_what_nobody_listens_to_costs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of edits a minute must not be spelled out for a logger at WARNING."""
    caplog.set_level(logging.WARNING, "deckstorm.engine")

    EventLog()(ACCEPTED)

    assert caplog.records == []
