"""How far a scenario has come.  Pure: `now` is an argument, in seconds of the server's clock."""

from collections.abc import Sequence

from fakeslides.scenario.rules import Phase
from fakeslides.scenario.timeline import Timeline


class NoSuchPhaseError(LookupError):
    """There is no phase to go to; the text says which there are."""


class Progress:
    """Seconds since the first API call, which phases count from, and jumps by hand from phase to phase.

    Args:
        phases: of the scenario, in order; the last one lasts for ever.
    """

    def __init__(self, phases: Sequence[Phase]) -> None:
        self._names = [phase.name for phase in phases]
        self._timeline = Timeline(phases)
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
        return self._timeline.phase_at(self.offset_seconds(now))

    def go_to(self, name: str, now: float) -> None:
        """Jump to the beginning of a phase, forward or back.

        Raises:
            NoSuchPhaseError: the scenario has no phase of that name.
        """
        if name not in self._names:
            known = ", ".join(self._names) or "none, as the scenario has no phases"
            raise NoSuchPhaseError(f"there is no phase {name!r}; known here: {known}")
        # Counted from now on, so that no rounding can leave it a hair's breadth before the phase.
        self._skipped_seconds = self._timeline.span_of(name).start_seconds
        if self._began_at is not None:
            self._began_at = now

    def advance(self, now: float) -> str:
        """Jump to the beginning of the next phase; return its name.

        Raises:
            NoSuchPhaseError: this is the last one, or there are none.
        """
        current = self.phase(now)
        later = self._names[self._names.index(current) + 1 :] if current is not None else []
        if not later:
            text = "the scenario has no phases" if current is None else f"{current!r} is the last phase"
            raise NoSuchPhaseError(f"{text}; name one to go to, or replace the scenario")
        self.go_to(later[0], now)
        return later[0]
