"""Events as structured log records: the sentence for people, the fields under `extra` for machines."""

import logging
from dataclasses import asdict

from engine.events import (
    AttemptAdmitted,
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    BreakerControlled,
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
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)


class EventLog:
    """A listener that writes every event to a logger.

    Each record has the attributes `event`, the name of the event's class, and `fields`, its values.
    What goes as planned is at DEBUG, what the engine copes with at INFO, an edit not applied at WARNING.

    Args:
        logger: where to; `deckstorm.engine` by default.
    """

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger("deckstorm.engine")

    def __call__(self, event: Event) -> None:
        """Write `event`."""
        level = _level(event)
        if self._logger.isEnabledFor(level):
            extra = {"event": type(event).__name__, "fields": asdict(event)}
            self._logger.log(level, "%s", _sentence(event), extra=extra)


def _level(event: Event) -> int:
    match event:
        case OperationSettled(fate=fate) if fate is not Fate.APPLIED:
            return logging.WARNING
        case CallTurnedAway() | BreakerControlled() | QuotaServerLost():
            return logging.WARNING
        case BreakerChanged() | LimitChanged() | RetryHeldBack() | DrainBegan() | QuotaServerFound():
            return logging.INFO
        case AttemptSettled(outcome=outcome) if outcome is not AttemptOutcome.ANSWERED:
            return logging.INFO
        case _:
            return logging.DEBUG


def _sentence(event: Event) -> str:
    match event:
        case TurnAwaited() | TurnTaken() | TurnEnded() | RetryHeldBack() | RetryAllowed():
            return f"{event.identity} {_OF_BATCH[type(event)]} {event.presentation_id}"
        case OperationAccepted() | OperationSettled():
            return _sentence_of_edit(event)
        case AttemptAdmitted():
            return (
                f"{event.method} for {event.identity} admitted, {event.in_flight} of {event.limit} in flight"
            )
        case AttemptSettled():
            end = event.outcome.value if event.error_text is None else f"{event.outcome}: {event.error_text}"
            return f"{event.method} for {event.identity}, attempt {event.attempt}: {end}"
        case QuotaServerLost() | QuotaServerFound():
            return _sentence_of_quota_server(event)
        case BreakerChanged() | BreakerControlled() | LimitChanged() | DrainBegan() | CallTurnedAway():
            return _sentence_of_state(event)


def _sentence_of_state(
    event: BreakerChanged | BreakerControlled | LimitChanged | DrainBegan | CallTurnedAway,
) -> str:
    match event:
        case BreakerChanged():
            return f"breaker of {event.key} went from {event.before} to {event.after}"
        case BreakerControlled():
            return f"breaker of {event.key} was switched from {event.before} to {event.after}"
        case LimitChanged():
            return f"limit went from {event.before} to {event.after} in flight: {event.reason}"
        case DrainBegan():
            return f"draining: what was sent has {event.timeout_seconds:g} s to be answered"
        case CallTurnedAway():
            return (
                f"a call for {event.presentation_id} was turned away; it would take {event.eta_seconds:.0f} s"
            )


def _sentence_of_quota_server(event: QuotaServerLost | QuotaServerFound) -> str:
    if isinstance(event, QuotaServerFound):
        return f"{event.server}: the quota server is back"
    return f"nothing is sent until the quota server is back: {event.error_text}"


def _sentence_of_edit(event: OperationAccepted | OperationSettled) -> str:
    if isinstance(event, OperationAccepted):
        return f"edit {event.operation_id} accepted"
    end = "" if event.error_text is None else f": {event.error_text}"
    return f"edit {event.operation_id} {event.fate}{end}"


_OF_BATCH = {
    TurnAwaited: "waits for",
    TurnTaken: "has",
    TurnEnded: "let go of",
    RetryHeldBack: "waits for leave to try again on",
    RetryAllowed: "has leave to try again on",
}
