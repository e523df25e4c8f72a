"""Whose turn it is when several tenants wait: shares are equal, and within one the first to come is first.

A fair queue in virtual time (self-clocked, after Golestani): a tenant's next item is due at
`F = max(V, its last F) + 1`, V being the largest F that was served, and the smallest F is served.  So a
tenant who brings a thousand items waits for itself, one who was away has saved nothing up, and one who comes
for the first time is served within one round: at V + 1, since V is never below the last F of anybody.  Who
has waited on goes on from its own last F, but from V at least: where V ran ahead in a queue that was not held
up, that is nobody's turn lost here.
What goes on with a turn that began in another queue of the same time is due at V: it costs nothing more.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.policy.line import Line

Item = TypeVar("Item")

_FEW_COUNT = 64


@dataclass(slots=True)
class VirtualTime:
    """V: how far turns have come; queues that share what is scarce share it."""

    now: float = 0.0


class _Tenant(Generic[Item]):
    """A tenant who waits."""

    __slots__ = ("due_at", "line")

    def __init__(self, due_at: float, line: Line[Item]) -> None:
        self.due_at, self.line = due_at, line


class FairQueue(Generic[Item]):
    """Items that wait, each with a ticket of its own; later ones have higher tickets.

    Adding, serving and removing take time that grows with the logarithm of the number of tenants.  Nothing
    is kept of a tenant who has nothing that waits.

    Args:
        time: shared with other queues for what is scarce; its own by default.
    """

    def __init__(self, time: VirtualTime | None = None) -> None:
        self._time = time or VirtualTime()
        self._tenants: dict[str, _Tenant[Item]] = {}
        self._due: list[tuple[float, int, str, _Tenant[Item]]] = []
        self._count = self._dues_count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        """Yield all that wait, in no particular order."""
        for tenant in self._tenants.values():
            yield from tenant.line

    def add(self, name: str, ticket: int, item: Item, *, is_begun: bool = False) -> None:
        """Let an item of the tenant `name` wait; `is_begun` if it is the rest of a turn, and due at V.

        It has no such privilege behind others of its tenant, who wait for a turn of their own.
        """
        tenant = self._tenants.get(name)
        if tenant is None:
            due_at = self._time.now + (0.0 if is_begun else 1.0)
            tenant = self._tenants[name] = _Tenant(due_at, Line(ticket, item))
            self._be_due(name, tenant)
        else:
            tenant.line.add(ticket, item)
        self._count += 1

    def first(self) -> tuple[str, int, Item]:
        """Return the tenant, the ticket and the item whose turn it is; somebody must wait."""
        name, tenant = self._first_tenant()
        return name, *tenant.line.first

    @property
    def due_at(self) -> float:
        """When the first is due in virtual time; somebody must wait."""
        return self._first_tenant()[1].due_at

    def serve_first(self) -> None:
        """Take the item away whose turn it is, which its tenant has had now."""
        name, tenant = self._first_tenant()
        heapq.heappop(self._due)
        self._time.now = max(self._time.now, tenant.due_at)
        tenant.line.pop_first()
        self._count -= 1
        if tenant.line:
            tenant.due_at = max(tenant.due_at + 1.0, self._time.now)
            self._be_due(name, tenant)
        else:
            del self._tenants[name]

    def remove(self, name: str, ticket: int) -> None:
        """Take an item away that has not had its turn, which costs its tenant nothing; none is as well."""
        tenant = self._tenants.get(name)
        if tenant is None or not tenant.line.remove(ticket):
            return
        self._count -= 1
        if not tenant.line:
            del self._tenants[name]
            self._forget_the_gone()

    def clear(self) -> None:
        """Take everything away."""
        self._tenants.clear()
        self._due.clear()
        self._count = 0

    def _be_due(self, name: str, tenant: _Tenant[Item]) -> None:
        """Let a tenant be due, after all who are so at the same time already."""
        self._dues_count += 1
        heapq.heappush(self._due, (tenant.due_at, self._dues_count, name, tenant))

    def _first_tenant(self) -> tuple[str, _Tenant[Item]]:
        while True:
            _, _, name, tenant = self._due[0]
            if self._tenants.get(name) is tenant:
                return name, tenant
            heapq.heappop(self._due)

    def _forget_the_gone(self) -> None:
        """Keep the heap no more than about twice as large as what waits."""
        if len(self._due) > 2 * len(self._tenants) + _FEW_COUNT:
            self._due = [entry for entry in self._due if self._tenants.get(entry[2]) is entry[3]]
            heapq.heapify(self._due)
