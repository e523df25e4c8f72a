"""Access tokens: who holds one, and until when.  Pure: `now` is an argument, in Unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from random import Random

from fakeslides.api.replies import unauthenticated
from fakeslides.api.router import Call

# What Google's token endpoint answers, one second short of an hour.
LIFETIME_SECONDS = 3599

_IN_QUERIES = ("access_token", "$access_token", "oauth_token", "$oauth_token")

_RPCS = {
    "presentations.get": "GetPresentation",
    "presentations.batchUpdate": "BatchUpdatePresentation",
    "presentations.create": "CreatePresentation",
    "presentations.pages.get": "GetPage",
}


@dataclass(frozen=True, slots=True)
class _Grant:
    user: str
    expires_at_unix: float


class TokenBook:
    """Every token that was given out."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._grants: dict[str, _Grant] = {}

    def issue(self, user: str, now_unix: float) -> str:
        """Give `user` a new token."""
        token = f"ya29.c.{self._random.getrandbits(256):064x}"
        self._grants[token] = _Grant(user, now_unix + LIFETIME_SECONDS)
        return token

    def revoke(self, token: str) -> None:
        """Let a token be over before its time."""
        grant = self._grants.get(token)
        if grant is not None:
            self._grants[token] = _Grant(grant.user, -inf)

    def is_revoked(self, token: str) -> bool:
        """Say whether a token was taken from whoever bears it."""
        grant = self._grants.get(token)
        return grant is not None and grant.expires_at_unix == -inf

    def user_of(self, token: str, call: Call, now_unix: float) -> str:
        """Return who makes a call that bears a token, or none, which is empty.

        Raises:
            SlidesApiError: 401, as Google words it, for a missing, unknown or expired token.
        """
        rpc = _RPCS.get(call.method, call.method)
        if not token:
            raise unauthenticated("CREDENTIALS_MISSING", rpc)
        grant = self._grants.get(token)
        if grant is None:
            raise unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED", rpc)
        if grant.expires_at_unix <= now_unix:
            raise unauthenticated("ACCESS_TOKEN_EXPIRED", rpc)
        return grant.user


def token_of(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """Return the token that a call bears, empty if it bears none.

    Without an Authorization header the query may bear it, as Google's discovery documents have it.
    """
    if "Authorization" not in headers:
        return next((query[name] for name in _IN_QUERIES if name in query), "")
    scheme, _, token = headers["Authorization"].partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
