"""Every error of the engine, sorted by what a caller must know: was my edit applied?

SlidesError
├── NotSent                 nothing reached the server; trying again is always safe
│   ├── CircuitOpen         the breaker parked the edit and its deadline came first
│   ├── DeadlinePassed      the deadline came while the edit waited for its turn
│   ├── SharedQuotaError    where processes share their quota cannot be used
│   │   ├── QuotaFileError          the file
│   │   ├── QuotaServerError        the Redis server answers, and is of no use
│   │   └── QuotaServerUnreachable  the Redis server does not answer
│   ├── EngineClosed        the engine was closed before the edit had its turn
│   ├── TooBusy             the queue is full, or so long that the deadline would pass
│   ├── ParentNotApplied    what it uses was to be made by a request that was not applied
│   ├── Unreachable         no connection: refused, unresolved, or the TLS handshake failed
│   │   └── TokenUnreachable    the token endpoint gave no answer, whatever the API would have said
│   ├── Untrusted           the server's certificate does not prove that it is the server
│   └── CredentialsRefused  no access token could be obtained
├── Rejected                the server said no, and left the whole batch unapplied
│   ├── QuotaExceeded       429, or 403 for a rate limit
│   ├── RevisionConflict    somebody else edited: the required revision is not the latest
│   ├── CannotBeApplied     400 "This request cannot be applied": a write that met another one
│   ├── InvalidRequest      any other 400; names the request when Google does
│   ├── Unauthenticated     401
│   ├── PermissionDenied    403
│   └── NotFound            404
└── OutcomeUnknown          sent, and no trustworthy answer came: the edit may have been applied
    ├── ConnectionLost      reset or closed before the answer was whole
    ├── RecordLayerFailure  TLS could not make sense of what arrived
    ├── AnswerTimedOut      no answer in time
    └── ServerFailed        5xx
"""

from enum import StrEnum
from math import inf
from typing import Any


class SlidesError(Exception):
    """Base of every error the engine raises.

    Attributes:
        is_tls_failure: the TLS layer, not TCP or HTTP, was what broke.
        http_status: the status of the answer, if one came.
    """

    is_tls_failure: bool = False
    http_status: int | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be copied, or handed to another process: Python would call the class with the text alone."""
        return _remade, (type(self), self.args), self.__dict__


def _remade(kind: type[SlidesError], arguments: tuple[object, ...]) -> SlidesError:
    return kind.__new__(kind, *arguments)


class NotSent(SlidesError):
    """Nothing reached the server.  Trying again is always safe."""


class CircuitOpen(NotSent):
    """The breaker was open until the deadline."""

    def __init__(self, retry_after_seconds: float) -> None:
        next_trial = f"next trial in {retry_after_seconds:.1f} s"
        when = "held open by hand" if retry_after_seconds == inf else next_trial
        super().__init__(f"circuit open; {when}")
        self.retry_after_seconds = retry_after_seconds


class DeadlinePassed(NotSent):
    """The deadline came while the edit waited."""

    def __init__(self, waited_for: str) -> None:
        super().__init__(f"deadline passed while waiting for {waited_for}")
        self.waited_for = waited_for


class SharedQuotaError(NotSent):
    """Where processes share their quota cannot be used; its text names the place and what is wrong."""


class QuotaFileError(SharedQuotaError):
    """The quota file cannot be used; its text names the file and what is wrong."""


class QuotaServerError(SharedQuotaError):
    """The quota server answers and cannot be used: it refuses us, or holds something else."""


class QuotaServerUnreachable(SharedQuotaError):
    """The quota server does not answer, or not yet."""


class EngineClosed(NotSent):
    """The engine was closed."""

    def __init__(self) -> None:
        super().__init__("the engine was closed")


class TooBusy(NotSent):
    """The call was not taken on, since it would have had to wait too long.

    Attributes:
        eta_seconds: after how long, at the earliest, its last write could have been sent.
    """

    def __init__(self, why: str, eta_seconds: float) -> None:
        super().__init__(f"{why}; try again later (estimate: {eta_seconds:.0f} s)")
        self.eta_seconds = eta_seconds


class ParentNotApplied(NotSent):
    """What the request uses was to be made by another one, which was not applied."""


class Unreachable(NotSent):
    """No connection could be made."""

    def __init__(self, text: str, *, is_tls_failure: bool = False) -> None:
        super().__init__(text)
        self.is_tls_failure = is_tls_failure


class TokenUnreachable(Unreachable):
    """The token endpoint gave no answer that can be used; the API was not asked."""


class Untrusted(NotSent):
    """The server's certificate does not prove that it is the server."""

    is_tls_failure = True

    def __init__(self, text: str) -> None:
        super().__init__(f"the server's certificate is not to be trusted: {text}")


class CredentialsRefused(NotSent):
    """No access token could be obtained."""


class Rejected(SlidesError):
    """The server refused, and applied nothing of the batch.

    Attributes:
        http_status: as answered; None if the engine itself held it back.
        google_status: Google's word for it, such as INVALID_ARGUMENT.
        retry_after_seconds: what a Retry-After header asked for, if there was one.
    """

    def __init__(
        self,
        text: str,
        *,
        http_status: int | None,
        google_status: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(text)
        self.http_status = http_status
        self.google_status = google_status
        self.retry_after_seconds = retry_after_seconds


class QuotaScope(StrEnum):
    """Whose quota it is."""

    USER = "user"
    PROJECT = "project"


class QuotaExceeded(Rejected):
    """Too many calls in the quota's window.

    Attributes:
        scope: whose quota it was, when Google names it.
    """

    scope: QuotaScope | None = None


class RevisionConflict(Rejected):
    """The required revision is not the latest one."""


class CannotBeApplied(Rejected):
    """A write that met another write on the same presentation."""


class InvalidRequest(Rejected):
    """A request that can never be applied as it is.

    Attributes:
        request_index: which entry of `requests` is at fault, when Google names it.
    """

    request_index: int | None = None


class Unauthenticated(Rejected):
    """The access token was not accepted."""


class PermissionDenied(Rejected):
    """The token is good, but does not allow this."""


class NotFound(Rejected):
    """There is no such presentation or page."""


class OutcomeUnknown(SlidesError):
    """Sent, and no trustworthy answer came.  Read the presentation before sending anything else."""


class ConnectionLost(OutcomeUnknown):
    """The connection ended before the answer was whole."""


class RecordLayerFailure(OutcomeUnknown):
    """TLS could not make sense of what arrived."""

    is_tls_failure = True


class AnswerTimedOut(OutcomeUnknown):
    """No whole answer came in time."""


class ServerFailed(OutcomeUnknown):
    """A 5xx answer: the write may have been applied all the same."""

    def __init__(self, text: str, *, http_status: int, retry_after_seconds: float | None = None) -> None:
        super().__init__(text)
        self.http_status = http_status
        self.retry_after_seconds = retry_after_seconds
