"""Faults of HTTP.  What each client sees stands in the documentation's table of faults."""

from typing import Literal

from pydantic import Field

from fakeslides.scenario.fault_points import CallPoint, PlacedFault, PointBeforeReply
from fakeslides.scenario.units import Seconds


class HttpStatus(PlacedFault):
    """A status of Google's, in its envelope (502 as the front end's HTML); at after_commit it is a lie.

    aiohttp: an answer with that status.  googleapiclient: `HttpError`.
    """

    kind: Literal["http.status"]
    code: int = Field(ge=400, le=599)
    point: PointBeforeReply = "before_commit"
    retry_after: Seconds | None = None


class HttpDelay(PlacedFault):
    """The answer comes, but later.

    aiohttp: an answer, or `TimeoutError` once `ClientTimeout` is over.  httplib2: the same with its own.
    """

    kind: Literal["http.delay"]
    by: Seconds
    point: PointBeforeReply = "before_commit"


class HttpStall(PlacedFault):
    """The answer never comes; the stall ends when the client goes away or the server stops.

    aiohttp: `TimeoutError`.  httplib2: `TimeoutError` "The read operation timed out".
    """

    kind: Literal["http.stall"]
    point: CallPoint = "before_commit"


class HttpTruncateBody(PlacedFault):
    """The connection ends in good order when half of the promised bytes have come.

    aiohttp: `ClientPayloadError`.  httplib2: `IncompleteRead`.
    """

    kind: Literal["http.truncate_body"]
    point: Literal["mid_body"] = "mid_body"


class HttpGarbage(PlacedFault):
    """What comes is no HTTP.

    aiohttp: `ClientResponseError` with status 400.  httplib2: `http.client.BadStatusLine`.
    """

    kind: Literal["http.garbage"]
    point: Literal["before_commit", "after_commit"] = "before_commit"


class HttpSlowBody(PlacedFault):
    """The head comes at once, the body in small pieces with a pause between.

    aiohttp: an answer, or `TimeoutError` once `ClientTimeout` is over.  httplib2: an answer, as its time-out
    is one for each read.
    """

    kind: Literal["http.slow_body"]
    piece_bytes: int = Field(alias="bytes", ge=1)
    every_seconds: Seconds = Field(alias="every")
    point: Literal["mid_body"] = "mid_body"


class HttpRetryAfter(PlacedFault):
    """A refusal that says when to come back.

    aiohttp: an answer with that status.  googleapiclient: `HttpError`; it does not read the header.
    """

    kind: Literal["http.retry_after"]
    after_seconds: Seconds = Field(alias="after")
    code: int = Field(503, ge=400, le=599)
    point: PointBeforeReply = "before_commit"


HttpFault = (
    HttpStatus | HttpDelay | HttpStall | HttpTruncateBody | HttpGarbage | HttpSlowBody | HttpRetryAfter
)
