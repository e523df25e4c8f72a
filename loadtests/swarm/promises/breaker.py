"""The laws of the circuit breaker, seen from outside.  A thinking room.

What is not sure to be a failure counts for the breaker here: the promise never blames an opening that may
have had its reason.
"""

from engine.events import AttemptAdmitted, AttemptOutcome, AttemptSettled, BreakerChanged, Event
from loadtests.swarm.promises.promise import Promise, Terms

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half-open"
_LEGAL = {(CLOSED, OPEN), (OPEN, HALF_OPEN), (HALF_OPEN, CLOSED), (HALF_OPEN, OPEN)}
_ENOUGH_CALLS_COUNT, _TOO_MANY_SHARE = 8, 0.5
_WINDOWS_SECONDS = (59.0, 60.0)  # it counts by whole seconds
_SUCCESSES_TO_CLOSE_COUNT = 2
_SHORTEST_OPEN_SHARE = 0.8
# No word about the server: it was not asked, or asked too often.
_NEUTRAL = {
    "QuotaExceeded",
    "Untrusted",
    "CredentialsRefused",
    "CircuitOpen",
    "DeadlinePassed",
    "CancelledError",
}
_FAILED = {AttemptOutcome.NOT_SENT, AttemptOutcome.UNKNOWN}


class BreakerKeepsItsLaws(Promise):
    """It opens for failures alone, is quiet while open, tries one call at a time, closes on successes."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._state = CLOSED
        self._changed_at = 0.0
        self._ended: list[tuple[float, bool]] = []  # of the calls since it closed: when, and whether failed
        self._trials_count = 0
        self._successes_count = 0

    def heard(self, event: Event) -> None:
        """Follow the breaker and every attempt."""
        match event:
            case AttemptAdmitted():
                self._admitted(event)
            case AttemptSettled():
                self._settled(event)
            case BreakerChanged():
                self._changed(event)

    def _admitted(self, event: AttemptAdmitted) -> None:
        at = event.at_seconds
        if at == self._changed_at:
            return  # let in before the change, and told of it only now
        self.require(self._state != OPEN, at, f"{event.identity} was let through an open breaker")
        if self._state == HALF_OPEN:
            self._trials_count += 1
            self.require(event.is_trial, at, f"{event.identity} is no trial, and the breaker half open")
            self.require(self._trials_count == 1, at, f"{self._trials_count} trials at once")
        elif self._state == CLOSED:
            threshold = self.terms.settings.circuit_breaker_threshold
            in_a_row = self._failures_in_a_row()
            self.require(
                in_a_row < threshold + self.terms.settings.in_flight_ceiling, at, f"{in_a_row} failures"
            )

    def _settled(self, event: AttemptSettled) -> None:
        if self._state == HALF_OPEN:
            self._trials_count = max(0, self._trials_count - 1)
        if event.error_class in _NEUTRAL:
            return
        has_failed = event.outcome in _FAILED
        self._ended.append((event.sent_at_seconds + event.duration_seconds, has_failed))
        self._successes_count += not has_failed

    def _changed(self, event: BreakerChanged) -> None:
        at, change = event.at_seconds, (event.before, event.after)
        self.require(event.before == self._state, at, f"went {change} and was {self._state}")
        self.require(change in _LEGAL, at, f"went {change}")
        if change == (CLOSED, OPEN):
            self.require(
                self._had_a_reason(at), at, f"opened after {self._failures_in_a_row()} failures in a row"
            )
        if change == (HALF_OPEN, CLOSED):
            enough = self._successes_count >= _SUCCESSES_TO_CLOSE_COUNT
            self.require(enough, at, f"closed after {self._successes_count} successes")
        if change == (OPEN, HALF_OPEN):
            shortest = self.terms.settings.circuit_breaker_timeout * _SHORTEST_OPEN_SHARE
            self.require(
                at - self._changed_at >= shortest - 1e-6, at, f"open for {at - self._changed_at:.3f} s"
            )
        self._state, self._changed_at = event.after, at
        self._ended, self._trials_count, self._successes_count = [], 0, 0

    def _had_a_reason(self, now: float) -> bool:
        many_fail = any(self._is_share_too_large(now - seconds) for seconds in _WINDOWS_SECONDS)
        return many_fail or self._failures_in_a_row() >= self.terms.settings.circuit_breaker_threshold

    def _is_share_too_large(self, since: float) -> bool:
        recent = [failed for at, failed in self._ended if at >= since]
        return len(recent) >= _ENOUGH_CALLS_COUNT and sum(recent) >= _TOO_MANY_SHARE * len(recent)

    def _failures_in_a_row(self) -> int:
        count = 0
        for _, failed in reversed(self._ended):
            if not failed:
                break
            count += 1
        return count
