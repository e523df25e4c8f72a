"""How far a scenario has come.  Pure: `now` is an argument, in seconds of the server's clock."""

from collections.abc import Sequence
from itertools import accumulate

from fakeslides.scenario.rules import Phase


class NoSuchPhaseError(LookupError):
    """There is no phase to go to; the text says which there are."""


class Progress:
    """Seconds since the first API call, which phases count from, and jumps by hand from phase to phase.

    Args:
        phases: of the scenario, in order; the last one lasts for ever.
    """

    def __init__(self, phases: Sequence[Phase]) -> None:
        lengths = [phase.for_seconds for phase in phases]
        self._starts = dict(
            zip((phase.name for phase in phases), accumulate(lengths, initial=0.0), strict=False)
        )
        self._began_at: float | None = None
        self._skipped_seconds = 0.0

    def begin(self, now: float) -> None:
        """Let time count from now, unless it does already."""
        if self._began_at is None:
            self._began_at = now

    def offset_seconds(self, now: float) -> float:
        """Return how far the scenario has come; it stands still until the first call."""
        passed = 0.0 if self._began_at is None else now - self._began_at
        return self._skipped_seconds + passed

    def phase(self, now: float) -> str | None:
        """Return the phase of now, None if there are none."""
        offset, current = self.offset_seconds(now), None
        for name, start in self._starts.items():
            if current is None or offset >= start:
                current = name
        return current

    def go_to(self, name: str, now: float) -> None:
        """Jump to the beginning of a phase, forward or back.

        Raises:
            NoSuchPhaseError: the scenario has no phase of that name.
        """
        if name not in self._starts:
            known = ", ".join(self._starts) or "none, as the scenario has no phases"
            raise NoSuchPhaseError(f"there is no phase {name!r}; known here: {known}")
        self._skipped_seconds += self._starts[name] - self.offset_seconds(now)

    def advance(self, now: float) -> str:
        """Jump to the beginning of the next phase; return its name.

        Raises:
            NoSuchPhaseError: this is the last one, or there are none.
        """
        names, current = list(self._starts), self.phase(now)
        later = names[names.index(current) + 1 :] if current is not None else []
        if not later:
            text = f"{current!r} is the last phase" if names else "the scenario has no phases"
            raise NoSuchPhaseError(f"{text}; name one to go to, or replace the scenario")
        self.go_to(later[0], now)
        return later[0]
