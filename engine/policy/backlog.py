"""How many writes go before one's own, when tenants take turns."""


class Backlog:
    """Writes that calls still have to make, by tenant."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self.count = 0

    def add(self, tenant: str, count: int) -> None:
        """Count writes that a tenant has to make; fewer than none takes some back."""
        left = self._counts.get(tenant, 0) + count
        self.count += count
        if left:
            self._counts[tenant] = left
        else:
            self._counts.pop(tenant, None)

    def ahead_of(self, tenant: str, count: int, at_most: int) -> int:
        """Return how many go before the last of `count` further writes of a tenant, at most.

        That is all the tenant has already, and of each of the others as many as it has by then: they take
        turns.  Of those who come after the tenant in a round it is one less, which nobody notes.  More than
        `at_most` is not counted any further, so that the answer takes no longer the more of them wait.
        """
        own_count = self._counts.get(tenant, 0)
        ahead_count = own_count + len(self._counts) - (own_count > 0)  # everybody else has one at least
        if ahead_count > at_most:
            return ahead_count
        turns_count = own_count + count
        others = (min(waiting, turns_count) for name, waiting in self._counts.items() if name != tenant)
        return own_count + sum(others)
