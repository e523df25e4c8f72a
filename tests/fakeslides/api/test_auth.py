import base64
import json
from random import Random
from typing import Any

import pytest
from google.auth import crypt, jwt

from fakeslides.api.auth import GOOGLE_AUDIENCE, GRANT_TYPE, TokenEndpoint
from fakeslides.api.tokens import TokenBook
from fakeslides.service_account import CLIENT_EMAIL, make_service_account

NOW = 1_700_000_000
OWN = "https://localhost:1/token"
ACCOUNT, STRANGER = make_service_account(OWN), make_service_account(OWN)
CLAIMS = {"iss": CLIENT_EMAIL, "aud": GOOGLE_AUDIENCE, "scope": "s", "iat": NOW, "exp": NOW + 3600}


DEEP = base64.urlsafe_b64encode(b"[" * 30_000).decode()


def ask(form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Ask a token endpoint; return status and answer."""
    endpoint = TokenEndpoint(ACCOUNT.public_key, CLIENT_EMAIL, OWN, TokenBook(Random(1)))
    reply = endpoint.answer(form, NOW)
    return reply.status, json.loads(reply.body)


def signed(account: Any = ACCOUNT, **claims: object) -> dict[str, str]:  # noqa: ANN401 # a service account
    """Return a form with an assertion."""
    signer = crypt.RSASigner.from_service_account_info(account.key_file)
    return {"grant_type": GRANT_TYPE, "assertion": jwt.encode(signer, CLAIMS | claims).decode()}


@pytest.mark.parametrize("audience", [GOOGLE_AUDIENCE, OWN])
def test_a_signed_assertion_gives_a_token(audience: str) -> None:
    """Google's libraries always write Google's audience; others write the address they call."""
    status, answer = ask(signed(aud=audience))

    assert status == 200
    assert answer["access_token"]
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3599)


@pytest.mark.parametrize(
    ("form", "error", "says"),
    [
        (signed(STRANGER), "invalid_grant", "Invalid JWT Signature."),
        (signed(iss="x@y"), "invalid_grant", "account not found"),
        (signed(aud="https://example.com"), "invalid_grant", "Failed audience check"),
        (signed(aud=[GOOGLE_AUDIENCE]), "invalid_grant", "Failed audience check"),
        (signed(exp=NOW + 7200), "invalid_grant", "short-lived token (60 minutes)"),
        (signed(iat=NOW - 7200, exp=NOW - 3600), "invalid_grant", "short-lived token (60 minutes)"),
        (signed(iat=NOW + 900, exp=NOW + 1000), "invalid_grant", "short-lived token (60 minutes)"),
        (signed(iat="soon"), "invalid_grant", "short-lived token (60 minutes)"),
        (signed(scope=""), "invalid_scope", "Empty or missing scope"),
        (signed() | {"grant_type": "password"}, "unsupported_grant_type", "password"),
        (signed() | {"assertion": "a.b.c"}, "invalid_grant", ""),
        (signed() | {"assertion": ""}, "invalid_grant", ""),
        (signed() | {"assertion": "é.é.é"}, "invalid_grant", ""),
        (signed() | {"assertion": f"{DEEP}.{DEEP}.c"}, "invalid_grant", ""),
        ({}, "unsupported_grant_type", ""),
    ],
)
def test_anything_else_is_refused_in_googles_words(form: dict[str, str], error: str, says: str) -> None:
    """A client's mistake must show here and not first in production."""
    status, answer = ask(form)

    assert (status, answer["error"]) == (400, error)
    assert says in answer["error_description"]


def test_an_assertion_that_was_changed_after_signing_is_refused() -> None:
    """Else the signature would mean nothing."""
    form = signed()
    head, claims, signature = form["assertion"].split(".")
    other = signed(iss="x@y")["assertion"].split(".")[1]

    _, answer = ask(form | {"assertion": f"{head}.{other}.{signature}"})

    assert answer["error_description"] == "Invalid JWT Signature."
    assert claims != other
