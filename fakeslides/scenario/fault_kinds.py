"""The closed vocabulary of faults, one class for each `layer.kind`.

What a client sees was measured with a POST on Python 3.11 and OpenSSL 3.0: aiohttp 3.14, and httplib2 0.32 as
google-api-python-client uses it.  OpenSSL 3.2 and newer call every bad record "record layer failure".

Points: `before_commit` is after the server's latency and before anything is changed; `after_commit` is after
the change and before the first byte of the reply; `mid_body` is after half of the reply's body.
"""

from typing import Annotated, Literal

from pydantic import Field

from fakeslides.scenario.section import Section
from fakeslides.scenario.units import Seconds

Point = Literal["before_commit", "after_commit", "mid_body"]
PointBeforeReply = Literal["before_commit", "after_commit"]


class TcpReset(Section):
    """A true RST (SO_LINGER 0), not a FIN.

    aiohttp: `ClientOSError` with errno 104, mid_body `ClientPayloadError`.  httplib2: `RemoteDisconnected`
    after it has silently sent the POST again, mid_body `IncompleteRead`.
    """

    kind: Literal["tcp.reset"]
    point: Point = "before_commit"


class TlsRecordCorrupt(Section):
    """One byte of the real next TLS record is flipped.

    aiohttp: `ClientOSError` "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]" or "[SSL] record layer failure",
    mid_body `ClientPayloadError`.  httplib2: `ssl.SSLError` with the same text.
    """

    kind: Literal["tls.record_corrupt"]
    point: Point = "before_commit"


class HttpStatus(Section):
    """A status of Google's, in its envelope (502 as the front end's HTML); at after_commit it is a lie.

    aiohttp: an answer with that status.  googleapiclient: `HttpError`.
    """

    kind: Literal["http.status"]
    code: int = Field(ge=400, le=599)
    point: PointBeforeReply = "before_commit"
    retry_after: Seconds | None = None


class HttpDelay(Section):
    """The answer comes, but later.

    aiohttp: an answer, or `TimeoutError` once `ClientTimeout` is over.  httplib2: the same with its own.
    """

    kind: Literal["http.delay"]
    by: Seconds
    point: PointBeforeReply = "before_commit"


class HttpStall(Section):
    """The answer never comes; the stall ends when the client goes away or the server stops.

    aiohttp: `TimeoutError`.  httplib2: `TimeoutError` "The read operation timed out".
    """

    kind: Literal["http.stall"]
    point: PointBeforeReply = "before_commit"


class ApiConflict(Section):
    """400 "Invalid requests[n].<kind>: This request cannot be applied", and nothing is changed.

    aiohttp: an answer with status 400.  googleapiclient: `HttpError` 400.
    """

    kind: Literal["api.conflict"]
    at_request: int = Field(0, ge=0)

    @property
    def point(self) -> PointBeforeReply:
        """A conflict is always found before the commit."""
        return "before_commit"


Fault = Annotated[
    TcpReset | TlsRecordCorrupt | HttpStatus | HttpDelay | HttpStall | ApiConflict,
    Field(discriminator="kind"),
]
