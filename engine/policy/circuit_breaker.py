"""A circuit breaker that opens at low traffic, tries one call at a time, and cannot get stuck."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from engine.settings import EngineSettings


class BreakerState(StrEnum):
    """Closed lets calls pass, open refuses them, half-open lets one trial at a time pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one attempt; settle it with exactly one of `on_success`, `on_failure`, `on_ignored`.

    Attributes:
        epoch: the stretch between two changes of state in which it was given; later it means nothing.
        trial: its number when it is a half-open trial, None otherwise.
    """

    epoch: int
    trial: int | None = None

    @property
    def is_trial(self) -> bool:
        """True if the attempt decides whether the breaker closes: make it a cheap read."""
        return self.trial is not None


@dataclass(frozen=True, slots=True)
class Refusal:
    """No attempt now.  An earlier settlement of the trial under way may give leave sooner."""

    retry_after_seconds: float


@dataclass(frozen=True, slots=True)
class Transition:
    """The breaker went from one state to another."""

    before: BreakerState
    after: BreakerState
    at_seconds: float


class BatchOperationCircuitBreaker:
    """Decides whether attempts may start; all times are monotonic seconds handed in as `now`."""

    def __init__(self, settings: EngineSettings, random: Random) -> None:
        raise NotImplementedError

    @property
    def state(self) -> BreakerState:
        """The state; an open breaker whose time is up stays open until somebody asks for a permit."""
        raise NotImplementedError

    def permit(self, now: float) -> Permit | Refusal:
        """Say whether one attempt may start at `now`."""
        raise NotImplementedError

    def on_success(self, permit: Permit, now: float) -> None:
        """Settle `permit`: an answer came, be it a refusal."""
        raise NotImplementedError

    def on_failure(self, permit: Permit, now: float) -> None:
        """Settle `permit`: the server did not answer, or with a 5xx."""
        raise NotImplementedError

    def on_ignored(self, permit: Permit, now: float) -> None:
        """Settle `permit`: nothing was learned, as after a cancellation or a 429."""
        raise NotImplementedError

    def take_transitions(self) -> tuple[Transition, ...]:
        """Return the changes of state since the last call, oldest first."""
        raise NotImplementedError
