"""How many attempts are in flight, and how many may be."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.events import Event, LimitChanged
from engine.policy.concurrency_limit import AIMDLimit
from engine.policy.verdicts import LimitSignal


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in flight; `epoch` is that of the limit when it was taken."""

    epoch: int


class Limiter:
    """The adaptive limit at work: the operator's ceiling at first, one by one after an outage.

    Args:
        ceiling: most attempts in flight that the operator allows.
        connections: most connections; an attempt without one would only wait.  None keeps the ceiling
            whatever happens, as a client without bounds would.
        announce: told of every change.
    """

    def __init__(self, ceiling: int, connections: int | None, announce: Callable[[Event], None]) -> None:
        self._announce = announce
        self._ceiling = ceiling if connections is None else min(ceiling, connections)
        self._is_adaptive = connections is not None
        self._estimator = AIMDLimit(self._ceiling, start=self._ceiling)
        self.in_flight = 0

    @property
    def limit(self) -> int:
        """Most attempts in flight now."""
        return self._estimator.limit if self._is_adaptive else self._ceiling

    @property
    def has_room(self) -> bool:
        """True if one more attempt may start."""
        return self.in_flight < self.limit

    def take(self) -> Slot:
        """Take a place; `has_room` must hold."""
        self.in_flight += 1
        return Slot(self._estimator.epoch)

    def release(self, slot: Slot, signal: LimitSignal, now: float) -> None:
        """Give a place back and learn from how the attempt ended."""
        before = self.limit
        self._estimator.on_sample(signal, epoch=slot.epoch, in_flight=self.in_flight, now=now)
        self.in_flight -= 1
        self._note(before, signal.value, now)

    def fall_back_to_sequential(self, now: float) -> None:
        """Start again from one in flight; attempts that began earlier teach nothing any more."""
        before = self.limit
        self._estimator.fall_to_one(now)
        self._note(before, "breaker opened", now)

    def _note(self, before: int, reason: str, now: float) -> None:
        if self.limit != before:
            self._announce(LimitChanged(before, self.limit, reason, now))
