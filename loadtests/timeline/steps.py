"""Counts that change from moment to moment.  A thinking room."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """From here on a count is that much."""

    at_seconds: float
    count: int


def steps_of(changes: Iterable[tuple[float, int]]) -> tuple[Step, ...]:
    """Return a count that begins with 0, over time.

    Args:
        changes: moments, in seconds, and by how much the count changes then; in any order.
    """
    steps: list[Step] = []
    count = 0
    for at_seconds, change in sorted(changes):
        count += change
        if steps and steps[-1].at_seconds == at_seconds:
            steps.pop()
        steps.append(Step(at_seconds, count))
    return tuple(steps)
