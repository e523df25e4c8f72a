"""Who has a presentation to itself, and who waits for it.  A thinking room."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from loadtests.timeline.joining import Fact
from loadtests.timeline.steps import Step, steps_of


@dataclass(frozen=True, slots=True)
class Turn:
    """A batch's wait for its presentation, and its time with it.

    Attributes:
        identity: the batch's.
        presentation_id: where.
        awaited_at_seconds: when it queued.
        taken_at_seconds: when it had the presentation to itself; None if it never did.
        ended_at_seconds: when it let go of it, or of its place in the queue; None if it never did.
    """

    identity: str
    presentation_id: str
    awaited_at_seconds: float
    taken_at_seconds: float | None = None
    ended_at_seconds: float | None = None

    @property
    def waited_until_seconds(self) -> float | None:
        """When its wait was over, one way or the other; None if it never was."""
        return self.ended_at_seconds if self.taken_at_seconds is None else self.taken_at_seconds


def turns_of(facts: Iterable[Fact], zero: float) -> list[Turn]:
    """Return the turns on presentations, in the order in which they were awaited.

    Args:
        facts: what the client told, in order.
        zero: the moment of the client's clock from which the story counts.
    """
    turns: list[Turn] = []
    # Two calls on one presentation name their batches alike; the lock serves them in order.
    places = defaultdict[str, list[int]](list)
    for fact in facts:
        match fact["event"]:
            case "TurnAwaited":
                places[fact["identity"]].append(len(turns))
                turns.append(Turn(fact["identity"], fact["presentation_id"], fact["at_seconds"] - zero))
            case "TurnTaken":
                place = places[fact["identity"]][0]
                turns[place] = replace(turns[place], taken_at_seconds=fact["at_seconds"] - zero)
            case "TurnEnded":
                place = places[fact["identity"]].pop(0)
                turns[place] = replace(turns[place], ended_at_seconds=fact["at_seconds"] - zero)
            case "ProcessKilled":
                _end_all(turns, fact["at_seconds"] - zero)
                places.clear()
    return turns


def _end_all(turns: list[Turn], at_seconds: float) -> None:
    for place, turn in enumerate(turns):
        if turn.ended_at_seconds is None:
            turns[place] = replace(turn, ended_at_seconds=at_seconds)


def waiting_steps(turns: Iterable[Turn]) -> tuple[Step, ...]:
    """Return how many batches wait for their turn, over time; waits of no length are none."""
    waits = [(turn.awaited_at_seconds, turn.waited_until_seconds) for turn in turns]
    real = [(since, until) for since, until in waits if since != until]
    return steps_of(
        [*((since, 1) for since, _ in real), *((until, -1) for _, until in real if until is not None)]
    )
