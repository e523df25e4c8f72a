"""A breaker for each thing that can fail by itself: the host, the credentials, each presentation.

What one of them stands for stops alone.  The host's and the credentials' stop every call of an engine; a
presentation's opens earlier than the host's and stops only calls for it.  While it is not closed, its
failures say nothing of the host any more, so that one sick presentation cannot stop the others.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from engine.admission.breaker import PASS, BreakerGate
from engine.events import BreakerMode, Event
from engine.policy.circuit_breaker import BatchOperationCircuitBreaker, Permit, Refusal
from engine.policy.verdicts import BreakerSignal, Signals
from engine.settings import EngineSettings

CREDENTIALS, PRESENTATION = "credentials", "presentation"
FORGET_SECONDS = 600.0  # twice the longest open period
MOST_PRESENTATIONS_COUNT = 10_000


@dataclass(frozen=True, slots=True)
class Permits:
    """Leave of the host's breaker and of the credentials'."""

    host: Permit
    credentials: Permit

    @property
    def is_trial(self) -> bool:
        """True if either wants a cheap read, whatever the caller came for."""
        return self.host.is_trial or self.credentials.is_trial


class Breakers:
    """The breakers of one engine.

    Args:
        settings: for the thresholds and the open periods.
        host: the name of the API's.
        jitter: spreads the ends of open periods.
        announce: told of every change.
        on_open: called with the time when the host's breaker opens.
    """

    def __init__(
        self,
        settings: EngineSettings,
        host: str,
        jitter: Random,
        announce: Callable[[Event], None],
        on_open: Callable[[float], None],
    ) -> None:
        self._settings = settings
        self._jitter = jitter
        self._announce = announce
        self._host = self._gate(f"host:{host}", on_open)
        self._credentials = self._gate(CREDENTIALS)
        self.presentations = PresentationBreakers(self._presentation_gate)

    @property
    def are_closed(self) -> bool:
        """True while calls pass as usual, but for those of presentations that fail by themselves."""
        return self._host.is_closed and self._credentials.is_closed

    def permit(self, now: float) -> Permits | Refusal:
        """Ask for leave to make one attempt: both give it, or neither."""
        host = self._host.permit(now)
        if isinstance(host, Refusal):
            return host
        credentials = self._credentials.permit(now)
        if isinstance(credentials, Refusal):
            self._host.settle(host, BreakerSignal.IGNORED, now)
            return credentials
        return Permits(host, credentials)

    def settle(self, permits: Permits, signals: Signals, now: float) -> None:
        """Give leave back with what was learned."""
        self._host.settle(permits.host, signals.host, now)
        self._credentials.settle(permits.credentials, signals.credentials, now)

    def control(self, key: str, mode: BreakerMode, now: float) -> None:
        """Switch a breaker by hand.

        Args:
            key: `host`, `credentials`, or `presentation:` and its id.
            mode: what it is to do from now on.
            now: monotonic seconds.

        Raises:
            ValueError: there is no such breaker.
        """
        kind, _, presentation_id = key.partition(":")
        if key in ("host", CREDENTIALS):
            (self._host if key == "host" else self._credentials).control(mode, now)
        elif kind == PRESENTATION and presentation_id:
            self.presentations.control(presentation_id, mode, now)
        else:
            raise ValueError(f"there is no breaker {key!r}; there are host, credentials and presentation:ID")

    def _presentation_gate(self, presentation_id: str) -> BreakerGate:
        threshold = max(1, self._settings.circuit_breaker_threshold * 3 // 5)
        settings = self._settings.model_copy(update={"circuit_breaker_threshold": threshold})
        return self._gate(f"{PRESENTATION}:{presentation_id}", settings=settings)

    def _gate(
        self,
        key: str,
        on_open: Callable[[float], None] = lambda _: None,
        settings: EngineSettings | None = None,
    ) -> BreakerGate:
        chosen = settings or self._settings
        breaker = BatchOperationCircuitBreaker(chosen, self._jitter) if chosen.breaker_enabled else None
        return BreakerGate(breaker, key, self._announce, on_open)


@dataclass(slots=True)
class _Sick:
    """A presentation that failed lately, or was switched by hand."""

    gate: BreakerGate
    used_at: float


@dataclass(frozen=True, slots=True)
class Lease:
    """Leave for a presentation; `gate` is None if it was well when the leave was given."""

    gate: BreakerGate | None
    permit: Permit


class PresentationBreakers:
    """Breakers of the presentations that failed lately; nothing is kept of those that are well.

    Args:
        gate_for: makes the breaker of a presentation.
    """

    def __init__(self, gate_for: Callable[[str], BreakerGate]) -> None:
        self._gate_for = gate_for
        self._sick: OrderedDict[str, _Sick] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sick)

    def is_closed(self, presentation_id: str) -> bool:
        """True while calls for it pass as usual."""
        sick = self._sick.get(presentation_id)
        return sick is None or sick.gate.is_closed

    def wait_seconds(self, presentation_id: str, now: float) -> float:
        """Return how long to wait before asking for leave makes sense; 0 for not at all."""
        sick = self._sick.get(presentation_id)
        return 0.0 if sick is None else sick.gate.wait_seconds(now)

    def permit(self, presentation_id: str, now: float) -> Lease | Refusal:
        """Ask for leave to make one attempt."""
        if presentation_id not in self._sick:
            return Lease(None, PASS)
        gate = self._touched(presentation_id, now).gate
        answer = gate.permit(now)
        return answer if isinstance(answer, Refusal) else Lease(gate, answer)

    def settle(self, presentation_id: str, lease: Lease, signal: BreakerSignal, now: float) -> None:
        """Give leave back with what was learned."""
        if lease.gate is not None:
            lease.gate.settle(lease.permit, signal, now)
        elif signal is BreakerSignal.FAILURE:
            gate = self._touched(presentation_id, now).gate
            permit = gate.permit(now)
            if isinstance(permit, Permit):  # it was well until now, or became sick in the meantime
                gate.settle(permit, BreakerSignal.IGNORED if permit.is_trial else signal, now)
        self._forget_the_well(presentation_id, signal)
        self._forget_the_old(now)

    def control(self, presentation_id: str, mode: BreakerMode, now: float) -> None:
        """Switch the breaker of a presentation by hand."""
        self._touched(presentation_id, now).gate.control(mode, now)

    def _touched(self, presentation_id: str, now: float) -> _Sick:
        sick = self._sick.get(presentation_id)
        if sick is None:
            sick = self._sick[presentation_id] = _Sick(self._gate_for(presentation_id), now)
        sick.used_at = now
        self._sick.move_to_end(presentation_id)
        return sick

    def _forget_the_well(self, presentation_id: str, signal: BreakerSignal) -> None:
        """Forget a presentation once it has answered: only failures in a row make one sick."""
        sick = self._sick.get(presentation_id)
        has_answered = signal is BreakerSignal.SUCCESS
        if has_answered and sick and sick.gate.mode is BreakerMode.AUTO and sick.gate.is_closed:
            del self._sick[presentation_id]

    def _forget_the_old(self, now: float) -> None:
        """Forget those that nobody has called for long, the longest first, unless a hand is on them."""
        too_many_count = len(self._sick) - MOST_PRESENTATIONS_COUNT
        gone: list[str] = []
        for name, sick in self._sick.items():  # those least used come first
            if now - sick.used_at <= FORGET_SECONDS and len(gone) >= too_many_count:
                break
            if sick.gate.mode is BreakerMode.AUTO:
                gone.append(name)
        for name in gone:
            del self._sick[name]
