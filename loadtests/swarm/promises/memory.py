"""What outlives a process: what it told, and what its journal says.  A thinking room."""

from collections.abc import Iterator

from engine.events import Event, Fate, OperationAccepted, OperationSettled
from engine.journal.replay import CallState
from loadtests.swarm.promises.promise import Aftermath, Promise, Terms

_FOR_GOOD = {Fate.APPLIED, Fate.REJECTED}


class WhatIsToldStays(Promise):
    """An edit that was said to be applied or rejected is not said to be anything else by a later process.

    Where the power was lost the disk may know less: what was applied may be in doubt again, and what was
    rejected may be tried again.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._finds: dict[str, str] = {}
        self._told: dict[str, tuple[str, Fate]] = {}
        self._unsynced: set[str] = set()
        self._is_anew = False

    def heard(self, event: Event) -> None:
        """Hold each fate against what was told before of the same edit."""
        match event:
            case OperationAccepted():
                self._finds[event.operation_id] = event.find
            case OperationSettled():
                self._settled(event)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Forget what a disk may have forgotten."""
        del at_seconds
        self._is_anew = True
        if loses_power:
            self._told = {name: told for name, told in self._told.items() if told[1] is Fate.APPLIED}
            self._unsynced |= set(self._told)

    def _settled(self, event: OperationSettled) -> None:
        name, find = event.operation_id, self._finds.get(event.operation_id, "")
        before = self._told.get(name)
        if self._is_anew and before is not None and before[0] == find:
            text = f"{name} was told to be {before[1]}, and then {event.fate}"
            may_be = {before[1], *({Fate.INDETERMINATE} if name in self._unsynced else ())}
            self.require(event.fate in may_be, event.at_seconds, text)
        if event.fate in _FOR_GOOD:
            self._told[name] = (find, event.fate)


class TheJournalIsTrue(Promise):
    """What the journal calls applied was committed, and what it calls rejected or never sent was not."""

    def ended(self, aftermath: Aftermath) -> None:
        """Hold the journal of before the encore against the ledger."""
        commits = {**aftermath.audit.commits, **aftermath.requests.commits}
        for state in aftermath.ending.calls.values():
            for name, belief in _beliefs(state):
                count = commits.get(name, 0)
                text = f"the journal has {name} {belief}, and it was committed {count} times"
                self.require(bool(count) == (belief == Fate.APPLIED), aftermath.at_seconds, text)


def _beliefs(state: CallState) -> Iterator[tuple[str, str]]:
    """Yield each operation that the journal is sure of, and what it says of it."""
    doubted = {name for doubt in state.doubts.values() for name in doubt.operation_ids}
    for name, *_ in state.begun.operations:
        settled = state.fates.get(name)
        if settled is not None and settled.fate in _FOR_GOOD:
            yield name, settled.fate.value
        elif settled is None and name not in doubted:
            yield name, "never sent"
