"""Faults of the TCP connection.  What each client sees stands in the documentation's table of faults."""

from typing import Literal

from pydantic import Field

from fakeslides.scenario.fault_points import CallPoint, PlacedFault
from fakeslides.scenario.units import Seconds

AnywhereButHandshake = Literal["on_accept", CallPoint]


class TcpRefuse(PlacedFault):
    """The port closes for a while: the connection that met the rule ends in an RST, later ones are refused.

    aiohttp: `ClientConnectorError`, errno 111 ("Connect call failed") while the port is closed.  httplib2:
    `ConnectionRefusedError`.  Connections that stand go on.
    """

    kind: Literal["tcp.refuse"]
    for_seconds: Seconds = Field(alias="for")
    point: Literal["on_accept"] = "on_accept"


class TcpReset(PlacedFault):
    """A true RST (SO_LINGER 0), not a FIN.

    aiohttp: `ClientOSError` with errno 104, on_accept `ClientConnectorError`, mid_body `ClientPayloadError`.
    httplib2: `RemoteDisconnected` after it has silently sent the POST again, mid_body `IncompleteRead`.
    """

    kind: Literal["tcp.reset"]
    point: AnywhereButHandshake = "before_commit"


class TcpFin(PlacedFault):
    """The connection ends in good order where nobody expects it: close_notify if TLS stands, then FIN.

    aiohttp: `ServerDisconnectedError`, on_accept `ClientConnectorError`, mid_body `ClientPayloadError`.
    httplib2: `RemoteDisconnected` after it has silently sent the POST again, mid_body `IncompleteRead`.
    """

    kind: Literal["tcp.fin"]
    point: AnywhereButHandshake = "before_commit"


class TcpBlackhole(PlacedFault):
    """From here on nothing leaves and nothing that comes is read, until the client goes away.

    aiohttp: `TimeoutError`.  httplib2: `TimeoutError`.
    """

    kind: Literal["tcp.blackhole"]
    point: AnywhereButHandshake = "before_commit"


class TcpThrottle(PlacedFault):
    """Bytes leave the connection no faster than this, in a steady stream, for the rest of its life.

    aiohttp: an answer, or `TimeoutError` once `ClientTimeout` is over.  httplib2: an answer, as its time-out
    is one for each read.
    """

    kind: Literal["tcp.throttle"]
    bytes_per_second: int = Field(ge=1)
    point: Literal["on_accept", "after_commit"] = "on_accept"


class TcpSlowDrip(PlacedFault):
    """Bytes leave the connection in small pieces with a pause between, for the rest of its life.

    aiohttp: an answer, or `TimeoutError` once `ClientTimeout` is over.  httplib2: an answer, as its time-out
    is one for each read.
    """

    kind: Literal["tcp.slow_drip"]
    piece_bytes: int = Field(alias="bytes", ge=1)
    every_seconds: Seconds = Field(alias="every")
    point: Literal["on_accept", "after_commit"] = "on_accept"


class TcpIdleReset(PlacedFault):
    """A connection that was kept alive and lay idle for this long is reset; it strikes once it does.

    aiohttp: nothing, it opens another connection.  httplib2: `ssl.SSLEOFError` at the next POST.
    """

    kind: Literal["tcp.idle_reset"]
    after_seconds: Seconds = Field(alias="after")
    point: Literal["on_accept"] = "on_accept"


class TcpAcceptLimit(PlacedFault):
    """A connection that is more than `at_most` at once is reset as soon as it is accepted.

    aiohttp: `ClientConnectorError` with errno 104.  httplib2: `ConnectionResetError`.
    """

    kind: Literal["tcp.accept_limit"]
    at_most: int = Field(ge=0)
    point: Literal["on_accept"] = "on_accept"


TcpFault = (
    TcpRefuse | TcpReset | TcpFin | TcpBlackhole | TcpThrottle | TcpSlowDrip | TcpIdleReset | TcpAcceptLimit
)
