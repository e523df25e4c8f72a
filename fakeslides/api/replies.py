"""Answers as Google's front end writes them.  Pure: an answer is a status, headers and bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from math import ceil
from typing import Any

from fakeslides.api.quota import Exceeded
from fakeslides.errors import SlidesApiError

_SERVICE = "slides.googleapis.com"
_CONSUMER = "deckstorm-fake"
_BAD_GATEWAY = 502

_HEADERS = {
    "Vary": "Origin, X-Origin, Referer",
    "Server": "ESF",
    "Cache-Control": "private",
    "X-XSS-Protection": "0",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
}
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, ready to be sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(document: Any, status: int = 200, *, is_pretty: bool = False) -> Reply:  # noqa: ANN401 # any JSON
    """Return a JSON answer, on request with Google's two-space indentation."""
    text = json.dumps(document, ensure_ascii=False, indent=2 if is_pretty else None)
    return Reply(status, f"{text}\n".encode(), {**_HEADERS, **_JSON})


def error_reply(error: SlidesApiError) -> Reply:
    """Return an error in Google's envelope; a 502 comes from the front end, in HTML."""
    extra: dict[str, str] = dict(_CHALLENGE) if error.code == 401 else {}
    if error.retry_after_seconds is not None:
        extra["Retry-After"] = str(ceil(error.retry_after_seconds))
    if error.code == _BAD_GATEWAY:
        return _page(_BAD_GATEWAY, "Server Error", "The server encountered a temporary error.", extra)
    envelope: dict[str, Any] = {"code": error.code, "message": error.message, "status": error.status}
    if error.details:
        envelope["details"] = list(error.details)
    reply = json_reply({"error": envelope}, error.code, is_pretty=True)
    return Reply(reply.status, reply.body, {**reply.headers, **extra})


def no_such_address(path: str) -> Reply:
    """Return the front end's page for an address it does not know."""
    return _page(404, "Not Found", f"The requested URL {path} was not found on this server.", {})


def quota_error(exceeded: Exceeded, now_unix: float, *, says_when: bool) -> SlidesApiError:
    """Return Google's refusal of a call that exceeds a quota.

    Google sends no Retry-After with it; `says_when` adds one.
    """
    kind = exceeded.kind.capitalize()
    per_user = " per user" if exceeded.scope == "user" else ""
    message = (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute{per_user}' "
        f"of service '{_SERVICE}' for consumer 'project_number:{_CONSUMER}'."
    )
    details = [_error_info("RATE_LIMIT_EXCEEDED", _quota_metadata(exceeded, now_unix)), _HELP]
    wait = exceeded.retry_after_seconds if says_when else None
    return SlidesApiError(429, "RESOURCE_EXHAUSTED", message, details, retry_after_seconds=wait)


def unauthenticated(reason: str, rpc: str) -> SlidesApiError:
    """Return Google's refusal of a missing, unknown or expired access token."""
    begin = (
        "Request is missing required authentication credential."
        if reason == "CREDENTIALS_MISSING"
        else "Request had invalid authentication credentials."
    )
    message = (
        f"{begin} Expected OAuth 2 access token, login cookie or other valid authentication credential. "
        "See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    metadata = {"method": f"google.apps.slides.v1.PresentationsService.{rpc}", "service": _SERVICE}
    return SlidesApiError(401, "UNAUTHENTICATED", message, [_error_info(reason, metadata)])


_HELP = {
    "@type": "type.googleapis.com/google.rpc.Help",
    "links": [
        {
            "description": "Request a higher quota limit.",
            "url": "https://cloud.google.com/docs/quotas/help/request_increase",
        }
    ],
}


def _quota_metadata(exceeded: Exceeded, now_unix: float) -> dict[str, str]:
    scope = "User" if exceeded.scope == "user" else "Project"
    return {
        "quota_limit": f"{exceeded.kind.capitalize()}RequestsPerMinutePer{scope}",
        "quota_limit_value": str(exceeded.limit),
        "quota_location": "global",
        "quota_metric": f"{_SERVICE}/{exceeded.kind}_requests",
        "quota_unit": "1/min/{project}/{user}" if exceeded.scope == "user" else "1/min/{project}",
        "window_start_time": str(int(now_unix) // 60 * 60),
        "consumer": f"projects/{_CONSUMER}",
        "service": _SERVICE,
    }


def _error_info(reason: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": dict(metadata),
    }


def _page(status: int, title: str, text: str, extra: Mapping[str, str]) -> Reply:
    heading = f"Error {status} ({title})!!1"
    html = (
        f"<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{heading}</title>\n"
        f"<p><b>{status}.</b> <ins>That is an error.</ins>\n<p>{escape(text)}\n"
    )
    return Reply(status, html.encode(), {**_HEADERS, **_HTML, **extra})
