from random import Random

import pytest

from fakeslides.api.router import Call
from fakeslides.api.tokens import TokenBook
from fakeslides.errors import SlidesApiError

CALL = Call("presentations.batchUpdate", "deck")


def reason_for(book: TokenBook, header: str | None, now: float = 0.0) -> str:
    """Return why a caller is not let in."""
    with pytest.raises(SlidesApiError) as caught:
        book.user_of({} if header is None else {"Authorization": header}, CALL, now)
    assert caught.value.code == 401
    info = caught.value.details[0]
    assert info["metadata"]["method"].endswith(".BatchUpdatePresentation")
    return str(info["reason"])


def test_whoever_holds_a_token_is_known_by_it() -> None:
    """Quotas are counted per user."""
    book = TokenBook(Random(1))
    token = book.issue("me", 0.0)

    assert book.user_of({"Authorization": f"Bearer {token}"}, CALL, 3598.0) == "me"


@pytest.mark.parametrize("header", [None, "", "Bearer ", "Basic abc"])
def test_no_token_is_missing_credentials(header: str | None) -> None:
    """Google tells this apart from a bad one."""
    assert reason_for(TokenBook(Random(1)), header) == "CREDENTIALS_MISSING"


def test_a_token_of_somebody_else_is_of_no_type_known_here() -> None:
    """A real Google token must never be taken for ours."""
    assert reason_for(TokenBook(Random(1)), "Bearer ya29.other") == "ACCESS_TOKEN_TYPE_UNSUPPORTED"


def test_a_token_ends_when_its_time_is_up() -> None:
    """Clients that never refresh must be found out."""
    book = TokenBook(Random(1))
    token = book.issue("me", 0.0)

    assert reason_for(book, f"Bearer {token}", now=3599.0) == "ACCESS_TOKEN_EXPIRED"


def test_no_two_tokens_are_the_same() -> None:
    """Two refreshes must be tellable apart."""
    book = TokenBook(Random(1))

    assert book.issue("me", 0.0) != book.issue("me", 0.0)


def test_a_revoked_token_is_over_before_its_time() -> None:
    """A client must be able to live through it, and the ledger to say why."""
    book = TokenBook(Random(1))
    headers = {"Authorization": f"Bearer {book.issue('me', 0.0)}"}
    was_revoked = book.is_revoked(headers)

    book.revoke(headers)

    assert (was_revoked, book.is_revoked(headers)) == (False, True)
    assert reason_for(book, headers["Authorization"], 1.0) == "ACCESS_TOKEN_EXPIRED"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer unknown"}])
def test_a_token_that_nobody_knows_cannot_be_revoked(headers: dict[str, str]) -> None:
    """Nothing is remembered of strangers."""
    book = TokenBook(Random(1))

    book.revoke(headers)

    assert not book.is_revoked(headers)
