"""Where a Redis server is: an address that may hold a password, which nobody gets to read."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

_PORT = 6379
_EXPECTED = (
    "expected redis://HOST:PORT/NUMBER, or rediss:// for TLS, with USER:PASSWORD@ before the host if it asks"
)


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """An address of a Redis server.

    Attributes:
        url: all of it.
        shown: what may be read by anybody; `str` gives it, too.
    """

    url: str = field(repr=False)
    shown: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Read an address.

        Raises:
            ValueError: it is none; the text says what would be, and repeats nothing of it.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or _PORT
        except ValueError:
            raise ValueError(f"this is no address of a Redis server; {_EXPECTED}") from None
        _refuse_what_is_not_understood(parts)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return cls(url, f"{parts.scheme}://{host}:{port}/{parts.path.strip('/') or 0}")

    def __str__(self) -> str:
        return self.shown

    def without_password(self, text: str) -> str:
        """Return a text of somebody else's that may have the password in it, without it."""
        password = urlsplit(self.url).password
        for secret in {password, unquote(password)} if password else ():
            text = text.replace(secret, "***")
        return text


def _refuse_what_is_not_understood(parts: SplitResult) -> None:
    if parts.scheme not in ("redis", "rediss"):
        raise ValueError(f"this is no address of a Redis server; {_EXPECTED}")
    if not parts.hostname:
        raise ValueError(f"it names no host; {_EXPECTED}; write / ? # @ of a password as %2F %3F %23 %40")
    if parts.query or parts.fragment:
        raise ValueError(f"nothing may follow a ? or #; {_EXPECTED}; in a password they are %3F and %23")
    if parts.path not in ("", "/") and not parts.path[1:].isdecimal():
        raise ValueError(f"after the host comes the number of a database; {_EXPECTED}")
