"""The token endpoint for service accounts: a signed assertion in, an access token out (RFC 7523).

https://developers.google.com/identity/protocols/oauth2/service-account says what Google's wants and answers.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from fakeslides.api.replies import Reply, json_reply
from fakeslides.api.tokens import LIFETIME_SECONDS, TokenBook

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Google's own libraries write this audience whatever the key file's token_uri says.
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"

_LONGEST_SECONDS = 3600
_SKEW_SECONDS = 300
_NOT_SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


class OAuthError(Exception):
    """A refusal of the token endpoint: `{"error", "error_description"}`."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


class TokenEndpoint:
    """Trades assertions of one service account for tokens.

    Args:
        public_key: what the account's assertions must be signed for.
        client_email: the account.
        audience: the endpoint's own address; Google's is accepted as well.
        tokens: where tokens are remembered.
    """

    def __init__(self, public_key: RSAPublicKey, client_email: str, audience: str, tokens: TokenBook) -> None:
        self._public_key = public_key
        self._client_email = client_email
        self._audiences = {audience, GOOGLE_AUDIENCE}
        self.tokens = tokens

    def answer(self, form: Mapping[str, str], now_unix: float) -> Reply:
        """Answer a token request; errors are in the answer, none is raised."""
        try:
            user = self._user_of(form, now_unix)
        except OAuthError as error:
            refusal = {"error": error.error, "error_description": error.description}
            return json_reply(refusal, error.status, is_pretty=True)
        token = self.tokens.issue(user, now_unix)
        return json_reply(
            {"access_token": token, "expires_in": LIFETIME_SECONDS, "token_type": "Bearer"},
            is_pretty=True,
        )

    def _user_of(self, form: Mapping[str, str], now_unix: float) -> str:
        if form.get("grant_type") != GRANT_TYPE:
            raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        claims = self._verified_claims(form.get("assertion", ""))
        if claims.get("iss") != self._client_email:
            raise OAuthError("invalid_grant", "Invalid grant: account not found")
        if str(claims.get("aud")) not in self._audiences:
            raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.")
        _check_times(claims, now_unix)
        if not claims.get("scope"):
            raise OAuthError("invalid_scope", "Empty or missing scope not allowed.")
        return str(claims.get("sub", self._client_email))

    def _verified_claims(self, assertion: str) -> Mapping[str, Any]:
        head, _, signature = assertion.rpartition(".")
        try:
            header, claims = (json.loads(_decode(part)) for part in head.split("."))
            self._public_key.verify(_decode(signature), head.encode(), PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise OAuthError("invalid_grant", "Invalid JWT Signature.") from error
        except (ValueError, binascii.Error, RecursionError) as error:
            raise OAuthError("invalid_grant", "Bad Request") from error
        if not isinstance(header, dict) or header.get("alg") != "RS256" or not isinstance(claims, dict):
            raise OAuthError("invalid_grant", "Invalid JWT Signature.")
        return claims


def _check_times(claims: Mapping[str, Any], now_unix: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    is_sound = (
        isinstance(issued, int | float)
        and isinstance(expires, int | float)
        and issued <= now_unix + _SKEW_SECONDS
        and now_unix - _SKEW_SECONDS < expires <= issued + _LONGEST_SECONDS
    )
    if not is_sound:
        raise OAuthError("invalid_grant", _NOT_SHORT_LIVED)


def _decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
