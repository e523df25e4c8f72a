"""When a fault is decided: as late as its point allows, since then the most is known of the call."""

from typing import Literal

Stage = Literal["accepted", "arrived", "read"]
"""What is known: a connection and nothing else; a call but not its body; a whole call."""

_POINTS_WHEN_ACCEPTED = frozenset({"on_accept", "in_handshake"})
_POINTS_WHEN_ARRIVED = frozenset({"before_request_read"})


def stage_of(point: str) -> Stage:
    """Return when a fault that strikes at `point` is decided."""
    if point in _POINTS_WHEN_ACCEPTED:
        return "accepted"
    return "arrived" if point in _POINTS_WHEN_ARRIVED else "read"
