"""Who has a presentation and who waits for one, told from the events alone."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.events import TurnAwaited, TurnEnded, TurnTaken

Note = TypeVar("Note")


@dataclass(slots=True)
class _Turn(Generic[Note]):
    identity: str
    note: Note
    is_held: bool = False


class Turns(Generic[Note]):
    """The turns that have not ended, each with a note of whoever follows them.

    Two calls for one presentation may name their batches alike.  Such turns are taken in order of arrival,
    and an end is the holder's if the holder goes by that name.
    """

    def __init__(self) -> None:
        self._by_presentation: dict[str, list[_Turn[Note]]] = {}

    @property
    def held_count(self) -> int:
        """How many presentations are held."""
        return sum(any(turn.is_held for turn in line) for line in self._by_presentation.values())

    @property
    def waited_for_count(self) -> int:
        """How many presentations are waited for."""
        return sum(any(not turn.is_held for turn in line) for line in self._by_presentation.values())

    def awaited(self, event: TurnAwaited, note: Note) -> None:
        """Note a batch that queued."""
        self._by_presentation.setdefault(event.presentation_id, []).append(_Turn(event.identity, note))

    def taken(self, event: TurnTaken) -> Note | None:
        """Note that a batch has its presentation, and return its note; None if it never queued."""
        for turn in self._by_presentation.get(event.presentation_id, ()):
            if turn.identity == event.identity and not turn.is_held:
                turn.is_held = True
                return turn.note
        return None

    def ended(self, event: TurnEnded) -> Note | None:
        """Forget a turn, and return its note; None if there was none."""
        line = self._by_presentation.get(event.presentation_id, [])
        named = [turn for turn in line if turn.identity == event.identity]
        if not named:
            return None
        turn = next((candidate for candidate in named if candidate.is_held), named[0])
        line.remove(turn)
        if not line:
            del self._by_presentation[event.presentation_id]
        return turn.note

    def holder(self, presentation_id: str) -> Note | None:
        """Return the note of whoever has the presentation, None if nobody has."""
        line = self._by_presentation.get(presentation_id, ())
        return next((turn.note for turn in line if turn.is_held), None)
