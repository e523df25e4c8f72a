"""Facts the engine announces, in the past tense.

A listener is any callable that takes an event; it must be quick and must not raise.  Of one that
does, the event loop is told once.  Logs, metrics, traces and the load tests all listen here.  Times are
seconds of the engine's clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What became of one operation, as far as the engine can know."""

    APPLIED = "applied"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    INDETERMINATE = "indeterminate"


class AttemptOutcome(StrEnum):
    """How one HTTP try ended."""

    ANSWERED = "answered"
    NOT_SENT = "not_sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class BreakerMode(StrEnum):
    """What a breaker does: decide by itself, or as a person said; `metrics_only` counts and stops nobody."""

    AUTO = "auto"
    FORCED_OPEN = "forced_open"
    FORCED_CLOSED = "forced_closed"
    METRICS_ONLY = "metrics_only"


@dataclass(frozen=True, slots=True)
class OperationAccepted:
    """A caller's wish was taken on.

    `kind` is Google's name of the request.  A request of the caller's own has no `find` and no `replace`,
    and a `slide_id` only if it says on which page it puts something.
    """

    operation_id: str
    presentation_id: str
    slide_id: str
    find: str
    replace: str
    at_seconds: float
    deadline_seconds: float
    kind: str = "replaceAllText"


@dataclass(frozen=True, slots=True)
class TurnAwaited:
    """A batch queued for its presentation, which takes one writer at a time."""

    identity: str
    presentation_id: str
    at_seconds: float


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """A batch has its presentation to itself."""

    identity: str
    presentation_id: str
    at_seconds: float


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """A batch let go of its presentation, or of its place in the queue if it never had its turn."""

    identity: str
    presentation_id: str
    at_seconds: float


@dataclass(frozen=True, slots=True)
class AttemptAdmitted:
    """Breaker, quota and limit let one HTTP try start; `in_flight` counts it already.

    `quota_allowed_count` is the pacer's estimate: calls of this kind that a minute may hold, given what it
    learned from refusals; None if calls are not paced.
    """

    identity: str
    presentation_id: str
    method: str
    is_trial: bool
    in_flight: int
    limit: int
    at_seconds: float
    quota_allowed_count: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptSettled:
    """One HTTP try ended.

    `identity` names the batch by its first operation and is what travels to the server; `attempt` counts the
    tries of one method under that identity from 1.  `waits_seconds` says what the try waited for before it
    was sent: lock, quota, slot, breaker, backoff.
    """

    identity: str
    attempt: int
    presentation_id: str
    method: str
    operation_ids: tuple[str, ...]
    sent_at_seconds: float
    duration_seconds: float
    outcome: AttemptOutcome
    http_status: int | None = None
    error_class: str | None = None
    error_text: str | None = None
    is_tls_failure: bool = False
    waits_seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationSettled:
    """An operation has its fate; nothing about it will change any more."""

    operation_id: str
    presentation_id: str
    slide_id: str
    fate: Fate
    at_seconds: float
    met_open_breaker: bool = False
    error_class: str | None = None
    error_text: str | None = None
    is_tls_failure: bool = False


@dataclass(frozen=True, slots=True)
class CallTurnedAway:
    """A call was refused: too many wait, or its last write could not have been sent before its deadline."""

    presentation_id: str
    eta_seconds: float
    at_seconds: float


@dataclass(frozen=True, slots=True)
class RetryHeldBack:
    """The budget was used up, and a retry waits until it allows one more."""

    identity: str
    presentation_id: str
    at_seconds: float


@dataclass(frozen=True, slots=True)
class RetryAllowed:
    """The budget allowed a retry, which follows once its backoff is over.

    `ends_doubt` says that it is to learn the fate of what was sent.
    """

    identity: str
    presentation_id: str
    ends_doubt: bool
    at_seconds: float


@dataclass(frozen=True, slots=True)
class BreakerChanged:
    """A breaker went from one state to another: closed, open, half-open."""

    key: str
    before: str
    after: str
    at_seconds: float


@dataclass(frozen=True, slots=True)
class BreakerControlled:
    """A person switched a breaker, or left it to itself again."""

    key: str
    before: BreakerMode
    after: BreakerMode
    at_seconds: float


@dataclass(frozen=True, slots=True)
class LimitChanged:
    """The number of attempts that may be in flight changed."""

    before: int
    after: int
    reason: str
    at_seconds: float


@dataclass(frozen=True, slots=True)
class DrainBegan:
    """The engine is to stop: nothing new begins, and what was sent has this long to be answered."""

    at_seconds: float
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class QuotaServerLost:
    """The server by which processes share their quota cannot be used, and nothing is sent until it can."""

    server: str
    error_text: str
    at_seconds: float


@dataclass(frozen=True, slots=True)
class QuotaServerFound:
    """The server by which processes share their quota can be used again."""

    server: str
    at_seconds: float


Event = (
    OperationAccepted
    | TurnAwaited
    | TurnTaken
    | TurnEnded
    | AttemptAdmitted
    | AttemptSettled
    | OperationSettled
    | CallTurnedAway
    | RetryHeldBack
    | RetryAllowed
    | BreakerChanged
    | BreakerControlled
    | LimitChanged
    | DrainBegan
    | QuotaServerLost
    | QuotaServerFound
)
Listener = Callable[[Event], None]
