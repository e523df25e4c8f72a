"""TLS records by hand: alerts, and records spoilt in each way that clients must survive.  Pure.

A record is its type, a version, the length of its fragment, and the fragment (RFC 8446, 5.1).
"""

from fakeslides.scenario.tls_faults import Spoiling

HEADER_BYTES = 5

_VERSION = b"\x03\x03"
_ALERT, _APPLICATION_DATA, _NO_SUCH_TYPE = 21, 23, 99
_FATAL, _HANDSHAKE_FAILURE = 2, 40
_PLAINTEXT = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


def record(content_type: int, fragment: bytes) -> bytes:
    """Return a record."""
    return bytes([content_type]) + _VERSION + len(fragment).to_bytes(2, "big") + fragment


HANDSHAKE_FAILURE = record(_ALERT, bytes([_FATAL, _HANDSHAKE_FAILURE]))
"""The alert that ends a handshake before there are keys, so that anybody can read it."""

UNDECIPHERABLE = record(_APPLICATION_DATA, bytes(64))
"""A record that no key fits; OpenSSL answers one with the alert bad_record_mac."""


def spoil(records: bytes, how: Spoiling) -> bytes:
    """Return `records` with the first one spoilt.

    Args:
        records: at least one whole record.
        how: `flip` changes a bit of the last byte, which belongs to the authentication tag; `bad_mac` puts
            zeros in place of the fragment; `plaintext` puts readable HTTP in place of the record;
            `wrong_length` announces more than a record may hold; `wrong_type` is a type that TLS has not.
    """
    spoilt = bytearray(records)
    end = HEADER_BYTES + int.from_bytes(records[3:HEADER_BYTES], "big")
    if how == "flip":
        spoilt[end - 1] ^= 0x40
    elif how == "bad_mac":
        spoilt[HEADER_BYTES:end] = bytes(end - HEADER_BYTES)
    elif how == "plaintext":
        spoilt[:end] = _PLAINTEXT
    elif how == "wrong_length":
        spoilt[3:HEADER_BYTES] = b"\xff\xff"
    else:
        spoilt[0] = _NO_SUCH_TYPE
    return bytes(spoilt)
