import pytest

from fakeslides.api.router import Call, NoSuchAddressError, effective_verb, route


@pytest.mark.parametrize(
    ("verb", "path", "call"),
    [
        ("POST", "/token", Call("token")),
        ("POST", "/v1/presentations", Call("presentations.create")),
        ("GET", "/v1/presentations/abc", Call("presentations.get", "abc")),
        ("GET", "/v1/presentations/a%20b%2Fc", Call("presentations.get", "a b/c")),
        ("POST", "/v1/presentations/abc:batchUpdate", Call("presentations.batchUpdate", "abc")),
        ("POST", "/v1/presentations/abc%3AbatchUpdate", Call("presentations.batchUpdate", "abc")),
        ("GET", "/v1/presentations/abc/pages/x%3Ay", Call("presentations.pages.get", "abc", "x:y")),
        (
            "GET",
            "/v1/presentations/abc/pages/p/thumbnail",
            Call("presentations.pages.getThumbnail", "abc", "p"),
        ),
        ("GET", "/v1/presentations/abc?fields=a/b", Call("presentations.get", "abc")),
    ],
)
def test_knows_the_addresses_of_the_api(verb: str, path: str, call: Call) -> None:
    """Node encodes the colon of a page id, Python does not; both must arrive."""
    assert route(verb, path) == call


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/"),
        ("GET", "/token"),
        ("PUT", "/v1/presentations/a"),
        ("GET", "/v2/presentations/a"),
        ("GET", "/v1/presentations/a/b"),
        ("GET", "/v1/presentations/a/pages/p/thumbnails"),
        ("POST", "/v1/presentations/a:batchGet"),
        ("GET", "/v1/presentations/"),
    ],
)
def test_knows_no_others(verb: str, path: str) -> None:
    """A client with a wrong address must not be served by accident."""
    with pytest.raises(NoSuchAddressError):
        route(verb, path)


def test_a_header_may_carry_the_verb() -> None:
    """A GET whose address is too long travels as a POST."""
    assert effective_verb("POST", {"X-HTTP-Method-Override": "get"}) == "GET"
    assert effective_verb("POST", {}) == "POST"


@pytest.mark.parametrize(
    ("method", "kind"),
    [("presentations.get", "read"), ("presentations.pages.get", "read"),
     ("presentations.create", "write"), ("presentations.batchUpdate", "write")],
)  # fmt: skip
def test_calls_take_from_the_quota_that_google_counts_them_in(method: str, kind: str) -> None:
    """Writes are ten times as scarce as reads."""
    assert Call(method).quota_kind == kind
