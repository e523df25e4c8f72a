from random import Random

import pytest

from fakeslides.api.router import Call
from fakeslides.api.tokens import TokenBook, token_of
from fakeslides.errors import SlidesApiError

CALL = Call("presentations.batchUpdate", "deck")
BASIC = {"Authorization": "Basic abc"}


def reason_for(book: TokenBook, token: str, now: float = 0.0) -> str:
    """Return why a caller is not let in."""
    with pytest.raises(SlidesApiError) as caught:
        book.user_of(token, CALL, now)
    assert caught.value.code == 401
    info = caught.value.details[0]
    assert info["metadata"]["method"].endswith(".BatchUpdatePresentation")
    return str(info["reason"])


def test_whoever_holds_a_token_is_known_by_it() -> None:
    """Quotas are counted per user."""
    book = TokenBook(Random(1))
    token = book.issue("me", 0.0)

    assert book.user_of(token, CALL, 3598.0) == "me"


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "Bearer "}, BASIC])
def test_no_token_is_missing_credentials(headers: dict[str, str]) -> None:
    """Google tells this apart from a bad one."""
    assert reason_for(TokenBook(Random(1)), token_of(headers, {})) == "CREDENTIALS_MISSING"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_header_bears_the_token(scheme: str) -> None:
    """The names of schemes have no case."""
    assert token_of({"Authorization": f"{scheme} ya29.it"}, {}) == "ya29.it"


@pytest.mark.parametrize("name", ["access_token", "$access_token", "oauth_token", "$oauth_token"])
def test_a_query_bears_it_where_no_header_does(name: str) -> None:
    """It was taken there, and then the client was told that it had none."""
    assert token_of({}, {"fields": "title", name: "ya29.it"}) == "ya29.it"
    assert token_of({"Authorization": "Bearer ya29.other"}, {name: "ya29.it"}) == "ya29.other"
    assert token_of(BASIC, {name: "ya29.it"}) == ""


def test_a_token_of_somebody_else_is_of_no_type_known_here() -> None:
    """A real Google token must never be taken for ours."""
    assert reason_for(TokenBook(Random(1)), "ya29.other") == "ACCESS_TOKEN_TYPE_UNSUPPORTED"


def test_a_token_ends_when_its_time_is_up() -> None:
    """Clients that never refresh must be found out."""
    book = TokenBook(Random(1))
    token = book.issue("me", 0.0)

    assert reason_for(book, token, now=3599.0) == "ACCESS_TOKEN_EXPIRED"


def test_no_two_tokens_are_the_same() -> None:
    """Two refreshes must be tellable apart."""
    book = TokenBook(Random(1))

    assert book.issue("me", 0.0) != book.issue("me", 0.0)


def test_a_revoked_token_is_over_before_its_time() -> None:
    """A client must be able to live through it, and the ledger to say why."""
    book = TokenBook(Random(1))
    token = book.issue("me", 0.0)
    was_revoked = book.is_revoked(token)

    book.revoke(token)

    assert (was_revoked, book.is_revoked(token)) == (False, True)
    assert reason_for(book, token, 1.0) == "ACCESS_TOKEN_EXPIRED"


@pytest.mark.parametrize("token", ["", "unknown"])
def test_a_token_that_nobody_knows_cannot_be_revoked(token: str) -> None:
    """Nothing is remembered of strangers."""
    book = TokenBook(Random(1))

    book.revoke(token)

    assert not book.is_revoked(token)
