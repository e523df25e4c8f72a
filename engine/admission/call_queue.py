"""A place in the queue for each call, or a refusal with an estimate of when there would be one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.admission.dispatcher import Dispatcher
from engine.clock import Clock
from engine.errors import TooBusy
from engine.events import CallTurnedAway, Event
from engine.policy.backlog import Backlog


class Place:
    """One call's place."""

    def __init__(self, queue: "CallQueue", presentation_id: str, tenant: str) -> None:
        self._queue = queue
        self._presentation_id = presentation_id
        self._tenant = tenant
        self._expected_count = 0

    def expect(self, writes_count: int, deadline_seconds: float) -> None:
        """Say how many writes the call has to make; said again, the last word counts.

        Raises:
            TooBusy: by the quota alone the last of them would be later than the deadline.
        """
        self._give_back(self._expected_count)
        eta_seconds = self._queue.eta_seconds(self._tenant, writes_count)
        if eta_seconds > deadline_seconds - self._queue.clock.now():
            text = f"the quota allows the last of {writes_count} writes only after the deadline"
            self._queue.turn_away(self._presentation_id, eta_seconds, text)
        self._queue.backlog.add(self._tenant, writes_count)
        self._expected_count = writes_count

    def one_ended(self) -> None:
        """Note that one write has been seen through, or given up."""
        self._give_back(min(1, self._expected_count))

    def _give_back(self, count: int) -> None:
        self._queue.backlog.add(self._tenant, -count)
        self._expected_count -= count

    def leave(self) -> None:
        """Give the place up, with all that was expected of it."""
        self._give_back(self._expected_count)


class CallQueue:
    """The calls that wait or are carried out, and the writes they have to make.

    Args:
        most_calls_count: beyond it a call is refused.
        dispatcher: knows what the quota allows.
        clock: for deadlines.
        announce: told of every refusal.
    """

    def __init__(
        self, most_calls_count: int, dispatcher: Dispatcher, clock: Clock, announce: Callable[[Event], None]
    ) -> None:
        self.clock = clock
        self.backlog = Backlog()
        self.calls_count = 0
        self._most_calls_count = most_calls_count
        self._dispatcher = dispatcher
        self._announce = announce

    @contextmanager
    def place(self, presentation_id: str, tenant: str) -> Iterator[Place]:
        """Hold a place while the block runs.

        Raises:
            TooBusy: so many hold one that there is none.
        """
        if self.calls_count >= self._most_calls_count:
            text = f"{self.calls_count} calls wait, and no more may"
            self.turn_away(presentation_id, self.eta_seconds(tenant, 1), text)
        self.calls_count += 1
        place = Place(self, presentation_id, tenant)
        try:
            yield place
        finally:
            place.leave()
            self.calls_count -= 1

    def eta_seconds(self, tenant: str, writes_count: int) -> float:
        """Return after how many seconds, at the earliest, the last of some further writes can be sent."""
        if writes_count == 0:
            return 0.0
        ahead_count = self.backlog.ahead_of(tenant, writes_count, at_most=self._most_calls_count)
        # What is in flight is counted by the pacer already.
        waiting_count = max(0, ahead_count - self._dispatcher.in_flight_count)
        return self._dispatcher.eta_seconds(waiting_count + writes_count)

    def turn_away(self, presentation_id: str, eta_seconds: float, why: str) -> None:
        """Refuse a call.

        Raises:
            TooBusy: always.
        """
        self._announce(CallTurnedAway(presentation_id, eta_seconds, self.clock.now()))
        raise TooBusy(why, eta_seconds)
