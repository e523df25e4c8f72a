"""How many writes go before one's own, when tenants take turns."""

from collections import Counter


class Backlog:
    """Writes that calls still have to make, by tenant."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._tenants_with: Counter[int] = Counter()  # of so many writes each, so many tenants
        self.count = 0

    def add(self, tenant: str, count: int) -> None:
        """Count writes that a tenant has to make; fewer than none takes some back."""
        before = self._counts.pop(tenant, 0)
        left = before + count
        self.count += count
        self._count_tenants(before, -1)
        self._count_tenants(left, 1)
        if left:
            self._counts[tenant] = left

    def ahead_of(self, tenant: str, count: int) -> int:
        """Return how many go before the last of `count` further writes of a tenant, at most.

        That is all the tenant has already, and of each of the others as many as it has by then: they take
        turns.  Of those who come after the tenant in a round it is one less, which nobody notes.  It takes
        no longer the more of them wait, only the more different counts they have.
        """
        turns_count = self._counts.get(tenant, 0) + count  # so that all of the tenant's own are counted
        return sum(min(each, turns_count) * tenants for each, tenants in self._tenants_with.items())

    def _count_tenants(self, writes_count: int, change: int) -> None:
        if not writes_count:
            return
        self._tenants_with[writes_count] += change
        if not self._tenants_with[writes_count]:
            del self._tenants_with[writes_count]
