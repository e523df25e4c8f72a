"""Which of many calls is carried out next: some are under way, the others wait by turns of their tenants.

No presentation takes more than a tenth of the room, so that one whose calls get stuck leaves room for others.
A call of it that has its turn before there is room steps aside, and goes on as soon as another of the
presentation has ended: it is not put behind those who came later.
"""

from collections import Counter, OrderedDict
from typing import Generic, Protocol, TypeVar

from engine.policy.fair_queue import FairQueue

_FEWEST_PRESENTATIONS_COUNT = 10


class Waiting(Protocol):
    """What is asked of a call.

    Attributes:
        tenant: in whose name.
        presentation_id: where.
        ticket: of its own; whoever comes later has a higher one.
    """

    tenant: str
    presentation_id: str
    ticket: int


Item = TypeVar("Item", bound=Waiting)


class Waitlist(Generic[Item]):
    """The calls that wait, and how many are under way of each presentation.

    Args:
        room_count: most calls under way at once.
    """

    def __init__(self, room_count: int) -> None:
        self._room_count = room_count
        self._room_of_one_count = max(1, room_count // _FEWEST_PRESENTATIONS_COUNT)
        self._turns: FairQueue[Item] = FairQueue()
        self._aside: dict[str, OrderedDict[int, Item]] = {}
        self._aside_count = self.under_way_count = 0
        self._under_way: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._turns) + self._aside_count

    def add(self, item: Item) -> Item | None:
        """Let a call wait, and return one that goes on at once, if one may."""
        self._turns.add(item.tenant, item.ticket, item)
        return self._next()

    def ended(self, item: Item) -> Item | None:
        """Note that a call that was under way has ended, and return the one that goes on instead, if any."""
        self.under_way_count -= 1
        self._under_way[item.presentation_id] -= 1
        if not self._under_way[item.presentation_id]:
            del self._under_way[item.presentation_id]
        aside = self._aside.get(item.presentation_id)
        if not aside:
            return self._next()
        ticket = next(iter(aside))
        return self._begun(self._taken_from_aside(item.presentation_id, ticket))

    def remove(self, item: Item) -> None:
        """Take a call away that waits."""
        if item.ticket in self._aside.get(item.presentation_id, ()):
            self._taken_from_aside(item.presentation_id, item.ticket)
        else:
            self._turns.remove(item.tenant, item.ticket)

    def drained(self) -> list[Item]:
        """Take all away that wait, and return them."""
        all_that_wait = [*self._turns, *(item for aside in self._aside.values() for item in aside.values())]
        self._turns.clear()
        self._aside.clear()
        self._aside_count = 0
        return all_that_wait

    def _next(self) -> Item | None:
        while self._turns and self.under_way_count < self._room_count:
            _, _, item = self._turns.first()
            self._turns.serve_first()
            if self._under_way[item.presentation_id] < self._room_of_one_count:
                return self._begun(item)
            self._aside.setdefault(item.presentation_id, OrderedDict())[item.ticket] = item
            self._aside_count += 1
        return None

    def _begun(self, item: Item) -> Item:
        self.under_way_count += 1
        self._under_way[item.presentation_id] += 1
        return item

    def _taken_from_aside(self, presentation_id: str, ticket: int) -> Item:
        aside = self._aside[presentation_id]
        item = aside.pop(ticket)
        self._aside_count -= 1
        if not aside:
            del self._aside[presentation_id]
        return item
