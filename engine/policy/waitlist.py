"""Which of many calls is carried out next, where there is room for some at once.

Whoever has the fewest under way goes next, and a tenant begins a call only while it has fewer under way than
could still begin: dynamic thresholds (A. Choudhury and E. Hahne, IEEE/ACM Transactions on Networking, 1998,
for buffers that queues share), with a factor of one.  So one tenant alone takes half of the room, two take a
third each, and so on: whoever comes next finds some left, however long the calls of the others take.
"""

import heapq
from collections import Counter
from typing import Generic, Protocol, TypeVar

from engine.policy.line import Line

_FEW_COUNT = 64


class Waiting(Protocol):
    """What is asked of a call.

    Attributes:
        tenant: in whose name.
        ticket: of its own; whoever comes later has a higher one.
    """

    tenant: str
    ticket: int


Item = TypeVar("Item", bound=Waiting)


class Waitlist(Generic[Item]):
    """The calls that wait, and how many are under way of each tenant.

    Args:
        room_count: most calls under way at once.
    """

    def __init__(self, room_count: int) -> None:
        self._room_count = room_count
        self._lines: dict[str, Line[Item]] = {}
        self._under_way: Counter[str] = Counter()
        self._ranks: list[tuple[int, int, str]] = []  # those under way, the first one's ticket, the tenant
        self._count = self.under_way_count = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return self._count

    def add(self, item: Item) -> Item | None:
        """Let a call wait, and return one that begins at once, if one may."""
        line = self._lines.get(item.tenant)
        if line is None:
            self._lines[item.tenant] = Line(item.ticket, item)
            self._rank(item.tenant)
        else:
            line.add(item.ticket, item)
        self._count += 1
        return self._begun()

    def ended(self, item: Item) -> Item | None:
        """Note that a call that was under way has ended, and return the one that begins now, if one may."""
        self.under_way_count -= 1
        self._under_way[item.tenant] -= 1
        if not self._under_way[item.tenant]:
            del self._under_way[item.tenant]
        if item.tenant in self._lines:
            self._rank(item.tenant)
        return self._begun()

    def remove(self, item: Item) -> None:
        """Take a call away that waits; one that does not is as well."""
        line = self._lines.get(item.tenant)
        if line is None or not line.remove(item.ticket):
            return
        self._count -= 1
        self._close_up(item.tenant)

    def drained(self) -> list[Item]:
        """Take all away that wait, and return them."""
        all_that_wait = [item for line in self._lines.values() for item in line]
        self._lines.clear()
        self._ranks.clear()
        self._count = 0
        return all_that_wait

    def _begun(self) -> Item | None:
        """Begin the next call, if there is room for it: no two can, when one has come or ended."""
        tenant = self._first_tenant()
        if tenant is None or self._under_way[tenant] >= self._room_count - self.under_way_count:
            return None
        line = self._lines[tenant]
        _, item = line.first
        line.pop_first()
        self._count -= 1
        self._under_way[tenant] += 1
        self.under_way_count += 1
        self._close_up(tenant)
        return item

    def _close_up(self, tenant: str) -> None:
        """Forget a tenant of whom nobody waits any more, or rank it by who is its first now."""
        if self._lines[tenant]:
            self._rank(tenant)
        else:
            del self._lines[tenant]

    def _rank(self, tenant: str) -> None:
        heapq.heappush(self._ranks, self._rank_of(tenant))
        if len(self._ranks) > 2 * len(self._lines) + _FEW_COUNT:
            self._ranks = [self._rank_of(name) for name in self._lines]
            heapq.heapify(self._ranks)

    def _rank_of(self, tenant: str) -> tuple[int, int, str]:
        return self._under_way.get(tenant, 0), self._lines[tenant].first[0], tenant

    def _first_tenant(self) -> str | None:
        """Return the first by rank; ranks that are no longer so are forgotten."""
        while self._ranks:
            tenant = self._ranks[0][2]
            if tenant in self._lines and self._ranks[0] == self._rank_of(tenant):
                return tenant
            heapq.heappop(self._ranks)
        return None
