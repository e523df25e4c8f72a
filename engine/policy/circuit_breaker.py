"""A circuit breaker that opens at low traffic, tries one call at a time, and cannot get stuck.

Rule 1  It opens on a share of failures over a minute, or on failures in a row; never on old sums.
Rule 2  Half-open, one trial is out at a time.  Its lease ends by itself, so that a trial that is never
        settled cannot close the shop for ever.
Rule 3  What began in another epoch changes nothing: an old answer neither closes nor opens it.

The layout of the window follows resilience4j; the growing open period follows Envoy's outlier ejection.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from engine.policy.call_window import CallWindow
from engine.settings import EngineSettings

ENOUGH_CALLS_COUNT = 8
TOO_MANY_FAILURES_SHARE = 0.5
LONGEST_OPEN_SECONDS = 300.0
OPEN_JITTER_SHARE = 0.2
SUCCESSES_TO_CLOSE_COUNT = 2
LEASE_MARGIN_SECONDS = 1.0  # beyond the longest attempt

_MOST_DOUBLINGS_COUNT = 30  # far past any cap, and still a number


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
        is_silent: it is only counted, and the attempt is to be what it would have been without a breaker.
    """

    epoch: int
    trial: int | None = None
    is_silent: bool = False

    @property
    def is_trial(self) -> bool:
        """True if the attempt decides whether the breaker closes: make it a cheap read."""
        return self.trial is not None and not self.is_silent


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


class _Closed:
    name = BreakerState.CLOSED

    def __init__(self) -> None:
        self.window = CallWindow()
        self.failures_in_a_row_count = 0


class _Open:
    name = BreakerState.OPEN

    def __init__(self, until: float) -> None:
        self.until = until


class _HalfOpen:
    name = BreakerState.HALF_OPEN

    def __init__(self) -> None:
        self.trials_count = 0
        self.successes_count = 0
        self.leased_until: float | None = None


_State = _Closed | _Open | _HalfOpen


class BatchOperationCircuitBreaker:
    """Decides whether attempts may start; all times are monotonic seconds handed in as `now`.

    Args:
        settings: for the failures in a row that open it, the first open period, and the longest attempt.
        random: spreads the ends of open periods, so that many clients do not come back at once.
    """

    def __init__(self, settings: EngineSettings, random: Random) -> None:
        self._failures_to_open_count = settings.circuit_breaker_threshold
        self._first_open_seconds = settings.circuit_breaker_timeout
        self._lease_seconds = settings.http_connection_timeout + LEASE_MARGIN_SECONDS
        self._random = random
        self._state: _State = _Closed()
        self._epoch = 0
        self._usual_permit = Permit(0)
        self._opened_in_a_row_count = 0
        self._transitions: list[Transition] = []

    @property
    def state(self) -> BreakerState:
        """The state; an open breaker whose time is up stays open until somebody asks for a permit."""
        return self._state.name

    def wait_seconds(self, now: float) -> float:
        """Return how long `permit` would refuse, as far as time alone can tell; 0 if it would not."""
        match self._state:
            case _Open() as opened:
                return max(0.0, opened.until - now)
            case _HalfOpen(leased_until=float(leased_until)):
                return max(0.0, leased_until - now)
        return 0.0

    def permit(self, now: float) -> Permit | Refusal:
        """Say whether one attempt may start at `now`."""
        if isinstance(self._state, _Open):
            if now < self._state.until:
                return Refusal(self._state.until - now)
            self._enter(_HalfOpen(), now)
        if isinstance(self._state, _HalfOpen):
            return self._lease_trial(self._state, now)
        return self._usual_permit

    def on_success(self, permit: Permit, now: float) -> None:
        """Settle `permit`: an answer came, be it a refusal."""
        match self._state_of(permit):
            case _Closed() as closed:
                closed.window.add(now, failed=False)
                closed.failures_in_a_row_count = 0
            case _HalfOpen() as half_open:
                half_open.leased_until = None
                half_open.successes_count += 1
                if half_open.successes_count >= SUCCESSES_TO_CLOSE_COUNT:
                    self._opened_in_a_row_count = 0
                    self._enter(_Closed(), now)

    def on_failure(self, permit: Permit, now: float) -> None:
        """Settle `permit`: the server did not answer, or with a 5xx."""
        match self._state_of(permit):
            case _Closed() as closed:
                closed.window.add(now, failed=True)
                closed.failures_in_a_row_count += 1
                if self._has_seen_enough(closed):
                    self._open(now)
            case _HalfOpen():
                self._open(now)

    def on_ignored(self, permit: Permit) -> None:
        """Settle `permit`: nothing was learned, as after a cancellation or a 429."""
        state = self._state_of(permit)
        if isinstance(state, _HalfOpen):
            state.leased_until = None

    def take_transitions(self) -> tuple[Transition, ...]:
        """Return the changes of state since the last call, oldest first."""
        if not self._transitions:  # as nearly always, and this is asked for every permit
            return ()
        taken, self._transitions = tuple(self._transitions), []
        return taken

    def _state_of(self, permit: Permit) -> _State | None:
        """Return the state that `permit` may still change, None if its time has gone."""
        if permit.epoch != self._epoch:
            return None
        if isinstance(self._state, _HalfOpen):
            is_out = self._state.leased_until is not None and permit.trial == self._state.trials_count
            return self._state if is_out else None
        return self._state

    def _lease_trial(self, half_open: _HalfOpen, now: float) -> Permit | Refusal:
        if half_open.leased_until is not None and now < half_open.leased_until:
            return Refusal(half_open.leased_until - now)
        half_open.trials_count += 1
        half_open.leased_until = now + self._lease_seconds
        return Permit(self._epoch, half_open.trials_count)

    def _has_seen_enough(self, closed: _Closed) -> bool:
        window = closed.window
        return closed.failures_in_a_row_count >= self._failures_to_open_count or (
            window.calls_count >= ENOUGH_CALLS_COUNT and window.failure_share >= TOO_MANY_FAILURES_SHARE
        )

    def _open(self, now: float) -> None:
        doublings = min(self._opened_in_a_row_count, _MOST_DOUBLINGS_COUNT)
        period = min(LONGEST_OPEN_SECONDS, self._first_open_seconds * 2**doublings)
        jitter = self._random.uniform(1 - OPEN_JITTER_SHARE, 1 + OPEN_JITTER_SHARE)
        self._opened_in_a_row_count += 1
        self._enter(_Open(until=now + period * jitter), now)

    def _enter(self, state: _State, now: float) -> None:
        self._transitions.append(Transition(self._state.name, state.name, now))
        self._state = state
        self._epoch += 1
        self._usual_permit = Permit(self._epoch)
