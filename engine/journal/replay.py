"""From the records of a journal to where each of its calls stands.  Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine.events import AttemptOutcome, Fate
from engine.journal.records import Answered, CallBegun, Intended, JournalError, Record, Settled


@dataclass(slots=True)
class CallState:
    """Where one call stands.

    An operation is settled if it is in `fates`, in doubt if it is in one of `doubts`, and else it was never
    sent, or refused for a reason that may have passed.

    Attributes:
        begun: what was wished for.
        fates: what became of operations for good, by id.
        doubts: batches that may have been applied, by identity, in the order in which they were sent.
        attempts: tries so far, by identity.
        counted: of the objects in which given requests count, digests of what they say, as far as is known.
    """

    begun: CallBegun
    fates: dict[str, Settled] = field(default_factory=dict)
    doubts: dict[str, Intended] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    counted: Mapping[str, str] = field(default_factory=dict)
    _intended: dict[str, Intended] = field(default_factory=dict)
    _unknown: list[Settled] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counted = self.begun.counted

    @property
    def unfinished_count(self) -> int:
        """How many operations do not have their fate for good."""
        return len(self.begun.operations) - len(self.fates)

    def take(self, record: Record) -> None:
        """Learn from the next record of this call.

        Raises:
            KeyError: the record does not follow from those before it.
        """
        match record:
            case Intended():
                self._intend(record)
            case Answered():
                self._answer(record)
            case Settled():
                self._settle(record)

    def _intend(self, record: Intended) -> None:
        """Put a batch in doubt; none of its operations may have its fate.

        What was left unknown before another batch went out stays so: texts have moved on, by our own hand.
        """
        for settled in self._unknown:
            if not set(settled.operation_ids) & set(record.operation_ids):
                self._close(settled)
        self._unknown.clear()
        if not self.fates.keys().isdisjoint(record.operation_ids):
            raise KeyError(record.identity)
        doubt = self.doubts.get(record.identity)
        if doubt is not None and doubt.fence == record.fence:
            record = replace(record, at_wall_seconds=doubt.at_wall_seconds)  # a fence ages from its first use
        self._intended[record.identity] = self.doubts[record.identity] = record
        self.attempts[record.identity] = record.attempt
        if record.marks is not None:
            self.counted = record.marks.counted_before

    def _answer(self, record: Answered) -> None:
        intended = self._intended[record.identity]
        if record.outcome is AttemptOutcome.ANSWERED:
            if intended.marks is not None:
                self.counted = intended.marks.counted_after
            self._close(Settled(record.call, intended.operation_ids, Fate.APPLIED))
        elif not record.is_in_doubt:
            self.doubts.pop(record.identity, None)

    def _settle(self, record: Settled) -> None:
        if record.fate is Fate.APPLIED:  # without an answer it was in doubt, and has been looked for
            for identity in self._doubts_about(record):
                marks = self.doubts[identity].marks
                self.counted = self.counted if marks is None else marks.counted_after
        if record.fate is Fate.NOT_SENT:
            self._leave_no_doubt(record)
        elif record.fate is Fate.INDETERMINATE and not record.is_final and self._doubts_about(record):
            self._unknown.append(record)
        else:
            self._close(record)

    def _close(self, settled: Settled) -> None:
        for name in settled.operation_ids:
            self.fates.setdefault(name, settled)
        self._leave_no_doubt(settled)

    def _leave_no_doubt(self, settled: Settled) -> None:
        for identity in self._doubts_about(settled):
            del self.doubts[identity]

    def _doubts_about(self, settled: Settled) -> list[str]:
        """Return the batches in doubt that hold any of these: what is known of a part is known of all."""
        names = set(settled.operation_ids)
        return [identity for identity, doubt in self.doubts.items() if names & set(doubt.operation_ids)]


def replay(records: Iterable[Record], source: str) -> Mapping[int, CallState]:
    """Return where each call stands after `records`, by number, in order.

    Args:
        records: of one journal, or of any beginning of it.
        source: its name, for messages.

    Raises:
        JournalError: the records do not follow from one another.
    """
    calls: dict[int, CallState] = {}
    for number, record in enumerate(records, start=1):
        try:
            if isinstance(record, CallBegun):
                calls[record.call] = CallState(record)
            else:
                calls[record.call].take(record)
        except KeyError:
            raise JournalError(
                f"{source}:{number}: this record does not follow from those before it"
            ) from None
    return calls
