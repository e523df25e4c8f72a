"""What becomes of requests of any kind, and when a doubt is due.  A thinking room."""

from engine.events import (
    AttemptOutcome,
    AttemptSettled,
    Event,
    Fate,
    OperationAccepted,
    OperationSettled,
)
from loadtests.measurements import WRITE
from loadtests.swarm.promises.promise import Aftermath, Promise, Terms


class EveryRequestIsToldTruly(Promise):
    """No request is lost, none is applied twice, none is told wrongly, and what it makes is there."""

    def ended(self, aftermath: Aftermath) -> None:
        """Hold what was asked for and told against the ledger and the decks."""
        if aftermath.ending.asked:
            wrong = aftermath.requests.wrong
            self.require(not wrong, aftermath.at_seconds, "; ".join(wrong[:3]))


class AtomicCallsAreWhole(Promise):
    """Of requests that were to be applied together all are, or none is, and so it is told."""

    def ended(self, aftermath: Aftermath) -> None:
        """Count them, call by call."""
        if any(each.is_atomic for each in aftermath.ending.asked):
            halves = aftermath.requests.halves
            self.require(not halves, aftermath.at_seconds, "; ".join(halves[:3]))


class DoubtsAreDue(Promise):
    """What became of an edit is only said to be unknowable where the answer to a write of it was lost."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._accepted: set[str] = set()
        self._open: set[str] = set()
        self._doubted: set[str] = set()

    def heard(self, event: Event) -> None:
        """Hold each doubt against the answers."""
        match event:
            case OperationAccepted():
                self._accepted.add(event.operation_id)
                self._open.add(event.operation_id)
            case AttemptSettled(method=method, outcome=AttemptOutcome.UNKNOWN) if method == WRITE:
                self._doubted.update(event.operation_ids)
            case OperationSettled():
                self._settled(event)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Expect doubts of what the dead may have sent, and of all they knew where a disk forgets."""
        del at_seconds
        self._doubted |= self._accepted if loses_power else self._open
        self._open.clear()

    def _settled(self, event: OperationSettled) -> None:
        self._open.discard(event.operation_id)
        if event.fate is Fate.INDETERMINATE:
            text = f"{event.operation_id} was said to be indeterminate, and no answer was lost"
            self.require(event.operation_id in self._doubted, event.at_seconds, text)
