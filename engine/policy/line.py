"""A line in which whoever came first is first, and whoever gives up may leave."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Line(Generic[Item]):
    """Items by ticket; of very many lines most have one item, for which a dict of its own would be much.

    Args:
        ticket: of the first.
        item: the first.
    """

    __slots__ = ("_first", "_others")

    def __init__(self, ticket: int, item: Item) -> None:
        self._first: tuple[int, Item] | None = (ticket, item)
        self._others: OrderedDict[int, Item] | None = None

    def __bool__(self) -> bool:
        return self._first is not None

    def __iter__(self) -> Iterator[Item]:
        if self._first is not None:
            yield self._first[1]
            yield from (self._others or {}).values()

    def add(self, ticket: int, item: Item) -> None:
        """Let one more stand in a line that is not empty."""
        if self._others is None:
            self._others = OrderedDict()
        self._others[ticket] = item

    @property
    def first(self) -> tuple[int, Item]:
        """The ticket and the item of the first; the line is not empty."""
        assert self._first is not None
        return self._first

    def pop_first(self) -> None:
        """Take the first away."""
        self._first = self._others.popitem(last=False) if self._others else None

    def remove(self, ticket: int) -> bool:
        """Take one away, and say whether it was there."""
        if self._first is not None and self._first[0] == ticket:
            self.pop_first()
            return True
        return self._others is not None and self._others.pop(ticket, None) is not None
