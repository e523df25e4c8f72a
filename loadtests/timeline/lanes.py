"""Who is where on the timeline: operations in the lane of their batch, batches under their presentation.

A thinking room.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from loadtests.timeline.attempts import Attempt
from loadtests.timeline.operations import Operation, Refusal
from loadtests.timeline.turns import Turn


@dataclass(frozen=True, slots=True)
class Lane:
    """What went on under one name: a batch's or a read's; for what concerns no presentation, its method's."""

    identity: str
    operations: tuple[Operation, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    turns: tuple[Turn, ...] = ()

    @property
    def began_at_seconds(self) -> float:
        """When there was first anything of it."""
        return min(
            chain(
                (operation.accepted_at_seconds for operation in self.operations),
                (attempt.sent_at_seconds for attempt in self.attempts),
                (turn.awaited_at_seconds for turn in self.turns),
            ),
            default=0.0,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """The lanes of one presentation in the order of their beginnings; `presentation_id` None: of none."""

    presentation_id: str | None
    lanes: tuple[Lane, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def began_at_seconds(self) -> float:
        """When there was first anything of it."""
        moments = chain(
            (lane.began_at_seconds for lane in self.lanes), (one.at_seconds for one in self.refusals)
        )
        return min(moments, default=0.0)


_Thing = TypeVar("_Thing", Attempt, Operation, Turn, Refusal)


def groups_of(
    operations: Iterable[Operation],
    attempts: Iterable[Attempt],
    turns: Iterable[Turn],
    refusals: Iterable[Refusal],
) -> tuple[Group, ...]:
    """Return the lanes of every presentation, presentations too by their beginnings; what is of none last.

    Args:
        operations: in the order of their acceptance.
        attempts: in the order of their beginnings.
        turns: in the order in which they were awaited.
        refusals: calls that came to nothing.
    """
    wishes, tries = _by_presentation(operations), _by_presentation(attempts)
    waits, refused = _by_presentation(turns), _by_presentation(refusals)
    groups = [
        Group(name, _lanes(wishes[name], tries[name], waits[name]), tuple(refused[name]))
        for name in dict.fromkeys((*tries, *wishes, *waits, *refused))
    ]
    return tuple(sorted(groups, key=lambda group: (group.presentation_id is None, group.began_at_seconds)))


def _by_presentation(things: Iterable[_Thing]) -> defaultdict[str | None, list[_Thing]]:
    found = defaultdict[str | None, list[_Thing]](list)
    for thing in things:
        found[thing.presentation_id].append(thing)
    return found


def _lanes(
    operations: Sequence[Operation], attempts: Sequence[Attempt], turns: Sequence[Turn]
) -> tuple[Lane, ...]:
    homes = _homes(operations, attempts, turns)
    wishes = defaultdict[str, list[Operation]](list)
    for operation in operations:
        wishes[homes[operation.operation_id]].append(operation)
    names = dict.fromkeys((*(one.identity for one in attempts), *(one.identity for one in turns), *wishes))
    lanes = [
        Lane(
            name,
            tuple(wishes[name]),
            tuple(attempt for attempt in attempts if attempt.identity == name),
            tuple(turn for turn in turns if turn.identity == name),
        )
        for name in names
    ]
    return tuple(sorted(lanes, key=lambda lane: lane.began_at_seconds))


def _homes(
    operations: Sequence[Operation], attempts: Sequence[Attempt], turns: Sequence[Turn]
) -> Mapping[str, str]:
    """Return, by operation, the identity of the last batch that carried it.

    A batch that was never tried has told its name alone, which is that of its first operation; those that
    were accepted after it, up to the next such name, are taken for its others.
    """
    carried = {name: attempt.identity for attempt in attempts for name in attempt.operation_ids}
    order = [operation.operation_id for operation in operations]
    firsts = sorted({order.index(turn.identity) for turn in turns if turn.identity in order})
    homes: dict[str, str] = {}
    for place, name in enumerate(order):
        first = bisect_right(firsts, place) - 1
        homes[name] = carried.get(name) or (order[firsts[first]] if first >= 0 else name)
    return homes
