"""Faults of the TLS session.  What each client sees stands in the documentation's table of faults."""

from typing import Literal

from fakeslides.scenario.fault_points import CallPoint, PlacedFault
from fakeslides.scenario.units import Seconds

Spoiling = Literal["flip", "bad_mac", "plaintext", "wrong_length", "wrong_type"]
Flaw = Literal["expired", "wrong_host", "unknown_authority"]


class TlsRecordCorrupt(PlacedFault):
    """The real next TLS record is spoilt.

    `flip` flips a bit of it, `bad_mac` puts zeros in place of what was encrypted, `plaintext` puts readable
    HTTP in its place, `wrong_length` and `wrong_type` change its header.  aiohttp: `ClientOSError`, mid_body
    `ClientPayloadError`.  httplib2: `ssl.SSLError`.  OpenSSL 3.0 names what is wrong ("[SSL:
    DECRYPTION_FAILED_OR_BAD_RECORD_MAC]" and others); 3.2 and newer call each "[SSL] record layer failure".
    """

    kind: Literal["tls.record_corrupt"]
    how: Spoiling = "flip"
    point: CallPoint = "before_commit"


class TlsAlert(PlacedFault):
    """A fatal alert: in the handshake `handshake_failure`, readable; later `bad_record_mac`, encrypted.

    aiohttp: `ClientOSError`, in_handshake `ClientConnectorSSLError`.  httplib2: `ssl.SSLError`.
    """

    kind: Literal["tls.alert"]
    point: Literal["in_handshake", CallPoint] = "before_commit"


class TlsHandshakeReset(PlacedFault):
    """The client's hello is answered with an RST.

    aiohttp: `ClientConnectorError` with errno 104.  httplib2: `ConnectionResetError`.
    """

    kind: Literal["tls.handshake_reset"]
    point: Literal["in_handshake"] = "in_handshake"


class TlsHandshakeStall(PlacedFault):
    """The client's hello is never answered.

    aiohttp: `TimeoutError`.  httplib2: `TimeoutError` "The handshake operation timed out".
    """

    kind: Literal["tls.handshake_stall"]
    point: Literal["in_handshake"] = "in_handshake"


class TlsHandshakeDelay(PlacedFault):
    """The client's hello is answered, but later.

    aiohttp: an answer, or `TimeoutError` once `ClientTimeout` is over.  httplib2: the same with its own.
    """

    kind: Literal["tls.handshake_delay"]
    by: Seconds
    point: Literal["in_handshake"] = "in_handshake"


class TlsBadCertificate(PlacedFault):
    """The server shows a certificate that no client should accept.

    aiohttp: `ClientConnectorCertificateError`.  httplib2: `ssl.SSLCertVerificationError`.
    """

    kind: Literal["tls.bad_certificate"]
    why: Flaw = "expired"
    point: Literal["in_handshake"] = "in_handshake"


class TlsTruncate(PlacedFault):
    """FIN without the close_notify that must stand before it (RFC 8446, 6.1).

    aiohttp: `ServerDisconnectedError`, mid_body `ClientPayloadError`.  httplib2: `RemoteDisconnected` after
    it has silently sent the POST again, mid_body `IncompleteRead`.
    """

    kind: Literal["tls.truncate"]
    point: CallPoint = "before_commit"


TlsFault = (
    TlsRecordCorrupt
    | TlsAlert
    | TlsHandshakeReset
    | TlsHandshakeStall
    | TlsHandshakeDelay
    | TlsBadCertificate
    | TlsTruncate
)
