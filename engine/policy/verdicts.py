"""What one attempt's end means for the retry, the breaker, the limit and the pacer.  One table, one place."""

from dataclasses import dataclass
from enum import StrEnum

from engine.errors import (
    AnswerTimedOut,
    CannotBeApplied,
    CircuitOpen,
    CredentialsRefused,
    DeadlinePassed,
    EngineClosed,
    InvalidRequest,
    NotSent,
    OutcomeUnknown,
    QuotaExceeded,
    Rejected,
    RevisionConflict,
    ServerFailed,
    SharedQuotaError,
    SlidesError,
    TokenUnreachable,
    TooBusy,
    Unauthenticated,
    Untrusted,
)
from engine.events import AttemptOutcome


class Retry(StrEnum):
    """What may be done about the batch."""

    NEVER = "never"
    PLAIN = "plain"  # nothing was sent: send it
    PACED = "paced"  # not applied: send it again once the quota has room
    REFRESH = "refresh"  # once, with a new access token
    REBASE = "rebase"  # not applied: read the latest revision, send with that fence
    RECONCILE = "reconcile"  # perhaps applied: same bytes and same fence only, or read first
    ISOLATE = "isolate"  # take the batch apart


class BreakerSignal(StrEnum):
    """How a breaker's permit is settled."""

    SUCCESS = "success"
    FAILURE = "failure"
    IGNORED = "ignored"


class LimitSignal(StrEnum):
    """What the concurrency limit learns."""

    SUCCESS = "success"
    DECREASE = "decrease"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Signals:
    """What each breaker learns: the host's, the credentials', and the presentation's."""

    host: BreakerSignal = BreakerSignal.IGNORED
    credentials: BreakerSignal = BreakerSignal.IGNORED
    presentation: BreakerSignal = BreakerSignal.IGNORED


NOTHING_LEARNED = Signals()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one attempt's end means; `is_throttled` says that others use the quota too."""

    retry: Retry
    breaker: BreakerSignal
    limit: LimitSignal
    is_throttled: bool = False


_ANSWERED = (BreakerSignal.SUCCESS, LimitSignal.IGNORED)
_NO_NEWS = (BreakerSignal.IGNORED, LimitSignal.IGNORED)

_SUCCESS = Verdict(Retry.NEVER, BreakerSignal.SUCCESS, LimitSignal.SUCCESS)

# Read from the top: the first class that fits decides.  A refusal is an answer, so for the breaker it is a
# success: the server lives.  That also lets half-open trials that meet a 404 end.
_TABLE: tuple[tuple[type[SlidesError], Verdict], ...] = (
    (CircuitOpen, Verdict(Retry.NEVER, *_NO_NEWS)),
    (DeadlinePassed, Verdict(Retry.NEVER, *_NO_NEWS)),
    (SharedQuotaError, Verdict(Retry.NEVER, *_NO_NEWS)),
    (EngineClosed, Verdict(Retry.NEVER, *_NO_NEWS)),
    (TooBusy, Verdict(Retry.NEVER, *_NO_NEWS)),
    (CredentialsRefused, Verdict(Retry.NEVER, *_NO_NEWS)),
    # Another try may meet another machine, but whom to trust is the caller's setting: no sign of an outage.
    (Untrusted, Verdict(Retry.PLAIN, *_NO_NEWS)),
    # Another host's trouble: the API was not asked, and may be well.
    (TokenUnreachable, Verdict(Retry.PLAIN, *_NO_NEWS)),
    (NotSent, Verdict(Retry.PLAIN, BreakerSignal.FAILURE, LimitSignal.DECREASE)),
    (QuotaExceeded, Verdict(Retry.PACED, *_NO_NEWS, is_throttled=True)),
    (RevisionConflict, Verdict(Retry.REBASE, *_ANSWERED)),
    (CannotBeApplied, Verdict(Retry.REBASE, *_ANSWERED)),
    (InvalidRequest, Verdict(Retry.ISOLATE, *_ANSWERED)),
    (Unauthenticated, Verdict(Retry.REFRESH, *_ANSWERED)),
    (Rejected, Verdict(Retry.NEVER, *_ANSWERED)),
    (OutcomeUnknown, Verdict(Retry.RECONCILE, BreakerSignal.FAILURE, LimitSignal.DECREASE)),
)


def judge(error: SlidesError | None) -> Verdict:
    """Return what the end of an attempt means; None is a good answer.

    A cancelled attempt has no error to judge: settle its permit as ignored.
    """
    if error is None:
        return _SUCCESS
    return next(verdict for kind, verdict in _TABLE if isinstance(error, kind))


def outcome_of(error: SlidesError) -> AttemptOutcome:
    """Return the outcome of an attempt that ended with `error`: whether it may have had an effect."""
    match error:
        case NotSent():
            return AttemptOutcome.NOT_SENT
        case Rejected():
            return AttemptOutcome.REJECTED
        case _:
            return AttemptOutcome.UNKNOWN


def signals_of(error: SlidesError | None, *, is_second_token: bool = False) -> Signals:
    """Return what the end of an attempt tells each breaker; None is a good answer.

    A first 401 only asks for a new access token; `is_second_token` says that this was one.  An overloaded
    server may be one presentation's trouble, a connection that breaks may not.
    """
    host = judge(error).breaker
    match error:
        case CredentialsRefused() | TokenUnreachable():
            return Signals(host, credentials=BreakerSignal.FAILURE)
        case Unauthenticated():
            return Signals(host, BreakerSignal.FAILURE if is_second_token else BreakerSignal.IGNORED)
        case ServerFailed() | AnswerTimedOut():
            return Signals(host, presentation=BreakerSignal.FAILURE)
    if host is BreakerSignal.SUCCESS:
        return Signals(host, BreakerSignal.SUCCESS, BreakerSignal.SUCCESS)
    return Signals(host)
