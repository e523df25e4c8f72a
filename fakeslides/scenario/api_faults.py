"""Faults in Google's own words.  What each client sees stands in the documentation's table of faults.

Each is an answer in Google's envelope: aiohttp sees its status, googleapiclient raises `HttpError`.
"""

from typing import Literal

from pydantic import Field

from fakeslides.scenario.fault_points import PlacedFault
from fakeslides.scenario.units import Seconds


class ApiConflict(PlacedFault):
    """400 "Invalid requests[n].<kind>: This request cannot be applied", and nothing is changed.

    aiohttp: an answer with status 400.  googleapiclient: `HttpError` 400.
    """

    kind: Literal["api.conflict"]
    at_request: int = Field(0, ge=0)
    point: Literal["before_commit"] = "before_commit"


class ApiRateLimit(PlacedFault):
    """429 RESOURCE_EXHAUSTED with the quota's details, though no quota is used up.

    aiohttp: an answer with status 429.  googleapiclient: `HttpError` 429.
    """

    kind: Literal["api.rate_limit"]
    scope: Literal["user", "project"] = "user"
    point: Literal["before_commit"] = "before_commit"


class ApiNotFound(PlacedFault):
    """404 NOT_FOUND for a presentation that is there.

    aiohttp: an answer with status 404.  googleapiclient: `HttpError` 404.
    """

    kind: Literal["api.not_found"]
    point: Literal["before_commit"] = "before_commit"


class ApiPermission(PlacedFault):
    """403 PERMISSION_DENIED.

    aiohttp: an answer with status 403.  googleapiclient: `HttpError` 403.
    """

    kind: Literal["api.permission"]
    point: Literal["before_commit"] = "before_commit"


class ApiUnauthenticated(PlacedFault):
    """401 UNAUTHENTICATED: the token is revoked before its time, and stays so.

    aiohttp: an answer with status 401.  google-auth's sessions get another token and try again.
    """

    kind: Literal["api.unauthenticated"]
    point: Literal["before_commit"] = "before_commit"


class ApiUnavailable(PlacedFault):
    """503 UNAVAILABLE; at after_commit it is a lie.

    aiohttp: an answer with status 503.  googleapiclient: `HttpError` 503.
    """

    kind: Literal["api.unavailable"]
    point: Literal["before_commit", "after_commit"] = "before_commit"


class ApiInternal(PlacedFault):
    """500 INTERNAL; at after_commit it is a lie.

    aiohttp: an answer with status 500.  googleapiclient: `HttpError` 500.
    """

    kind: Literal["api.internal"]
    point: Literal["before_commit", "after_commit"] = "before_commit"


class ApiStaleRevision(PlacedFault):
    """Somebody else edits the presentation just before the call does; both edits are in the ledger.

    The call is refused if it insists on the revision it has read, and applied if it does not.  aiohttp: an
    answer with status 400, or 200.  googleapiclient: `HttpError` 400, or an answer.
    """

    kind: Literal["api.stale_revision"]
    point: Literal["before_commit"] = "before_commit"


class ApiSlowCommit(PlacedFault):
    """The commit takes longer: others may commit to the same presentation meanwhile, and collide with it.

    aiohttp: an answer, or `TimeoutError` once `ClientTimeout` is over; the write is applied all the same.
    httplib2: the same with its own.
    """

    kind: Literal["api.slow_commit"]
    by: Seconds
    point: Literal["before_commit"] = "before_commit"


ApiFault = (
    ApiConflict
    | ApiRateLimit
    | ApiNotFound
    | ApiPermission
    | ApiUnauthenticated
    | ApiUnavailable
    | ApiInternal
    | ApiStaleRevision
    | ApiSlowCommit
)
