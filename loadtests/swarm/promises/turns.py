"""Who may send: one writer per presentation, in order, no more in flight than allowed.  A thinking room."""

from collections import defaultdict

from engine.events import AttemptAdmitted, AttemptSettled, Event, TurnAwaited, TurnEnded, TurnTaken
from loadtests.measurements import WRITE
from loadtests.swarm.promises.promise import Promise, Terms


class OneWriterPerPresentation(Promise):
    """A presentation has one writer at a time."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._holders: dict[str, str] = {}

    def heard(self, event: Event) -> None:
        """Follow who holds what."""
        match event:
            case TurnTaken():
                holder = self._holders.get(event.presentation_id)
                text = f"{event.identity} took {event.presentation_id} from {holder}"
                self.require(holder is None, event.at_seconds, text)
                self._holders[event.presentation_id] = event.identity
            case TurnEnded():
                if self._holders.get(event.presentation_id) == event.identity:
                    del self._holders[event.presentation_id]

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Let go of everything."""
        del at_seconds, loses_power
        self._holders.clear()


class TurnsAreTakenInOrder(Promise):
    """Whoever waits longest for a presentation has it next."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._holders: dict[str, str] = {}
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        self._overtaken: dict[tuple[str, str], str] = {}

    def heard(self, event: Event) -> None:
        """Follow who waits where."""
        match event:
            case TurnAwaited():
                self._lines[event.presentation_id].append(event.identity)
            case TurnTaken():
                self._take(event)
            case TurnEnded():
                self._leave(event.presentation_id, event.identity)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Send everybody home."""
        del at_seconds, loses_power
        self._holders.clear()
        self._lines.clear()
        self._overtaken.clear()

    def _take(self, event: TurnTaken) -> None:
        """Note who was overtaken, which is no wrong if they give up in that very moment."""
        place = (event.presentation_id, event.identity)
        text = f"{self._overtaken.get(place)} had its turn on {event.presentation_id} before {event.identity}"
        self.require(place not in self._overtaken, event.at_seconds, text)
        self._holders[event.presentation_id] = event.identity
        line = self._lines[event.presentation_id]
        has_queued = event.identity in line
        self.require(has_queued, event.at_seconds, f"{event.identity} had a turn that it never waited for")
        if has_queued:
            for earlier in line[: line.index(event.identity)]:
                self._overtaken[event.presentation_id, earlier] = event.identity
            line.remove(event.identity)

    def _leave(self, presentation_id: str, identity: str) -> None:
        """Forget who held the presentation, or else who gave up waiting: two may go by one name."""
        if self._holders.get(presentation_id) == identity:
            del self._holders[presentation_id]
            return
        self._overtaken.pop((presentation_id, identity), None)
        if identity in self._lines[presentation_id]:
            self._lines[presentation_id].remove(identity)


class WritersHaveTheirTurn(Promise):
    """Nobody writes to a presentation that nobody holds."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._held: set[str] = set()

    def heard(self, event: Event) -> None:
        """Follow who holds what, and look at every write."""
        match event:
            case TurnTaken():
                self._held.add(event.presentation_id)
            case TurnEnded():
                self._held.discard(event.presentation_id)
            case AttemptAdmitted(method=method) if method == WRITE:
                is_held = event.presentation_id in self._held
                text = f"{event.identity} writes to {event.presentation_id} without a turn"
                self.require(is_held, event.at_seconds, text)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Let go of everything."""
        del at_seconds, loses_power
        self._held.clear()


class PermitsAreCounted(Promise):
    """No more attempts are in flight than the limit says, and the count is of those that are."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._in_flight_count = 0
        self._admitted_at = 0.0

    def heard(self, event: Event) -> None:
        """Count attempts in and out."""
        match event:
            case AttemptAdmitted():
                self._in_flight_count += 1
                told = f"{event.in_flight} in flight, limit {event.limit}"
                self.require(event.in_flight <= event.limit, event.at_seconds, told)
                ceiling = self.terms.settings.in_flight_ceiling
                self.require(event.in_flight <= ceiling, event.at_seconds, f"{told}, ceiling {ceiling}")
                # One that has ended may still hold its permit for a moment, and of several that are let in
                # at one moment the last may speak first.
                is_true = event.in_flight >= self._in_flight_count or event.at_seconds == self._admitted_at
                self.require(is_true, event.at_seconds, f"{told}, counted {self._in_flight_count}")
                self._admitted_at = event.at_seconds
            case AttemptSettled():
                self._in_flight_count -= 1

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Count from nothing."""
        del at_seconds, loses_power
        self._in_flight_count = 0
