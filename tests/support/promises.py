"""What promises are told in tests: a happening per line, each saying only what its test is about."""

from collections.abc import Sequence
from typing import Any, TypeVar

from engine.events import (
    AttemptAdmitted,
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    Event,
    Fate,
    OperationAccepted,
    OperationSettled,
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.settings import EngineSettings
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from loadtests.audit import Audit
from loadtests.measurements import ClientLog
from loadtests.swarm.promises import Aftermath, Ending, Promise, Terms

ONE, TWO, THREE = "deck/s1/0", "deck/s2/0", "deck/s3/0"
WRITE = "presentations.batchUpdate"

Watcher = TypeVar("Watcher", bound=Promise)


def some_terms(server: object = None, started_at_seconds: float = 0.0, **settings: object) -> Terms:
    """Return terms with some settings of the engine, and some server."""
    weather: dict[str, Any] = {"version": 1, "promise": "A test."}
    scenario = Scenario.model_validate({**weather, **({"server": server} if server else {})})
    return Terms(EngineSettings(**settings), scenario, started_at_seconds)


def watched(
    promise: type[Watcher], *happenings: Event | Entry | Aftermath, terms: Terms | None = None
) -> Watcher:
    """Return a promise that was told of some happenings, in order."""
    watcher = promise(terms or some_terms())
    for each in happenings:
        if isinstance(each, Entry):
            watcher.seen(each)
        elif isinstance(each, Aftermath):
            watcher.ended(each)
        else:
            watcher.heard(each)
    return watcher


def what_broke(watcher: Promise) -> list[str]:
    """Return what a promise says was wrong; that it was looked at at all is seen to here."""
    assert watcher.checked_count > 0, "nothing was looked at"
    return [broken.text for broken in watcher.broken]


def accepted(operation_id: str = ONE, at: float = 0.0, deadline: float = 900.0) -> OperationAccepted:
    """Return the acceptance of an edit."""
    presentation_id, slide_id, _ = operation_id.split("/")
    return OperationAccepted(operation_id, presentation_id, slide_id, "{{name}}", "Ada", at, deadline)


def settled(operation_id: str = ONE, at: float = 1.0) -> OperationSettled:
    """Return the fate of an edit."""
    presentation_id, slide_id, _ = operation_id.split("/")
    return OperationSettled(operation_id, presentation_id, slide_id, Fate.APPLIED, at)


def awaited(identity: str = ONE, at: float = 0.0) -> TurnAwaited:
    """Return that a batch queued for its deck."""
    return TurnAwaited(identity, identity.partition("/")[0], at)


def taken(identity: str = ONE, at: float = 1.0) -> TurnTaken:
    """Return that a batch has its deck."""
    return TurnTaken(identity, identity.partition("/")[0], at)


def left(identity: str = ONE, at: float = 2.0) -> TurnEnded:
    """Return that a batch let go of its deck."""
    return TurnEnded(identity, identity.partition("/")[0], at)


def admitted(identity: str = ONE, at: float = 1.0, **facts: Any) -> AttemptAdmitted:  # noqa: ANN401 # its fields
    """Return the admission of a write, alone in flight and allowed to be."""
    usual = {"method": WRITE, "is_trial": False, "in_flight": 1, "limit": 1}
    return AttemptAdmitted(
        identity=identity, presentation_id=identity.partition("/")[0], at_seconds=at, **{**usual, **facts}
    )


def tried(identity: str = ONE, at: float = 1.0, error: str | None = None, **facts: Any) -> AttemptSettled:  # noqa: ANN401 # likewise
    """Return the end of a write that was answered, or that came to nothing for an error."""
    usual: dict[str, Any] = {
        "attempt": 1, "method": WRITE, "operation_ids": (identity,), "duration_seconds": 0.1,
        "outcome": AttemptOutcome.NOT_SENT if error else AttemptOutcome.ANSWERED,
    }  # fmt: skip
    return AttemptSettled(
        identity=identity,
        presentation_id=identity.partition("/")[0],
        sent_at_seconds=at,
        error_class=error,
        **{**usual, **facts},
    )


def turned(before: str, after: str, at: float, key: str = "host") -> BreakerChanged:
    """Return a change of a breaker, the host's if no other is named."""
    return BreakerChanged(key, before, after, at)


def all_over(
    ledger: Sequence[Entry] = (), *, at: float = 99.0, ending: Ending | None = None, **facts: object
) -> Aftermath:
    """Return what is left of a run in which all went well, but for what is given."""
    usual: dict[str, Any] = {
        "audit": an_audit(), "documents": {}, "surprises": (), "survey": {},
    }  # fmt: skip
    return Aftermath(
        ending=ending or Ending(ClientLog()), at_seconds=at, ledger=tuple(ledger), **{**usual, **facts}
    )


def an_audit(**found: object) -> Audit:
    """Return an audit that found nothing, but for what is given."""
    nothing: dict[str, Any] = {
        "commits": {}, "lost": (), "duplicated": (), "wrong_reports": (), "indeterminate": (),
        "unsettled": (), "deck_differences": (),
    }  # fmt: skip
    return Audit(**{**nothing, **found})
