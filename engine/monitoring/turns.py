"""Who has a presentation and who waits for one, told from the events alone."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.events import TurnAwaited, TurnEnded, TurnTaken

Note = TypeVar("Note")


@dataclass(frozen=True, slots=True)
class _Turn(Generic[Note]):
    identity: str
    note: Note


class Turns(Generic[Note]):
    """The turns that have not ended, each with a note of whoever follows them.

    Two calls for one presentation may name their batches alike.  Such turns are taken in order of arrival,
    and an end is the holder's if the holder goes by that name.
    """

    def __init__(self) -> None:
        self._held: dict[str, _Turn[Note]] = {}
        self._waiting: dict[str, list[_Turn[Note]]] = {}

    @property
    def held_count(self) -> int:
        """How many presentations are held."""
        return len(self._held)

    @property
    def waited_for_count(self) -> int:
        """How many presentations are waited for."""
        return len(self._waiting)

    def awaited(self, event: TurnAwaited, note: Note) -> None:
        """Note a batch that queued."""
        self._waiting.setdefault(event.presentation_id, []).append(_Turn(event.identity, note))

    def taken(self, event: TurnTaken) -> Note | None:
        """Note that a batch has its presentation, and return its note; None if it never queued."""
        turn = self._leave(event.presentation_id, event.identity)
        if turn is None:
            return None
        self._held[event.presentation_id] = turn
        return turn.note

    def ended(self, event: TurnEnded) -> Note | None:
        """Forget a turn, and return its note; None if there was none."""
        holder = self._held.get(event.presentation_id)
        if holder is not None and holder.identity == event.identity:
            del self._held[event.presentation_id]
            return holder.note
        turn = self._leave(event.presentation_id, event.identity)
        return None if turn is None else turn.note

    def holder(self, presentation_id: str) -> Note | None:
        """Return the note of whoever has the presentation, None if nobody has."""
        turn = self._held.get(presentation_id)
        return None if turn is None else turn.note

    def _leave(self, presentation_id: str, identity: str) -> _Turn[Note] | None:
        """Take the first of that name out of the queue."""
        line = self._waiting.get(presentation_id, [])
        turn = next((waiting for waiting in line if waiting.identity == identity), None)
        if turn is None:
            return None
        line.remove(turn)
        if not line:
            del self._waiting[presentation_id]
        return turn
