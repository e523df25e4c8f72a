"""From an HTTP answer to a reply or an error of ours.  Thinking: no socket, no clock.

Google answers in one envelope, `{"error": {"code", "message", "status", "details"}}`, older front ends add
`"errors": [{"reason"}]`, and proxies in between answer in HTML.  The status decides the kind of error; the
envelope only refines it, so that a body that makes no sense never hides a refusal.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from engine.errors import (
    CannotBeApplied,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    QuotaExceeded,
    QuotaScope,
    Rejected,
    RevisionConflict,
    ServerFailed,
    SlidesError,
    Unauthenticated,
)

RATE_LIMIT_REASONS = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
LONGEST_RETRY_AFTER_SECONDS = 86_400.0
LONGEST_TEXT_CHARACTERS = 500

_MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
_BY_STATUS: dict[int, type[Rejected]] = {
    HTTPStatus.UNAUTHORIZED: Unauthenticated,
    HTTPStatus.FORBIDDEN: PermissionDenied,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: RevisionConflict,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: InvalidRequest,
    HTTPStatus.TOO_MANY_REQUESTS: QuotaExceeded,
    HTTPStatus.NOT_IMPLEMENTED: InvalidRequest,
}


def read_reply(status: int, headers: Mapping[str, str], body: bytes, *, wall_now: float) -> dict[str, Any]:
    """Return the JSON object of a good answer.

    Args:
        status: of the HTTP answer.
        headers: of the HTTP answer; names in any case.
        body: whole, as far as it came.
        wall_now: Unix time, for a Retry-After that is a date.

    Raises:
        Rejected: a 4xx or 501 UNIMPLEMENTED, as its most fitting subclass; nothing was applied.
        OutcomeUnknown: any other 5xx (`ServerFailed`), a 408, or an answer that makes no sense.
    """
    parsed = _json_object(body)
    if 200 <= status < 300 and parsed is not None:
        return parsed
    raise _error(status, _envelope(parsed, body), retry_after_seconds(headers, wall_now))


def revision_after(reply: Mapping[str, Any]) -> str | None:
    """Return the revision that a reply to a write names, None if it names none."""
    control = reply.get("writeControl")
    revision_id = control.get("requiredRevisionId") if isinstance(control, Mapping) else None
    return revision_id if isinstance(revision_id, str) else None


def retry_after_seconds(headers: Mapping[str, str], wall_now: float) -> float | None:
    """Return how long a Retry-After header asks to wait, None if nothing sensible.

    Both forms of RFC 9110 are read, seconds and HTTP date (always GMT).  Waits below 0 or above a day are not
    believed.
    """
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        seconds = float(value)
    else:
        try:
            seconds = parsedate_to_datetime(value).replace(tzinfo=UTC).timestamp() - wall_now
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return seconds if 0 <= seconds <= LONGEST_RETRY_AFTER_SECONDS else None


@dataclass(frozen=True, slots=True)
class _Envelope:
    message: str
    google_status: str
    reasons: frozenset[str]
    quota_scope: QuotaScope | None = None


def _error(status: int, envelope: _Envelope, retry_after: float | None) -> SlidesError:
    text = f"{status} {envelope.google_status or _phrase(status)}: {envelope.message}"
    text = (
        text[:LONGEST_TEXT_CHARACTERS].encode("utf-8", "replace").decode()
    )  # half a character cannot be told
    is_refusal = status == HTTPStatus.NOT_IMPLEMENTED and envelope.google_status == "UNIMPLEMENTED"
    if status >= 500 and not is_refusal:  # the API itself says that it has no such request
        return ServerFailed(text, http_status=status, retry_after_seconds=retry_after)
    if status < 400 or status == HTTPStatus.REQUEST_TIMEOUT:
        unknown = OutcomeUnknown(text)
        unknown.http_status = status
        return unknown
    error = _kind(status, envelope)(
        text, http_status=status, google_status=envelope.google_status, retry_after_seconds=retry_after
    )
    if isinstance(error, InvalidRequest):
        error.request_index = _request_index(envelope.message)
    if isinstance(error, QuotaExceeded):
        error.scope = envelope.quota_scope
    return error


def _kind(status: int, envelope: _Envelope) -> type[Rejected]:
    if status == HTTPStatus.BAD_REQUEST:
        return _kind_of_bad_request(envelope.message)
    if status == HTTPStatus.FORBIDDEN and envelope.reasons & RATE_LIMIT_REASONS:
        return QuotaExceeded
    return _BY_STATUS.get(status, Rejected)


def _kind_of_bad_request(message: str) -> type[Rejected]:
    """Tell the 400s apart.

    The text about a revision that does not match is undocumented: whoever relies on it reads the revision.
    """
    if "cannot be applied" in message:
        return CannotBeApplied
    if _request_index(message) is None and "revision" in message.lower():
        return RevisionConflict
    return InvalidRequest


def _request_index(message: str) -> int | None:
    """Return the entry that `Invalid requests[8].insertText: ...` or `... at 'requests[0]'` names."""
    named = re.search(r"requests\[([0-9]{1,9})\]", message)
    return int(named[1]) if named else None


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _envelope(parsed: dict[str, Any] | None, body: bytes) -> _Envelope:
    error = (parsed or {}).get("error")
    if not isinstance(error, dict):
        return _Envelope(_first_words(body), "", frozenset())
    message, google_status = error.get("message"), error.get("status")
    return _Envelope(
        message if isinstance(message, str) else "no message",
        google_status if isinstance(google_status, str) else "",
        frozenset(_reasons(error)),
        _quota_scope(error),
    )


def _quota_scope(error: Mapping[str, Any]) -> QuotaScope | None:
    """Return whose quota an ErrorInfo's `quota_limit`, such as WriteRequestsPerMinutePerUser, is."""
    for entry in _entries(error, "details"):
        metadata = entry.get("metadata")
        limit = metadata.get("quota_limit") if isinstance(metadata, dict) else None
        if isinstance(limit, str) and limit.endswith(("PerUser", "PerProject")):
            return QuotaScope.USER if limit.endswith("PerUser") else QuotaScope.PROJECT
    return None


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    for entry in (*_entries(error, "errors"), *_entries(error, "details")):
        if isinstance(entry.get("reason"), str):
            yield entry["reason"]


def _entries(error: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list that may be missing or something else."""
    entries = error.get(key)
    return (entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, dict))


def _first_words(body: bytes) -> str:
    """Return what a person can make of a body that is not Google's JSON, such as a proxy's page of HTML."""
    text = _MARKUP.sub(" ", body[:4_000].decode("utf-8", "replace"))
    return " ".join(text.split()) or "an empty body"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown status"
