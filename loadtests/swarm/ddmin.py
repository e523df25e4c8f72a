"""The fewest of many things with which something still fails: delta debugging.  A thinking room.

A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

Item = TypeVar("Item")


def fewest(items: Sequence[Item], still_fails: Callable[[Sequence[Item]], bool]) -> list[Item]:
    """Return items of which none can be left out, in their order.

    Args:
        items: with all of them it fails.
        still_fails: says whether it fails with some of them; the same answer each time.
    """
    kept, parts = list(items), 2
    if kept and still_fails([]):
        return []
    while len(kept) >= 2:
        smaller = _smaller(kept, parts, still_fails)
        if smaller is not None:
            kept, parts = smaller, max(2, parts - 1)
        elif parts < len(kept):
            parts = min(len(kept), 2 * parts)
        else:
            break
    return kept


def _smaller(
    items: Sequence[Item], parts: int, still_fails: Callable[[Sequence[Item]], bool]
) -> list[Item] | None:
    """Return what is left when one of `parts` is left out and it still fails; None if each is needed."""
    bounds = [len(items) * part // parts for part in range(parts + 1)]
    for begin, end in pairwise(bounds):
        rest = [*items[:begin], *items[end:]]
        if len(rest) < len(items) and still_fails(rest):
            return rest
    return None
