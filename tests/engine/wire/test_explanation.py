"""What broke an exchange, in the engine's words."""

import ssl

import aiohttp
import pytest

from engine.errors import (
    ConnectionLost,
    EngineClosed,
    OutcomeUnknown,
    RecordLayerFailure,
    Unreachable,
)
from engine.wire.explanation import closed, explain


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), RecordLayerFailure),
        (aiohttp.ClientOSError(1, "[SSL: BAD_RECORD_TYPE] bad record type"), RecordLayerFailure),
        (
            aiohttp.ClientPayloadError("not completed: SSLError(1, '[SSL: DECRYPTION'"),
            RecordLayerFailure,
        ),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), ConnectionLost),
        (aiohttp.ServerDisconnectedError(), ConnectionLost),
        (aiohttp.ClientPayloadError("not completed"), ConnectionLost),
        (aiohttp.ClientError("odd"), OutcomeUnknown),
    ],
)
def test_each_error_after_sending_becomes_the_one_that_says_what_is_known(
    error: Exception, expected: type[Exception]
) -> None:
    """What may have been applied and what cannot have been must never be mixed up."""
    assert type(explain(error, was_sent=True)) is expected


def test_a_broken_handshake_is_a_tls_failure_that_was_not_sent() -> None:
    """It counts as a TLS failure all the same."""
    error = ConnectionError("cannot connect")
    error.__cause__ = ssl.SSLError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")

    explained = explain(error, was_sent=False)

    assert isinstance(explained, Unreachable)
    assert explained.is_tls_failure


@pytest.mark.parametrize("waits", [ssl.SSLWantReadError, ssl.SSLWantWriteError])
def test_a_reset_while_tls_waits_for_bytes_is_no_tls_failure(waits: type[ssl.SSLError]) -> None:
    """Asyncio sends the first bytes of a handshake while it handles that OpenSSL wants to read more."""
    error = ConnectionResetError(104, "reset by peer")
    error.__context__ = waits(2, "The operation did not complete (read)")

    explained = explain(error, was_sent=False)

    assert isinstance(explained, Unreachable)
    assert not explained.is_tls_failure


def test_an_exchange_that_was_ended_by_closing_is_in_doubt_once_it_was_sent() -> None:
    """Closing must not turn a write that may have landed into one that did not."""
    assert isinstance(closed(was_sent=True), ConnectionLost)
    assert isinstance(closed(was_sent=False), EngineClosed)
