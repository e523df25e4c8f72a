"""From an HTTP answer to a reply or an error of ours.  Thinking: no socket, no clock."""

from collections.abc import Mapping
from typing import Any


def read_reply(status: int, headers: Mapping[str, str], body: bytes, *, wall_now: float) -> dict[str, Any]:
    """Return the JSON object of a good answer.

    Args:
        status: of the HTTP answer.
        headers: of the HTTP answer; names in any case.
        body: whole, as far as it came.
        wall_now: Unix time, for a Retry-After that is a date.

    Raises:
        Rejected: a 4xx, as its most fitting subclass; nothing was applied.
        OutcomeUnknown: a 5xx, or an answer that makes no sense.
    """
    raise NotImplementedError
