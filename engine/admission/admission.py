"""Leave to make one attempt, and what was learned from it."""

from dataclasses import dataclass, replace

from engine.admission.breakers import Lease, Permits
from engine.admission.limiter import Slot
from engine.errors import QuotaExceeded, SlidesError
from engine.policy.pacing import Pacer, Reservation
from engine.policy.verdicts import (
    NOTHING_LEARNED,
    BreakerSignal,
    Signals,
    Verdict,
    judge,
    signals_of,
)


@dataclass(slots=True)
class Admission:
    """Leave to make one attempt.

    Attributes:
        permits: of the breakers.
        slot: of the limiter.
        reservation: of the pacer, None if calls are not paced.
        in_flight: attempts in flight then, this one included.
        limit: how many might be then.
        quota_allowed_count: calls of its kind that the pacer let a window hold then, None if none are paced.
        verdict: what the attempt's end means; stays None if nothing was learned.
        error: how the attempt ended, for what the pacer learns from it.
        is_trial_of_presentation: the breaker of the presentation alone wants a cheap read.
        is_second_token: the access token was renewed for it just now.
        lease: of the presentation's breaker; None if it was not asked yet.
    """

    permits: Permits
    slot: Slot
    reservation: Reservation | None
    in_flight: int
    limit: int
    quota_allowed_count: int | None = None
    was_sent: bool = False
    verdict: Verdict | None = None
    error: SlidesError | None = None
    is_trial_of_presentation: bool = False
    is_second_token: bool = False
    lease: Lease | None = None

    @property
    def is_trial(self) -> bool:
        """True if a breaker is half-open and wants a cheap read, whatever the caller came for."""
        return self.permits.is_trial or self.is_trial_of_presentation

    @property
    def signals(self) -> Signals:
        """What the breakers learn; nothing if nothing was learned."""
        if self.verdict is None:
            return NOTHING_LEARNED
        is_new_token = self.is_second_token or self.permits.credentials.is_trial  # the old one was refused
        signals = signals_of(self.error, is_second_token=is_new_token)
        if self.is_trial_of_presentation and signals.presentation is BreakerSignal.FAILURE:
            return replace(signals, host=BreakerSignal.IGNORED)  # it is the presentation that fails
        return signals

    def ended(self, error: SlidesError | None) -> None:
        """Note how the attempt ended; None is a good answer."""
        self.verdict, self.error = judge(error), error


def settle_quota(pacing: Pacer, reservation: Reservation, admission: Admission, now: float) -> None:
    """Tell the pacer what became of a place in the quota."""
    if not admission.was_sent:
        pacing.refund(reservation)
    elif admission.verdict is not None and admission.verdict.is_throttled:
        known = admission.error if isinstance(admission.error, QuotaExceeded) else None
        asked, scope = (known.retry_after_seconds, known.scope) if known else (None, None)
        pacing.throttled(reservation, now, asked, scope)
