"""Where on the way of a call a fault strikes.

`on_accept`: a TCP connection was accepted, nothing was read.  `in_handshake`: its first bytes have come, and
TLS has not answered them.  `before_request_read`: a call's head has come; its body was not looked at, and nor
was its token.  `before_commit`: after token, quota and the server's latency, before anything is changed.
`after_commit`: after the change, before the first byte of the reply.  `mid_headers`: after half of the
reply's head.  `mid_body`: after half of its body.
"""

from typing import Literal, get_args

from pydantic import field_validator

from fakeslides.scenario.section import Section

Point = Literal[
    "on_accept",
    "in_handshake",
    "before_request_read",
    "before_commit",
    "after_commit",
    "mid_headers",
    "mid_body",
]
CallPoint = Literal["before_request_read", "before_commit", "after_commit", "mid_headers", "mid_body"]
PointBeforeReply = Literal["before_request_read", "before_commit", "after_commit"]


class PlacedFault(Section):
    """A fault that may strike at the points that its `point` field names, and nowhere else."""

    @field_validator("point", mode="before", check_fields=False)
    @classmethod
    def _may_strike_there(cls, point: object) -> object:
        allowed, kind = (get_args(cls.model_fields[name].annotation) for name in ("point", "kind"))
        if point not in allowed:
            raise ValueError(f"{kind[0]} cannot strike at {point!r}; it can at {', '.join(allowed)}")
        return point
