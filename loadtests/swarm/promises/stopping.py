"""What an engine does once it is to stop, or a caller has gone.  A thinking room."""

from engine.events import (
    AttemptAdmitted,
    AttemptOutcome,
    AttemptSettled,
    DrainBegan,
    Event,
    TurnEnded,
    TurnTaken,
)
from loadtests.measurements import WRITE
from loadtests.swarm.promises.promise import Promise, Terms

_GRAIN_SECONDS = 1e-6


class NothingNewOnceDraining(Promise):
    """From the moment the engine is drained on, only writes in doubt are tried or looked after."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._doubted: set[str] = set()
        self._being_written: set[str] = set()
        self._left_by_the_dead: set[str] = set()
        self._is_draining = False

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Begin anew; what the dead were about to send is in doubt, because their journal knows no more."""
        del at_seconds, loses_power
        self._is_draining = False
        self._left_by_the_dead |= self._being_written
        self._being_written.clear()

    def heard(self, event: Event) -> None:
        """Hold each admission against the writes whose answers were lost."""
        match event:
            case DrainBegan():
                self._is_draining = True
            case TurnTaken():
                self._being_written.add(event.presentation_id)
            case TurnEnded():
                self._being_written.discard(event.presentation_id)
            case AttemptSettled(method=method, outcome=AttemptOutcome.UNKNOWN) if method == WRITE:
                self._doubted.add(event.identity)
            case AttemptSettled(method=method, outcome=AttemptOutcome.ANSWERED) if method == WRITE:
                self._left_by_the_dead.discard(
                    event.presentation_id
                )  # a refusal is not about an earlier copy
            case AttemptAdmitted() if self._is_draining:
                is_in_doubt = (
                    event.identity in self._doubted or event.presentation_id in self._left_by_the_dead
                )
                text = f"{event.identity} was let in for {event.method} though the engine was being drained"
                self.require(is_in_doubt, event.at_seconds, text)


class CancelledWritesAreSeenThrough(Promise):
    """A write whose caller was cancelled is given up no sooner than the grace allows it to be answered."""

    def heard(self, event: Event) -> None:
        """Look at how long a write that was cut short by its caller had been under way."""
        match event:
            case AttemptSettled(
                method=method, outcome=AttemptOutcome.UNKNOWN, error_class="CancelledError"
            ) if method == WRITE:
                seconds, least = event.duration_seconds, self.terms.settings.cancellation_grace
                text = f"{event.identity} was given up {seconds:.3f} s after it was sent; {least:g} s are due"
                self.require(
                    seconds >= least - _GRAIN_SECONDS, event.sent_at_seconds + event.duration_seconds, text
                )
