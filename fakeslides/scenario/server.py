"""The `server` section: the weather that comes from load and not from dice."""

from typing import Literal, Self

from pydantic import Field, model_validator

from fakeslides.scenario.section import Section
from fakeslides.scenario.units import Seconds, Share


class Lognormal(Section):
    """A long-tailed latency, told by two of its percentiles."""

    p50: Seconds
    p99: Seconds

    @model_validator(mode="after")
    def _tail_is_not_below_the_middle(self) -> Self:
        if not 0 < self.p50 <= self.p99:
            raise ValueError("p50 is not above 0s and at most p99; swap or raise them")
        return self


class Latency(Section):
    """How long the server works before it reads or commits; exactly one form is given."""

    fixed: Seconds | None = None
    lognormal: Lognormal | None = None

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        self.only_key_of("fixed", "lognormal")
        return self


class Quota(Section):
    """Calls per window, as Google counts them: per user and per project, reads and writes apart.

    The preset `google-default` is what Google publishes for Slides
    (https://developers.google.com/workspace/slides/api/limits).  `used_by_others` is the share of the
    project's quota that other users of the same project take.
    """

    preset: Literal["google-default", "unlimited"] = "unlimited"
    window: Literal["sliding", "fixed"] = "sliding"
    per: Seconds = 60.0
    count_rejected: bool = True
    retry_after: bool = False
    writes_per_user: int | None = Field(None, ge=0)
    writes_per_project: int | None = Field(None, ge=0)
    reads_per_user: int | None = Field(None, ge=0)
    reads_per_project: int | None = Field(None, ge=0)
    used_by_others: Share = 0.0


class Connections(Section):
    """How many TLS connections may live at once, and what befalls the first request on one beyond that."""

    at_most: int = Field(ge=1)
    beyond: Literal["tls.record_corrupt", "tcp.reset"]


class Conflicts(Section):
    """The race of concurrent writers.

    Of the writes during whose service time another write was committed to the same presentation, the share
    `overlapping_writes` is refused with "This request cannot be applied".
    """

    overlapping_writes: Share = 0.0


class Server(Section):
    """Everything about the server that is not a fault rule."""

    latency: Latency = Latency(fixed="0ms")
    quota: Quota = Quota()
    connections: Connections | None = None
    conflicts: Conflicts = Conflicts()
