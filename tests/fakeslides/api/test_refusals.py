from collections.abc import Sequence

import pytest
from pydantic import TypeAdapter

from fakeslides.api.quota import CallKind
from fakeslides.api.refusals import refusal_of
from fakeslides.errors import SlidesApiError
from fakeslides.scenario.fault_kinds import Fault

READ_FAULT: TypeAdapter[Fault] = TypeAdapter(Fault)


def refusal(
    kind: str, quota_kind: CallKind = "write", kinds: Sequence[str] = (), **fields: object
) -> SlidesApiError | None:
    """Return what a fault makes Google say."""
    return refusal_of(READ_FAULT.validate_python({"kind": kind, **fields}), quota_kind, kinds, now_unix=0.0)


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("api.conflict", 400, "INVALID_ARGUMENT"),
        ("api.rate_limit", 429, "RESOURCE_EXHAUSTED"),
        ("api.not_found", 404, "NOT_FOUND"),
        ("api.permission", 403, "PERMISSION_DENIED"),
        ("api.unavailable", 503, "UNAVAILABLE"),
        ("api.internal", 500, "INTERNAL"),
    ],
)
def test_speaks_in_googles_canonical_names(kind: str, code: int, status: str) -> None:
    """Clients decide by these whether to try again."""
    said = refusal(kind)

    assert said is not None
    assert (said.code, said.status) == (code, status)


def test_names_the_request_that_could_not_be_applied() -> None:
    """A batch has many, and a client may want to leave the guilty one out."""
    said = refusal("api.conflict", kinds=("insertText", "replaceAllText"), at_request=1)

    assert said is not None
    assert said.message == "Invalid requests[1].replaceAllText: This request cannot be applied"


@pytest.mark.parametrize(
    ("quota_kind", "scope", "limit"),
    [
        ("write", "user", "60"),
        ("write", "project", "600"),
        ("read", "user", "600"),
        ("read", "project", "3000"),
    ],
)
def test_a_rate_limit_names_the_quota_that_the_call_takes_from(
    quota_kind: CallKind, scope: str, limit: str
) -> None:
    """Its details must be those of a true one, or a client that reads them would be fooled."""
    said = refusal("api.rate_limit", quota_kind, scope=scope)

    assert said is not None
    assert said.details[0]["metadata"]["quota_limit_value"] == limit
    assert said.retry_after_seconds is None


def test_says_when_to_come_back_if_that_is_the_fault() -> None:
    """Google says so rarely; a client that obeys must be testable."""
    said = refusal("http.retry_after", after="7s", code=429)

    assert said is not None
    assert (said.code, said.retry_after_seconds) == (429, 7.0)


@pytest.mark.parametrize("kind", ["tcp.reset", "http.stall", "api.stale_revision", "api.unauthenticated"])
def test_a_fault_without_words_is_no_refusal(kind: str) -> None:
    """The wire, the store or the token book tells those."""
    assert refusal(kind) is None
