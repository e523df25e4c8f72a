"""What befalls a connection that is one too many: a fault of the connection, given by name or in full."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from fakeslides.scenario.tcp_faults import TcpBlackhole, TcpFin, TcpReset, TcpSlowDrip, TcpThrottle
from fakeslides.scenario.tls_faults import (
    TlsAlert,
    TlsBadCertificate,
    TlsHandshakeDelay,
    TlsHandshakeReset,
    TlsHandshakeStall,
    TlsRecordCorrupt,
    TlsTruncate,
)

ConnectionFault = (
    TcpReset
    | TcpFin
    | TcpBlackhole
    | TcpThrottle
    | TcpSlowDrip
    | TlsRecordCorrupt
    | TlsAlert
    | TlsHandshakeReset
    | TlsHandshakeStall
    | TlsHandshakeDelay
    | TlsBadCertificate
    | TlsTruncate
)
# Kinds that ask for nothing more than their name.
Name = Literal[
    "tcp.reset",
    "tcp.fin",
    "tcp.blackhole",
    "tls.record_corrupt",
    "tls.alert",
    "tls.handshake_reset",
    "tls.handshake_stall",
    "tls.bad_certificate",
    "tls.truncate",
]

POINTS_AT_THE_DOOR = frozenset({"on_accept", "in_handshake"})
"""Points before there is any call; every other one means the connection's first call."""

_MORE_THAN_A_NAME = {
    "tcp.throttle": "write {kind: tcp.throttle, bytes_per_second: 1000}",
    "tcp.slow_drip": "write {kind: tcp.slow_drip, bytes: 10, every: 1s}",
    "tls.handshake_delay": "write {kind: tls.handshake_delay, by: 2s}",
}
_POINTS = POINTS_AT_THE_DOOR | {"before_commit"}


def _by_name(given: object) -> object:
    if isinstance(given, str) and given in _MORE_THAN_A_NAME:
        raise ValueError(f"{given} asks for more than its name; {_MORE_THAN_A_NAME[given]}")
    return {"kind": given} if isinstance(given, str) else given


def _strikes_before_the_reply(fault: ConnectionFault) -> ConnectionFault:
    if fault.point not in _POINTS:
        known = ", ".join(sorted(_POINTS))
        raise ValueError(f"a connection too many cannot be struck at {fault.point!r}; it can at {known}")
    return fault


_Given = Annotated[ConnectionFault, Field(discriminator="kind")]
BeyondLimit = Annotated[
    _Given,
    BeforeValidator(_by_name, json_schema_input_type=_Given | Name),
    AfterValidator(_strikes_before_the_reply),
]
