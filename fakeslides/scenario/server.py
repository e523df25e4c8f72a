"""The `server` section: the weather that comes from load and not from dice."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from fakeslides.scenario.beyond_limit import BeyondLimit
from fakeslides.scenario.rules import ExpectFired
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


class ServiceTime(Section):
    """How long the server works on one call; exactly one form is given."""

    fixed: Seconds | None = None
    lognormal: Lognormal | None = None

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        self.only_key_of("fixed", "lognormal")
        return self


class Queue(Section):
    """Latency that grows with load: calls wait, first come first served, for one of `workers`."""

    workers: int = Field(ge=1, le=10_000)
    service: ServiceTime


class Latency(Section):
    """How long a call takes before it reads or commits; exactly one form is given.

    `fixed` and `lognormal` do not depend on load, a `queue` does.
    """

    fixed: Seconds | None = None
    lognormal: Lognormal | None = None
    queue: Queue | None = None

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        self.only_key_of("fixed", "lognormal", "queue")
        return self


class OtherTenants(Section):
    """Calls that other users of the same project make: evenly spaced, and since long before the scenario."""

    writes_per_minute: int = Field(0, ge=0, le=100_000)
    reads_per_minute: int = Field(0, ge=0, le=100_000)


class Quota(Section):
    """Calls per window, as Google counts them: per user and per project, reads and writes apart.

    The preset `google-default` is what Google publishes for Slides
    (https://developers.google.com/workspace/slides/api/limits).  Two ways to share the project's quota:
    `used_by_others` takes a share of it away for good; `others` make calls that are counted and refused like
    any, so that who comes first is served first.
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
    others: OtherTenants = OtherTenants()

    @field_validator("per")
    @classmethod
    def _lasts(cls, seconds: float) -> float:
        if seconds <= 0:
            raise ValueError("a window of no time holds no calls; write more, like 60s")
        return seconds

    @model_validator(mode="after")
    def _others_share_something(self) -> Self:
        others = {"reads": self.others.reads_per_minute, "writes": self.others.writes_per_minute}
        for kind, calls_per_minute in others.items():
            if calls_per_minute and not self._limits_project(kind):
                text = f"others make {kind}, but the project has no limit of them to share; "
                raise ValueError(f"{text}set {kind}_per_project or preset: google-default")
        if self.used_by_others and not (self._limits_project("reads") or self._limits_project("writes")):
            text = "used_by_others is a part of the project's quota, and there is none; "
            raise ValueError(f"{text}set writes_per_project, reads_per_project or preset: google-default")
        return self

    def _limits_project(self, kind: str) -> bool:
        return self.preset != "unlimited" or getattr(self, f"{kind}_per_project") is not None

    @property
    def is_limited(self) -> bool:
        """True when there is any limit that calls could run into."""
        limits = (self.writes_per_user, self.writes_per_project, self.reads_per_user, self.reads_per_project)
        return self.preset != "unlimited" or any(limit is not None for limit in limits)


class Connections(Section):
    """How many connections may live at once, and what befalls one beyond that.

    `beyond` names a fault of the connection, or gives one in full, such as
    `{kind: tls.handshake_delay, by: 2s}`.  One that strikes at `on_accept` or `in_handshake` does so; any
    other strikes the connection's first call, before anything is changed.
    """

    at_most: int = Field(ge=1)
    beyond: BeyondLimit


class Conflicts(Section):
    """The race of concurrent writers.

    Of the writes during whose service time another write was committed to the same presentation, the share
    `overlapping_writes` is refused with "This request cannot be applied".
    """

    overlapping_writes: Share = 0.0


class OrganicExpectations(Section):
    """How often weather that load brings about must strike in each setting for a verdict to mean anything."""

    quota: ExpectFired | None = None
    connection_limit: ExpectFired | None = None
    overlapping_write: ExpectFired | None = None


class Server(Section):
    """Everything about the server that is not a fault rule."""

    latency: Latency = Latency(fixed="0ms")
    quota: Quota = Quota()
    connections: Connections | None = None
    conflicts: Conflicts = Conflicts()
    expect_fired: OrganicExpectations = OrganicExpectations()

    def organic_causes(self) -> tuple[str, ...]:
        """Return what load alone can bring about here, in the ledger's words."""
        possible = {
            "quota": self.quota.is_limited,
            "connection_limit": self.connections is not None,
            "overlapping_write": self.conflicts.overlapping_writes > 0,
        }
        return tuple(cause for cause, is_possible in possible.items() if is_possible)

    @model_validator(mode="after")
    def _expects_what_can_happen(self) -> Self:
        for cause in sorted(self.expect_fired.model_fields_set - set(self.organic_causes())):
            raise ValueError(f"expects {cause}, which nothing here can bring about; set it up or expect less")
        return self
