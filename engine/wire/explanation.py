"""What broke an exchange, in the engine's words."""

import ssl
from collections.abc import Iterator

import aiohttp

from engine.errors import (
    AnswerTimedOut,
    ConnectionLost,
    EngineClosed,
    OutcomeUnknown,
    RecordLayerFailure,
    SlidesError,
    Unreachable,
    Untrusted,
)


class NotResentError(Exception):
    """Carries an error past aiohttp's own second try."""


def closed(*, was_sent: bool) -> SlidesError:
    """Return the error of an exchange that was ended by closing the engine."""
    return ConnectionLost("the engine was closed before the answer came") if was_sent else EngineClosed()


def explain(error: BaseException, *, was_sent: bool) -> SlidesError:
    """Return the engine's word for what broke an exchange.

    Args:
        error: from aiohttp, ssl or the operating system.
        was_sent: whether the request had begun to leave.
    """
    broken_by = error.__cause__ if isinstance(error, NotResentError) and error.__cause__ else error
    text = f"{type(broken_by).__name__}: {broken_by}"
    is_tls_failure = any(_is_tls_failure(link) for link in _chain(broken_by))
    if not was_sent and isinstance(broken_by, aiohttp.ClientConnectorCertificateError):
        return Untrusted(str(broken_by.certificate_error))
    if not was_sent:
        return Unreachable(text, is_tls_failure=is_tls_failure)
    if is_tls_failure:
        return RecordLayerFailure(text)
    if isinstance(broken_by, TimeoutError):
        return AnswerTimedOut(text)
    if isinstance(broken_by, (OSError, aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError)):
        return ConnectionLost(text)
    return OutcomeUnknown(text)


def _is_tls_failure(error: BaseException) -> bool:
    if isinstance(error, ssl.SSLWantReadError | ssl.SSLWantWriteError):
        return False  # TLS waits for bytes all the time, also when the connection is reset
    return isinstance(error, ssl.SSLError) or "[SSL" in str(error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
