"""What must be true when the storm is over, and when all is over.  A thinking room."""

from engine.events import DrainBegan, Event
from loadtests.swarm.promises.edits import GRACE_SECONDS
from loadtests.swarm.promises.promise import Aftermath, Promise, Terms

# The engine lets calls under way end for ten seconds, and waits one more for sockets.
LONGEST_CLOSING_SECONDS = 12.0
# A drained engine has nothing under way any more, and waits only for sockets.
LONGEST_AFTER_DRAINING_SECONDS = 2.0


class TheStormIsSurvived(Promise):
    """Once the weather is calm everything settles, and a call on a deck that saw the storm is carried out."""

    def ended(self, aftermath: Aftermath) -> None:
        """Look at the calls that went on, and at those made afterwards."""
        at = aftermath.at_seconds
        for call in aftermath.ending.unfinished:
            self.require(False, at, f"{call} had not ended long after the storm")  # noqa: FBT003 - it is broken
        for encore in aftermath.ending.encores:
            text = f"after the storm, {encore.presentation_id} was not edited: {encore.told}"
            self.require(encore.was_applied, at, text)


class CallsEndInTime(Promise):
    """A call is over by its deadline, also one of which no operation ever came to be."""

    def ended(self, aftermath: Aftermath) -> None:
        """Look at how long each took."""
        for call, late in aftermath.ending.overtimes_seconds.items():
            text = f"{call} ended {late:.3f} s after its deadline"
            self.require(late <= GRACE_SECONDS, aftermath.at_seconds, text)


class NothingSurprises(Promise):
    """Calls end with a report, an error of the engine's, or a cancellation."""

    def ended(self, aftermath: Aftermath) -> None:
        """Look at what else was raised."""
        text = "; ".join(aftermath.surprises[:3])
        self.require(not aftermath.surprises, aftermath.at_seconds, text)


class NothingIsLeft(Promise):
    """A closed engine holds no lock, no permit, no task and no connection."""

    def ended(self, aftermath: Aftermath) -> None:
        """Look at what it still held."""
        text = "; ".join(aftermath.ending.leftovers[:5])
        self.require(not aftermath.ending.leftovers, aftermath.at_seconds, text)


class ClosesInTime(Promise):
    """Closing or draining the engine lets calls under way end, but not for ever."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._longest_seconds = LONGEST_CLOSING_SECONDS

    def heard(self, event: Event) -> None:
        """Note how long draining may take."""
        if isinstance(event, DrainBegan):
            self._longest_seconds = event.timeout_seconds + LONGEST_AFTER_DRAINING_SECONDS

    def ended(self, aftermath: Aftermath) -> None:
        """Look at how long it took."""
        seconds = aftermath.ending.closing_seconds
        in_time = seconds <= self._longest_seconds
        self.require(in_time, aftermath.at_seconds, f"closing took {seconds:.3f} s")
