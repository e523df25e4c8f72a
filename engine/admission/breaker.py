"""The breaker at work: asked for permits, told the outcomes, and its changes announced."""

from collections.abc import Callable

from engine.events import BreakerChanged, Event
from engine.policy.circuit_breaker import BatchOperationCircuitBreaker, BreakerState, Permit, Refusal
from engine.policy.verdicts import BreakerSignal


class BreakerGate:
    """One breaker and those who want to know.

    Args:
        breaker: None lets everything pass.
        key: what the breaker stands for, in its announcements.
        announce: told of every change of state.
        on_open: called with the time when the breaker opens.
    """

    def __init__(
        self,
        breaker: BatchOperationCircuitBreaker | None,
        key: str,
        announce: Callable[[Event], None],
        on_open: Callable[[float], None],
    ) -> None:
        self._breaker = breaker
        self._key = key
        self._announce = announce
        self._on_open = on_open

    @property
    def is_closed(self) -> bool:
        """True while calls pass as usual."""
        return self._breaker is None or self._breaker.state is BreakerState.CLOSED

    def permit(self, now: float) -> Permit | Refusal:
        """Ask for leave to make one attempt."""
        if self._breaker is None:
            return Permit(epoch=0)
        answer = self._breaker.permit(now)
        self._tell()
        return answer

    def settle(self, permit: Permit, signal: BreakerSignal, now: float) -> None:
        """Give a permit back with what was learned."""
        if self._breaker is None:
            return
        match signal:
            case BreakerSignal.SUCCESS:
                self._breaker.on_success(permit, now)
            case BreakerSignal.FAILURE:
                self._breaker.on_failure(permit, now)
            case BreakerSignal.IGNORED:
                self._breaker.on_ignored(permit)
        self._tell()

    def _tell(self) -> None:
        if self._breaker is None:
            return
        for change in self._breaker.take_transitions():
            self._announce(
                BreakerChanged(self._key, change.before.value, change.after.value, change.at_seconds)
            )
            if change.after is BreakerState.OPEN:
                self._on_open(change.at_seconds)
