"""Where in a scenario an offset lies.  Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from fakeslides.scenario.rules import Phase


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of offsets, in seconds from the first API call; the end is outside."""

    start_seconds: float
    end_seconds: float

    def passed_share(self, offset_seconds: float) -> float:
        """Return how much of it lies behind an offset: 0 before it, 1 after it."""
        length = self.end_seconds - self.start_seconds
        if length <= 0:
            return float(offset_seconds >= self.start_seconds)
        return min(1.0, max(0.0, (offset_seconds - self.start_seconds) / length))


class Timeline:
    """Phases by offset; the last one lasts for ever."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self._names = [phase.name for phase in phases]
        self._ends = list(accumulate(phase.for_seconds for phase in phases))

    def phase_at(self, offset_seconds: float) -> str | None:
        """Return the phase's name, None if the scenario has no phases."""
        if not self._names:
            return None
        return self._names[min(bisect_right(self._ends, offset_seconds), len(self._names) - 1)]

    def span_of(self, name: str) -> Span:
        """Return a phase's stretch as the scenario writes it, also of the last, whose end is none.

        Raises:
            ValueError: there is no such phase.
        """
        index = self._names.index(name)
        return Span(self._ends[index - 1] if index else 0.0, self._ends[index])
