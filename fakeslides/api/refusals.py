"""What Google says when a fault lets it say no.  Pure."""

from collections.abc import Sequence

from fakeslides.api.quota import CallKind, Exceeded
from fakeslides.api.replies import quota_error
from fakeslides.errors import SlidesApiError, cannot_be_applied, refusal_with_status
from fakeslides.scenario.api_faults import (
    ApiConflict,
    ApiInternal,
    ApiNotFound,
    ApiPermission,
    ApiRateLimit,
    ApiUnavailable,
)
from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.http_faults import HttpRetryAfter, HttpStatus

_STATUSES: dict[type, int] = {
    ApiInternal: 500,
    ApiNotFound: 404,
    ApiPermission: 403,
    ApiUnavailable: 503,
}
_LIMITS = {("read", "user"): 600, ("read", "project"): 3000, ("write", "user"): 60, ("write", "project"): 600}


def refusal_of(
    fault: Fault, quota_kind: CallKind, request_kinds: Sequence[str], now_unix: float
) -> SlidesApiError | None:
    """Return the refusal that a fault is.

    Args:
        fault: what struck.
        quota_kind: which quota the call takes from, for a rate limit's message.
        request_kinds: the kinds in the call's `requests`, for a conflict's message.
        now_unix: the time, for the window that a rate limit's details name.

    Returns:
        The refusal, or None if the fault lets the call go on or has no words.
    """
    if isinstance(fault, HttpStatus):
        return refusal_with_status(fault.code, fault.retry_after)
    if isinstance(fault, HttpRetryAfter):
        return refusal_with_status(fault.code, fault.after_seconds)
    if isinstance(fault, ApiConflict):
        return cannot_be_applied(fault.at_request, request_kinds)
    if isinstance(fault, ApiRateLimit):
        exceeded = Exceeded(quota_kind, fault.scope, _LIMITS[quota_kind, fault.scope], 0.0)
        return quota_error(exceeded, now_unix, says_when=False)
    status = _STATUSES.get(type(fault))
    return None if status is None else refusal_with_status(status)
