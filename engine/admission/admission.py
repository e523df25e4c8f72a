"""Leave to make one attempt, and what was learned from it."""

from dataclasses import dataclass

from engine.admission.limiter import Slot
from engine.errors import SlidesError
from engine.policy.circuit_breaker import Permit
from engine.policy.pacing import Reservation
from engine.policy.verdicts import Verdict, judge


@dataclass(slots=True)
class Admission:
    """Leave to make one attempt.

    Attributes:
        permit: of the breaker.
        slot: of the limiter.
        reservation: of the pacer, None if calls are not paced.
        in_flight: attempts in flight then, this one included.
        limit: how many might be then.
        quota_allowed_count: calls of its kind that the pacer let a window hold then, None if none are paced.
        verdict: what the attempt's end means; stays None if nothing was learned.
        error: how the attempt ended, for what the pacer learns from it.
    """

    permit: Permit
    slot: Slot
    reservation: Reservation | None
    in_flight: int
    limit: int
    quota_allowed_count: int | None = None
    was_sent: bool = False
    verdict: Verdict | None = None
    error: SlidesError | None = None

    @property
    def is_trial(self) -> bool:
        """True if the breaker is half-open and wants a cheap read, whatever the caller came for."""
        return self.permit.is_trial

    def ended(self, error: SlidesError | None) -> None:
        """Note how the attempt ended; None is a good answer."""
        self.verdict, self.error = judge(error), error
