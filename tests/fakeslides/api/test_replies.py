import json
from typing import Any

import pytest

from fakeslides.api.quota import Exceeded
from fakeslides.api.replies import (
    Reply,
    error_reply,
    json_reply,
    no_such_address,
    quota_error,
    unauthenticated,
)
from fakeslides.errors import SlidesApiError, refusal_with_status


def error_in(reply: Reply) -> dict[str, Any]:
    """Return the envelope's content."""
    content: dict[str, Any] = json.loads(reply.body)["error"]
    return content


def test_an_error_is_written_letter_for_letter_as_google_writes_it() -> None:
    """Clients have been seen to parse the text."""
    reply = error_reply(SlidesApiError(400, "INVALID_ARGUMENT", "Invalid requests[0]: No request set."))

    assert reply.body == (
        b'{\n  "error": {\n    "code": 400,\n    "message": "Invalid requests[0]: No request set.",\n'
        b'    "status": "INVALID_ARGUMENT"\n  }\n}\n'
    )
    assert reply.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert reply.headers["Server"] == "ESF"


def test_a_quota_error_names_metric_limit_and_window() -> None:
    """Whoever backs off reads the metadata."""
    error = quota_error(Exceeded("write", "user", 60, 12.5), now_unix=125.0, says_when=False)

    reply = error_reply(error)
    [info, help_link] = error_in(reply)["details"]

    assert error_in(reply)["message"].startswith(
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' "
        "of service 'slides.googleapis.com' for consumer 'project_number:"
    )
    assert (info["reason"], info["domain"]) == ("RATE_LIMIT_EXCEEDED", "googleapis.com")
    assert info["metadata"]["quota_limit"] == "WriteRequestsPerMinutePerUser"
    assert info["metadata"]["quota_limit_value"] == "60"
    assert info["metadata"]["window_start_time"] == "120"
    assert help_link["links"]
    assert "Retry-After" not in reply.headers


def test_a_quota_error_says_when_to_come_back_only_on_request() -> None:
    """Google does not; the header is rounded up, so that nobody comes too early."""
    error = quota_error(Exceeded("read", "project", 3000, 12.1), now_unix=0.0, says_when=True)

    assert error_reply(error).headers["Retry-After"] == "13"
    assert "limit 'Read requests per minute'" in error.message


@pytest.mark.parametrize(
    ("reason", "begins"),
    [
        ("CREDENTIALS_MISSING", "Request is missing required authentication credential. Expected OAuth 2"),
        ("ACCESS_TOKEN_EXPIRED", "Request had invalid authentication credentials. Expected OAuth 2"),
    ],
)
def test_a_401_says_what_was_wrong_with_the_token(reason: str, begins: str) -> None:
    """Libraries refresh on a 401; people read the reason."""
    reply = error_reply(unauthenticated(reason, "GetPresentation"))

    assert error_in(reply)["message"].startswith(begins)
    assert error_in(reply)["details"][0]["reason"] == reason
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_bad_gateway_is_a_page_and_not_an_envelope() -> None:
    """It comes from the front end; clients that expect JSON stumble here."""
    reply = error_reply(refusal_with_status(502))

    assert reply.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert b"Error 502 (Server Error)!!1" in reply.body


def test_an_unknown_address_is_a_page_that_quotes_it_harmlessly() -> None:
    """The address is the stranger's text."""
    reply = no_such_address("/<script>")

    assert reply.status == 404
    assert b"&lt;script&gt;" in reply.body


def test_json_is_short_unless_somebody_wants_to_read_it() -> None:
    """Both forms mean the same."""
    assert json_reply({"a": "é"}).body == '{"a": "é"}\n'.encode()
    assert json_reply({"a": 1}, is_pretty=True).body == b'{\n  "a": 1\n}\n'
