"""The laws of the circuit breaker, seen from outside.  A thinking room.

What is not sure to be a failure counts for the breaker here: the promises never blame a change that may have
had its reason.
"""

from collections import Counter

from engine.events import AttemptAdmitted, AttemptOutcome, AttemptSettled, BreakerChanged, Event
from loadtests.swarm.promises.promise import Promise, Terms

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half-open"
_LEGAL = {(CLOSED, OPEN), (OPEN, HALF_OPEN), (HALF_OPEN, CLOSED), (HALF_OPEN, OPEN)}
_ENOUGH_CALLS_COUNT, _TOO_MANY_SHARE = 8, 0.5
_SHORTEST_WINDOW_SECONDS, _LONGEST_WINDOW_SECONDS = 59.0, 60.0  # it counts by whole seconds
_SUCCESSES_TO_CLOSE_COUNT = 2
_SHORTEST_OPEN_SHARE = 0.8
_ROUNDING_SECONDS = 1e-6
# No word about the server: it was not asked, or asked too often.
_NEUTRAL = {
    "QuotaExceeded",
    "Untrusted",
    "CredentialsRefused",
    "TokenUnreachable",
    "CircuitOpen",
    "DeadlinePassed",
    "EngineClosed",
    "CancelledError",
}
# Connections that break are the host's trouble, whoever they are for.
_MAY_BE_ONE_DECKS = {"ServerFailed", "AnswerTimedOut"}
# The class of the second is also that of a connection that was refused at once.
_RAN_OUT_OF_TIME = ("no answer within", "no connection within")
_PRESENTATION = "presentation:"
_FAILED = {AttemptOutcome.NOT_SENT, AttemptOutcome.UNKNOWN}


class BreakerOpensForFailures(Promise):
    """It opens when too much fails, for no other reason, and lets nothing through while it is open."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._state = CLOSED
        self._changed_at = 0.0
        self._apart: set[str] = set()
        self._sick: set[str] = set()  # presentations whose own breaker is not closed
        self._ended: list[tuple[float, bool]] = []  # of the calls since it closed: when, and whether failed
        self._sure_failures_count = 0  # since the last that did not fail

    def heard(self, event: Event) -> None:
        """Follow the breaker and every attempt."""
        match event:
            case AttemptAdmitted():
                self._admitted(event)
            case AttemptSettled() if self._is_about_its_deck(event):
                pass  # a trial of its own, and no word about the host
            case AttemptSettled(error_class=error_class) if error_class not in _NEUTRAL:
                self._tried(event)
            case BreakerChanged() if event.key.startswith("host"):
                self._changed(event)
            case BreakerChanged() if event.key.startswith(_PRESENTATION):
                change = self._sick.discard if event.after == CLOSED else self._sick.add
                change(event.key.removeprefix(_PRESENTATION))

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Begin anew, with a breaker that has seen nothing."""
        del loses_power
        self._begin(CLOSED, at_seconds)
        self._apart.clear()
        self._sick.clear()

    def _is_about_its_deck(self, tried: AttemptSettled) -> bool:
        """Say whether a try was a trial that found its presentation sick, and forget it."""
        was_apart = tried.identity in self._apart
        self._apart.discard(tried.identity)
        return was_apart and tried.error_class in _MAY_BE_ONE_DECKS

    def _admitted(self, event: AttemptAdmitted) -> None:
        at = event.at_seconds
        if event.is_trial and event.presentation_id in self._sick:
            self._apart.add(event.identity)
        if at == self._changed_at:
            return  # let in before the change, and told of it only now
        self.require(self._state != OPEN, at, f"{event.identity} was let through an open breaker")
        if self._state == CLOSED:
            settings = self.terms.settings
            # Those that were in flight when it closed may fail without a word to the breaker.
            most = settings.circuit_breaker_threshold + settings.in_flight_ceiling
            failures = self._sure_failures_count
            self.require(failures < most, at, f"still closed after {failures} failures in a row")

    def _changed(self, event: BreakerChanged) -> None:
        at, change = event.at_seconds, (event.before, event.after)
        self.require(event.before == self._state, at, f"went {change} and was {self._state}")
        self.require(change in _LEGAL, at, f"went {change}")
        if change == (CLOSED, OPEN):
            text = f"opened after {self._failures_in_a_row()} failures in a row"
            self.require(self._had_a_reason(at), at, text)
        if change == (OPEN, HALF_OPEN):
            was_open = at - self._changed_at + _ROUNDING_SECONDS
            shortest = self.terms.settings.circuit_breaker_timeout * _SHORTEST_OPEN_SHARE
            self.require(was_open >= shortest, at, f"was open for {was_open:.3f} s only")
        self._begin(event.after, at)

    def _begin(self, state: str, at_seconds: float) -> None:
        self._state, self._changed_at, self._ended, self._sure_failures_count = state, at_seconds, [], 0

    def _tried(self, event: AttemptSettled) -> None:
        ended_at, has_failed = event.sent_at_seconds + event.duration_seconds, event.outcome in _FAILED
        self._ended.append((ended_at, has_failed))
        if not has_failed:
            self._sure_failures_count = 0
        elif not self._may_be_cut_short(event):
            self._sure_failures_count += 1

    def _may_be_cut_short(self, event: AttemptSettled) -> bool:
        """Say whether its caller's deadline may have ended a try, which then says nothing of the host."""
        whole_seconds = self.terms.settings.http_connection_timeout - _ROUNDING_SECONDS
        ran_out = (event.error_text or "").startswith(_RAN_OUT_OF_TIME)
        return ran_out and event.duration_seconds < whole_seconds

    def _had_a_reason(self, now: float) -> bool:
        first, last = now - _LONGEST_WINDOW_SECONDS, now - _SHORTEST_WINDOW_SECONDS
        starts = (first, *(at for at, _ in self._ended if first < at < last), last)
        many_fail = any(map(self._is_share_too_large, starts))
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


class TrialsDecide(Promise):
    """Half-open, one trial is out at a time, alone, and trials alone close the breaker or open it again."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._is_half_open = False
        self._changed_at = 0.0
        self._out: Counter[str] = Counter()
        self._successes_count = self._failures_count = 0

    def heard(self, event: Event) -> None:
        """Follow the trials while there are any."""
        match event:
            case BreakerChanged() if event.key.startswith("host"):
                self._changed(event)
            case AttemptAdmitted() if self._is_half_open:
                self._admitted(event)
            case AttemptSettled() if self._out[event.identity]:
                self._settled(event)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Begin anew, with a breaker that is closed."""
        del loses_power
        self._is_half_open, self._changed_at = False, at_seconds
        self._out.clear()
        self._successes_count = self._failures_count = 0

    def _admitted(self, event: AttemptAdmitted) -> None:
        at = event.at_seconds
        if not event.is_trial:
            was_before = at == self._changed_at  # and is told of it only now
            self.require(was_before, at, f"{event.identity} is no trial, and the breaker half open")
            return
        self._out[event.identity] += 1
        count = self._out.total()
        self.require(count == 1, at, f"{count} trials at once")
        self.require(event.limit == 1, at, f"{event.limit} may be in flight right after an outage")

    def _settled(self, event: AttemptSettled) -> None:
        self._out[event.identity] -= 1
        if event.error_class not in _NEUTRAL:
            has_failed = event.outcome in _FAILED
            self._failures_count += has_failed
            self._successes_count += not has_failed

    def _changed(self, event: BreakerChanged) -> None:
        if event.before == HALF_OPEN and event.after == CLOSED:
            enough = self._successes_count >= _SUCCESSES_TO_CLOSE_COUNT
            self.require(enough, event.at_seconds, f"closed after {self._successes_count} good trials")
        if event.before == HALF_OPEN and event.after == OPEN:
            self.require(self._failures_count > 0, event.at_seconds, "opened again without a failed trial")
        self._is_half_open, self._changed_at = event.after == HALF_OPEN, event.at_seconds
        self._out.clear()
        self._successes_count = self._failures_count = 0


class SickPresentationsAreLeftAlone(Promise):
    """While the breaker of a presentation is open nothing is sent about it, and half-open only trials are."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._sick: dict[str, tuple[str, float]] = {}

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Begin anew: the next engine thinks every presentation well."""
        del at_seconds, loses_power
        self._sick.clear()

    def heard(self, event: Event) -> None:
        """Follow the presentations' breakers, and every attempt about them."""
        match event:
            case BreakerChanged() if event.key.startswith(_PRESENTATION):
                self._sick[event.key.removeprefix(_PRESENTATION)] = (event.after, event.at_seconds)
            case AttemptAdmitted():
                self._admitted(event)

    def _admitted(self, event: AttemptAdmitted) -> None:
        state, since = self._sick.get(event.presentation_id, (CLOSED, 0.0))
        if event.at_seconds == since:
            return  # let in before the change, and told of it only now
        text = f"{event.identity} was sent about a presentation whose breaker is {state}"
        self.require(state == CLOSED or (state == HALF_OPEN and event.is_trial), event.at_seconds, text)
