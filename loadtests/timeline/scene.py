"""What run it is that a story tells.  A thinking room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isinf

from fakeslides.api.quota import CallKind, QuotaKeeper
from fakeslides.scenario.model import Scenario

_KINDS: tuple[CallKind, ...] = ("read", "write")


@dataclass(frozen=True, slots=True)
class Scene:
    """What a person must know before the story of a run makes sense.

    Attributes:
        scenario: its name.
        promise: what must stay true in it.
        seed: of the run.
        details: whatever else there is to say of the run, by name, such as its strategy.
        phases: of the weather, name and length in seconds, in order.
        quota_window_seconds: how long a call counts.
        quota_limits: most calls of a user within a window, by kind, read and write; None for no limit.
    """

    scenario: str
    promise: str
    seed: int
    details: Mapping[str, str] = field(default_factory=dict)
    phases: Sequence[tuple[str, float]] = ()
    quota_window_seconds: float = 60.0
    quota_limits: Mapping[str, int | None] = field(default_factory=dict)


def scene_of(name: str, scenario: Scenario, seed: int, details: Mapping[str, str] | None = None) -> Scene:
    """Return the scene of a run in a scenario's weather; `details` says what else there is to know."""
    return Scene(
        scenario=name,
        promise=scenario.promise,
        seed=seed,
        details=details or {},
        phases=tuple((phase.name, phase.for_seconds) for phase in scenario.phases),
        quota_window_seconds=scenario.server.quota.per,
        quota_limits={kind: _limit(scenario, kind) for kind in _KINDS},
    )


def _limit(scenario: Scenario, kind: CallKind) -> int | None:
    limit = QuotaKeeper(scenario.server.quota).limit(kind, "user")
    return None if isinf(limit) else int(limit)
