"""A breaker at work: asked for permits, told the outcomes, switched by hand, and all of it announced."""

import math
from collections.abc import Callable
from dataclasses import replace

from engine.events import BreakerChanged, BreakerControlled, BreakerMode, Event
from engine.policy.circuit_breaker import BatchOperationCircuitBreaker, BreakerState, Permit, Refusal
from engine.policy.verdicts import BreakerSignal

PASS = Permit(epoch=-1)
"""Leave that no breaker gave, and whose outcome none learns from."""


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
        self.mode = BreakerMode.AUTO

    @property
    def is_closed(self) -> bool:
        """True while calls pass as usual."""
        if self.mode is BreakerMode.AUTO:
            return self._breaker is None or self._breaker.state is BreakerState.CLOSED
        return self.mode is not BreakerMode.FORCED_OPEN

    def control(self, mode: BreakerMode, now: float) -> None:
        """Switch it by hand, or leave it to itself again, where it goes on as it was."""
        if mode is not self.mode:
            before, self.mode = self.mode, mode
            self._announce(BreakerControlled(self._key, before, mode, now))

    def wait_seconds(self, now: float) -> float:
        """Return how long to wait before asking for a permit makes sense; 0 for not at all."""
        match self.mode:
            case BreakerMode.AUTO if self._breaker is not None:
                return self._breaker.wait_seconds(now)
            case BreakerMode.FORCED_OPEN:
                return math.inf
        return 0.0

    def permit(self, now: float) -> Permit | Refusal:
        """Ask for leave to make one attempt."""
        if self.mode is BreakerMode.FORCED_OPEN:
            return Refusal(math.inf)
        if self._breaker is None or self.mode is BreakerMode.FORCED_CLOSED:
            return PASS
        answer = self._breaker.permit(now)
        self._tell()
        if self.mode is BreakerMode.METRICS_ONLY:
            return PASS if isinstance(answer, Refusal) else replace(answer, is_silent=True)
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
            if change.after is BreakerState.OPEN and self.mode is BreakerMode.AUTO:
                self._on_open(change.at_seconds)
