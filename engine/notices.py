"""What a person at a terminal is told while edits take longer than they should."""

from engine.events import (
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    Event,
    QuotaServerFound,
    QuotaServerLost,
)

_WITHOUT_ANSWER = {AttemptOutcome.NOT_SENT, AttemptOutcome.UNKNOWN}


def notice(event: Event) -> str | None:
    """Return a line about what went wrong and is being seen to, None for what needs no word.

    A refusal needs none: it is an answer, and the report has it.
    """
    match event:
        case AttemptSettled(error_class="CancelledError"):
            return None  # whoever cancelled knows
        case AttemptSettled(outcome=outcome, error_class=str(error_class)) if outcome in _WITHOUT_ANSWER:
            return f"{event.method}, try {event.attempt}: {error_class}: {event.error_text}"
        case BreakerChanged(after="open"):
            return f"{_who(event.key)} fails; waiting before the next trial"
        case BreakerChanged(after="closed"):
            return f"{_who(event.key)} answers again"
        case QuotaServerLost() | QuotaServerFound():
            return _of_quota_server(event)
    return None


def _of_quota_server(event: QuotaServerLost | QuotaServerFound) -> str:
    if isinstance(event, QuotaServerFound):
        return f"{event.server}: the quota server is back"
    return f"{event.error_text}; nothing is sent until it is back"


def _who(key: str) -> str:
    """Return what a breaker stands for, in words."""
    return (
        "the server" if key.startswith("host") else f"the server, where it is about {key.replace(':', ' ')},"
    )
