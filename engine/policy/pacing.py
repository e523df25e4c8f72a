"""When the next call fits the quota: a sliding log of actual send times."""

from dataclasses import dataclass
from enum import StrEnum

from engine.settings import EngineSettings


class CallKind(StrEnum):
    """Google counts reads and writes apart."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place in the quota; settle it with `sent` or `refund`, or with `throttled` after `sent`."""

    kind: CallKind
    number: int


class Pacing:
    """The logs of one user's quotas, reads and writes apart; all times are monotonic seconds."""

    def __init__(self, settings: EngineSettings) -> None:
        raise NotImplementedError

    def ready_at(self, now: float, kind: CallKind) -> float:
        """Return when the next call may be sent: `now` if at once, infinity if only a settlement can tell."""
        raise NotImplementedError

    def reserve(self, now: float, kind: CallKind) -> Reservation:
        """Take a place for a call that is sent right away.

        Raises:
            ValueError: `ready_at` is later than `now`.
        """
        raise NotImplementedError

    def sent(self, reservation: Reservation, now: float) -> None:
        """Note that the call left the machine at `now`; more than once counts from the last time."""
        raise NotImplementedError

    def refund(self, reservation: Reservation) -> None:
        """Give a place back: nothing was sent."""
        raise NotImplementedError

    def throttled(
        self, reservation: Reservation, now: float, retry_after_seconds: float | None = None
    ) -> None:
        """Learn from a 429: others use the quota too."""
        raise NotImplementedError

    def eta_seconds(self, count: int, now: float, kind: CallKind) -> float:
        """Return after how many seconds the last of `count` further calls can be sent."""
        raise NotImplementedError
