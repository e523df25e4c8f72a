"""What an answer means: was the edit applied, refused, or nobody knows."""

import json
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import errors
from engine.wire.replies import read_reply, retry_after_seconds, revision_after

NOW = 1_700_000_000.0
HTML_502 = (
    b"<!DOCTYPE html><html><head><title>Error 502 (Server Error)!!1</title><style>*{margin:0}</style></head>"
    b"<p><b>502.</b> The server encountered a temporary error. Please try again in 30 seconds.</html>"
)


def _body(code: int, message: str, status: str, **more: object) -> bytes:
    return json.dumps({"error": {"code": code, "message": message, "status": status, **more}}).encode()


def _refusal(status: int, body: bytes, headers: dict[str, str] | None = None) -> errors.SlidesError:
    with pytest.raises(errors.SlidesError) as caught:
        read_reply(status, headers or {}, body, wall_now=NOW)
    return caught.value


def _invalid(message: str) -> errors.SlidesError:
    return _refusal(400, _body(400, message, "INVALID_ARGUMENT"))


class TestGoodAnswer:
    @pytest.mark.parametrize(
        ("reply", "revision_id"),
        [
            ({"writeControl": {"requiredRevisionId": "r2"}}, "r2"),
            ({"writeControl": {"requiredRevisionId": 2}}, None),
            ({"writeControl": {}}, None),
            ({"writeControl": None}, None),
            ({}, None),
        ],
    )
    def test_names_the_next_revision_or_none(self, reply: dict[str, Any], revision_id: str | None) -> None:
        """A reply that names none is an answer all the same: the write was applied."""
        assert revision_after(reply) == revision_id

    def test_is_its_json_object(self) -> None:
        """The reply carries the next fence."""
        reply = {"presentationId": "p", "writeControl": {"requiredRevisionId": "r2"}}

        assert read_reply(200, {}, json.dumps(reply).encode(), wall_now=NOW) == reply

    @pytest.mark.parametrize(
        "body",
        [b"", b'{"presentationId": "p", "repl', b"\xff\xfe", b"[]", b"<html>hi</html>", b"[" * 99_999],
    )
    def test_that_cannot_be_read_leaves_the_outcome_unknown(self, body: bytes) -> None:
        """The server said 200, so the edit was probably applied: no failure may be claimed, nor success."""
        error = _refusal(200, body)

        assert isinstance(error, errors.OutcomeUnknown)
        assert error.http_status == 200


class TestBadRequest:
    @pytest.mark.parametrize(
        ("message", "index"),
        [
            ("Invalid requests[8].replaceAllText: The object (s9) could not be found.", 8),
            ("Invalid JSON payload received. Unknown name \"x\" at 'requests[0]': Cannot find field.", 0),
            ("Invalid requests[3].insertText: The revision (r) does not allow text editing.", 3),
            ("Must specify at least one request.", None),
        ],
    )
    def test_names_the_request_at_fault_when_google_does(self, message: str, index: int | None) -> None:
        """With the index one bad edit costs one more write; without, a search."""
        error = _invalid(message)

        assert isinstance(error, errors.InvalidRequest)
        assert error.request_index == index
        assert message in str(error)

    def test_that_cannot_be_applied_is_told_apart(self) -> None:
        """It is the race of two writers, and goes away when one of them waits."""
        error = _invalid("Invalid requests[0].replaceAllText: This request cannot be applied")

        assert isinstance(error, errors.CannotBeApplied)

    def test_about_a_revision_is_a_conflict(self) -> None:
        """Somebody else edited: read again, and send with the new fence."""
        error = _invalid("The required revision ID 'r1' does not match the latest revision.")

        assert isinstance(error, errors.RevisionConflict)

    def test_from_a_front_end_is_still_a_refusal(self) -> None:
        """Whatever the page says, nothing was applied."""
        error = _refusal(400, b"<html><title>Error 400 (Bad Request)!!1</title></html>")

        assert isinstance(error, errors.InvalidRequest)
        assert str(error) == "400 Bad Request: Error 400 (Bad Request)!!1"

    def test_half_a_character_in_the_text_is_replaced(self) -> None:
        """No terminal and no file takes it; the report would be lost for a word of the server's."""
        error = _invalid("no \ud800 here")

        assert str(error) == "400 INVALID_ARGUMENT: no ? here"


class TestQuota:
    def test_429_is_a_refusal_for_quota(self) -> None:
        """It feeds the pacer, never the breaker."""
        body = _body(429, "Quota exceeded for quota metric 'Write requests'", "RESOURCE_EXHAUSTED")

        error = _refusal(429, body, {"Retry-After": "17"})

        assert isinstance(error, errors.QuotaExceeded)
        assert error.google_status == "RESOURCE_EXHAUSTED"
        assert error.retry_after_seconds == 17.0

    @pytest.mark.parametrize(
        "more",
        [
            {"errors": [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]},
            {"errors": [{"domain": "usageLimits", "reason": "rateLimitExceeded"}]},
            {"details": [{"@type": "x/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED"}]},
        ],
    )
    def test_403_for_a_rate_limit_is_one_too(self, more: dict[str, Any]) -> None:
        """Google's older services say quota with 403."""
        error = _refusal(403, _body(403, "User Rate Limit Exceeded", "PERMISSION_DENIED", **more))

        assert isinstance(error, errors.QuotaExceeded)

    @pytest.mark.parametrize(
        ("limit", "scope"),
        [
            ("WriteRequestsPerMinutePerUser", errors.QuotaScope.USER),
            ("ReadRequestsPerMinutePerProject", errors.QuotaScope.PROJECT),
            ("SomethingElse", None),
            (17, None),
        ],
    )
    def test_it_says_whose_quota_it_is(self, limit: object, scope: errors.QuotaScope | None) -> None:
        """A full project says nothing of who else uses this account."""
        details = [
            "?",
            {"@type": "x/google.rpc.Help"},
            {
                "@type": "x/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "metadata": {"quota_limit": limit},
            },
        ]

        error = _refusal(429, _body(429, "Quota exceeded", "RESOURCE_EXHAUSTED", details=details))

        assert isinstance(error, errors.QuotaExceeded)
        assert error.scope is scope

    def test_403_for_a_permission_is_not(self) -> None:
        """Retried as if it were quota, it would be retried for ever."""
        body = _body(
            403, "The caller does not have permission", "PERMISSION_DENIED", errors=[{"reason": "forbidden"}]
        )

        assert type(_refusal(403, body)) is errors.PermissionDenied


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.Unauthenticated),
        (403, errors.PermissionDenied),
        (404, errors.NotFound),
        (409, errors.RevisionConflict),
        (413, errors.InvalidRequest),
        (418, errors.Rejected),
        (429, errors.QuotaExceeded),
        (500, errors.ServerFailed),
        (501, errors.ServerFailed),
        (502, errors.ServerFailed),
        (503, errors.ServerFailed),
        (504, errors.ServerFailed),
        (599, errors.ServerFailed),
        (408, errors.OutcomeUnknown),
        (302, errors.OutcomeUnknown),
    ],
)
def test_each_status_becomes_its_error_with_and_without_an_envelope(
    status: int, kind: type[errors.SlidesError]
) -> None:
    """The status decides; a body that makes no sense must not hide it."""
    told = [_refusal(status, body) for body in (_body(status, "no", "X"), b"{}", HTML_502, b"")]

    assert [type(error) for error in told] == [kind] * 4
    assert {error.http_status for error in told} == {status}


def test_a_request_that_the_api_does_not_have_is_refused_like_any_bad_one() -> None:
    """Said by the API, it is no failure of the server: sending it again would never help."""
    error = _refusal(501, _body(501, "requests[3].updateTextStyle: not implemented", "UNIMPLEMENTED"))

    assert isinstance(error, errors.InvalidRequest)
    assert error.request_index == 3
    assert error.http_status == 501


def test_a_page_of_html_is_told_in_words() -> None:
    """A log line full of markup helps nobody at night."""
    text = str(_refusal(502, HTML_502))

    assert text.startswith("502 Bad Gateway: Error 502 (Server Error)!!1 502. The server encountered")
    assert "margin" not in text


def test_a_long_message_is_cut() -> None:
    """A megabyte of error would be logged once per operation."""
    assert len(str(_refusal(400, _body(400, "x" * 1_000_000, "INVALID_ARGUMENT")))) == 500


class TestRetryAfter:
    def test_may_be_a_date(self) -> None:
        """Proxies prefer dates."""
        error = _refusal(503, b"", {"retry-after": formatdate(NOW + 90, usegmt=True)})

        assert isinstance(error, errors.ServerFailed)
        assert error.retry_after_seconds == pytest.approx(90.0)

    @pytest.mark.parametrize(
        "value", ["", "-5", "soon", "1e9", "nan", "999999999", "٣", formatdate(NOW - 90, usegmt=True)]
    )
    def test_that_makes_no_sense_is_not_believed(self, value: str) -> None:
        """A wait of years, or one that is over, is somebody's mistake."""
        assert retry_after_seconds({"Retry-After": value}, NOW) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["error", "details"]), inner),
)
ENVELOPES = st.fixed_dictionaries(
    {"error": st.dictionaries(st.sampled_from(["code", "message", "status", "details", "errors"]), JSON)}
)
BODIES = st.binary() | st.one_of(JSON, ENVELOPES).map(lambda value: json.dumps(value).encode())


@given(st.integers(100, 999), BODIES, st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ \w+ \d+ [\d:]+ \w+"))
def test_whatever_comes_is_a_reply_or_an_error_of_ours(status: int, body: bytes, retry_after: str) -> None:
    """A server that misbehaves must never crash its client."""
    refusal: errors.SlidesError | None = None
    try:
        answer = read_reply(status, {"Retry-After": retry_after}, body, wall_now=NOW)
    except errors.SlidesError as error:
        refusal = error
    else:
        assert isinstance(answer, dict)

    assert refusal is not None or 200 <= status < 300
    assert refusal is None or refusal.http_status == status
    assert isinstance(refusal, errors.Rejected) is (400 <= status < 500 and status != 408)
