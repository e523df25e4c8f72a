"""Events that are counted, told one after the other."""

from collections.abc import Callable

from engine.events import (
    AttemptAdmitted,
    AttemptOutcome,
    AttemptSettled,
    Event,
    Fate,
    OperationAccepted,
    OperationSettled,
)
from engine.monitoring.prometheus import PrometheusMetrics

WRITE = "presentations.batchUpdate"
ACCEPTED = OperationAccepted("p/s/0", "p", "s", "a", "b", 1.0, 9.0)
Sample = Callable[..., float | None]


def settled(fate: Fate = Fate.APPLIED, **facts: object) -> OperationSettled:
    """The end of the edit."""
    return OperationSettled("p/s/0", "p", "s", fate, 3.5, **facts)


def admitted(**facts: object) -> AttemptAdmitted:
    """A try that may leave."""
    usual = {"method": WRITE, "is_trial": False, "in_flight": 1, "limit": 3, "at_seconds": 1.0}
    return AttemptAdmitted("p/s/0", "p", **{**usual, **facts})


def ended(outcome: AttemptOutcome = AttemptOutcome.ANSWERED, **facts: object) -> AttemptSettled:
    """The end of a try."""
    return AttemptSettled("p/s/0", 1, "p", WRITE, ("p/s/0",), 1.0, 0.4, outcome, **facts)


def tell(metrics: PrometheusMetrics, *events: Event) -> None:
    """Tell the listener of events in their order."""
    for event in events:
        metrics(event)
