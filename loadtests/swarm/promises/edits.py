"""What becomes of edits: once each, in time, and as it was told.  A thinking room."""

from engine.events import Event, OperationAccepted, OperationSettled
from fakeslides.ledger import Entry
from loadtests.measurements import WRITE
from loadtests.swarm.promises.promise import Aftermath, Promise, Terms

# From the deadline until the fate is told: the last timer, and the loop's rounds after it.
GRACE_SECONDS = 0.5


class EveryEditIsToldTruly(Promise):
    """No edit is lost, none lands twice, none is told wrongly, and the decks are as the fates say."""

    def ended(self, aftermath: Aftermath) -> None:
        """Hold reports, ledger and decks against each other."""
        found, at = aftermath.audit, aftermath.at_seconds
        for what, ids in (
            ("lost", found.lost),
            ("landed more than once", found.duplicated),
            ("told wrongly", found.wrong_reports),
        ):
            self.require(not ids, at, f"{what}: {', '.join(ids[:5])} ({len(ids)} in all)")
        differences = found.deck_differences
        self.require(not differences, at, "; ".join(str(each) for each in differences[:3]))
        if self.terms.engines_count > 1:
            wrong = aftermath.told_to_neighbours
            self.require(not wrong, at, "; ".join(wrong[:3]))


class EveryEditSettlesOnce(Promise):
    """Each edit that was taken on gets one fate, and only one."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._open: dict[str, float] = {}

    def heard(self, event: Event) -> None:
        """Count who is taken on and who is settled."""
        match event:
            case OperationAccepted():
                again = event.operation_id in self._open
                self.require(not again, event.at_seconds, f"{event.operation_id} was taken on twice")
                self._open[event.operation_id] = event.at_seconds
            case OperationSettled():
                was_open = self._open.pop(event.operation_id, None) is not None
                text = f"{event.operation_id} settled, though it was not open"
                self.require(was_open, event.at_seconds, text)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Forget what was open: whoever resumes it takes it on again."""
        del at_seconds, loses_power
        self._open.clear()

    def ended(self, aftermath: Aftermath) -> None:
        """See that nobody is left without a fate."""
        text = f"never settled: {', '.join(list(self._open)[:5])} ({len(self._open)} in all)"
        self.require(not self._open, aftermath.at_seconds, text)


class BatchesAreNotTooLarge(Promise):
    """No write holds more requests than the settings allow."""

    def seen(self, entry: Entry) -> None:
        """Count the requests of a call that were applied; a collaborator may make as many as they like."""
        if entry.method != WRITE:
            return
        most, at = self.terms.settings.slides_api_batch_size, self.terms.started_at_seconds
        text = f"{entry.identity} holds {len(entry.requests)} requests, {most} are allowed"
        self.require(len(entry.requests) <= most, at + entry.ended_at_seconds, text)


class EditsSettleInTime(Promise):
    """An edit has its fate by its deadline."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._deadlines: dict[str, float] = {}

    def heard(self, event: Event) -> None:
        """Hold the moment against the deadline."""
        match event:
            case OperationAccepted():
                self._deadlines[event.operation_id] = event.deadline_seconds
            case OperationSettled():
                late = event.at_seconds - self._deadlines.pop(event.operation_id, event.at_seconds)
                text = f"{event.operation_id} settled {late:.3f} s after its deadline"
                self.require(late <= GRACE_SECONDS, event.at_seconds, text)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Forget what was open."""
        del at_seconds, loses_power
        self._deadlines.clear()
