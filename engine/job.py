"""One caller's wish while it is carried out, and what is known of its presentation meanwhile.  Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.admission.call_queue import Place
from engine.events import Fate
from engine.fates import Fates
from engine.journal.call_journal import CallJournal
from engine.plan.foresight import foresee
from engine.plan.given_requests import GivenRequest
from engine.plan.marks import Marks, digests_of_objects, marks_of
from engine.plan.operations import Batch
from engine.plan.request_kinds import copies_of
from engine.plan.scene import shifted_objects
from engine.plan.sifting import Sifted, sift
from engine.plan.witness import Witness, changes_nothing, judge
from engine.snapshot import FIELDS, Snapshot


@dataclass(slots=True)
class Job:
    """One caller's wish for one presentation, while it is carried out.

    Attributes:
        presentation_id: where.
        deadline_seconds: when everything must have its fate, on the clock.
        snapshot: the presentation as it was last known to be.
        fates: the book of the operations.
        attempts: tries so far, by identity and method.
        journal: where intents go before they are carried out; None for nowhere.
        doubted: a batch that an earlier process may have sent; `snapshot` is what it was sent for.
        doubted_marks: what that batch is known by, if it is of given requests.
        tenant: in whose name; None for the presentation's own.
        place: the call's in the queue; told of each batch that ended.
        fields: what a read asks for.
        is_atomic: all of it is applied, or nothing.
        objects: ids of those that were there when the call was begun or resumed, or were made by it before.
        found: operations whose fate nobody can know, though all that they make is there to be used.
        counted: the objects in which requests of the call count.
        outlook: digests of what those say if nobody else edits, for where the scene is not known.
        shifted: those that others have edited since the call began, and copies made of them after that.
        is_turn_begun: no batch has gone on yet with the turn in which the first look was had.
    """

    presentation_id: str
    deadline_seconds: float
    snapshot: Snapshot
    fates: Fates
    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    journal: CallJournal | None = None
    doubted: Batch | None = None
    doubted_marks: Marks | None = None
    tenant: str | None = None
    place: Place | None = None
    fields: str = FIELDS
    is_atomic: bool = False
    objects: frozenset[str] = frozenset()
    found: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    outlook: Mapping[str, str] = field(default_factory=dict)
    shifted: frozenset[str] = frozenset()
    is_turn_begun: bool = True

    def see(self, snapshot: Snapshot, applied: Batch | None = None) -> None:
        """Take what was read for what the presentation is now, and note what others have edited in it.

        Args:
            snapshot: just read.
            applied: a batch of ours that was found to have been applied since the last look.
        """
        before, self.snapshot = self.snapshot, snapshot
        if snapshot.scene is None or snapshot.revision_id == before.revision_id:
            return
        expected = before.scene
        if applied is not None and expected is not None:
            expected = foresee(applied.given, expected)
        if expected is not None:
            self.shifted |= shifted_objects(expected, snapshot.scene)
        elif self.doubted_marks is not None:
            marks = self.doubted_marks
            self.expect(marks.counted_before if applied is None else marks.counted_after)
        else:
            self.expect(self.outlook)

    def take_turn(self) -> bool:
        """Return whether the turn in which the first look was had is still to be gone on with, once."""
        is_begun, self.is_turn_begun = self.is_turn_begun, False
        return is_begun

    def expect(self, outlook: Mapping[str, str]) -> None:
        """Note which of the counted objects do not say what they should, as far as can be seen."""
        self.outlook = outlook
        if self.snapshot.scene is not None:
            now = digests_of_objects(self.counted, self.snapshot.scene)
            self.shifted |= {name for name in self.counted if now.get(name) != outlook.get(name)}

    def witness(self, batch: Batch, now: Snapshot) -> Witness:
        """Say whether `batch`, sent for `self.snapshot`, was applied by the time of `now`, a later look."""
        before = self.snapshot
        if batch.given:
            return self.marks_of(batch).judge(now.scene)
        has_moved = now.revision_id != before.revision_id
        if has_moved and changes_nothing(batch, before.texts) and changes_nothing(batch, now.texts):
            return Witness.APPLIED  # whoever wrote, there was nothing to replace, and there is nothing now
        return judge(batch, before.texts, now.texts)

    def marks_of(self, batch: Batch) -> Marks:
        """Return what a batch of given requests, sent for the presentation as it is known, is known by."""
        if batch is self.doubted and self.doubted_marks is not None:
            return self.doubted_marks
        known = self.counted - self.shifted  # what is left out counts as edited by whoever takes the call up
        return marks_of(batch.given, self.snapshot.scene, known, self.objects)

    def is_idle(self, batch: Batch) -> bool:
        """Say whether a batch, sent for the presentation as it is known, changes nothing, even twice."""
        return bool(batch.given) and self.marks_of(batch).is_idle

    def sifted(self, batch: Batch) -> Sifted:
        """Return a batch that is not in doubt without what must not be sent any more."""
        if not batch.given:
            return Sifted(batch, {})
        self._note_copies(batch)
        unknowable = self.fates.is_unknowable
        return sift(
            batch, self._fate_for_children, self.shifted, unknowable=unknowable, is_atomic=self.is_atomic
        )

    def look_for(self, requests: Sequence[GivenRequest]) -> None:
        """Note what requests of the call have made that `objects` does not tell, or may have made.

        A child of one whose fate nobody can know goes by what is there; what was not found is not there.
        """
        unknowable = [each for each in requests if self.fates.is_unknowable(each.operation_id)]
        found = (each.operation_id for each in unknowable if self.objects.issuperset(each.made_ids))
        self.found = frozenset(found)
        applied = [each for each in requests if self.fates.fate_of(each.operation_id) is Fate.APPLIED]
        self.objects |= {name for each in [*applied, *unknowable] for name in each.made_ids}

    def _fate_for_children(self, operation_id: str) -> Fate | None:
        return Fate.APPLIED if operation_id in self.found else self.fates.fate_of(operation_id)

    def _note_copies(self, batch: Batch) -> None:
        """Note that a copy of what others have edited is not what the caller counts in."""
        for request in batch.given:
            if request.kind == "duplicateObject":
                copies = copies_of(request.body).items()
                self.shifted |= {str(copy) for source, copy in copies if source in self.shifted}
