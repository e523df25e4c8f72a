"""A place in the queue for each call, or a refusal with an estimate of when there would be one."""

from asyncio import Future
from collections.abc import Callable
from types import TracebackType
from typing import Self

from engine.admission.dispatcher import Dispatcher
from engine.admission.waiting_room import WaitingRoom
from engine.clock import Clock
from engine.errors import TooBusy
from engine.events import CallTurnedAway, Event
from engine.policy.backlog import Backlog


class Place:
    """One call's place, held while the block runs; of slots, since very many may wait.

    Attributes:
        presentation_id: where.
        tenant: in whose name.
        deadline_seconds: when the call must be over, on the clock.
        ticket: of the waiting room.
        turn: done when the call may be carried out; None before it asked.

    Raises:
        TooBusy: on entering: so many hold one that there is none.
    """

    __slots__ = (
        "_expected_count",
        "_queue",
        "deadline_seconds",
        "presentation_id",
        "tenant",
        "ticket",
        "turn",
    )

    def __init__(
        self, queue: "CallQueue", presentation_id: str, tenant: str, deadline_seconds: float
    ) -> None:
        self._queue = queue
        self.presentation_id = presentation_id
        self.tenant = tenant
        self.deadline_seconds = deadline_seconds
        self.ticket = 0
        self.turn: Future[None] | None = None
        self._expected_count = 0

    def __enter__(self) -> Self:
        self._queue.count_in(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back(self._expected_count)
        self._queue.count_out(self)

    def begin(self) -> Future[None]:
        """Return what to await before the call is carried out.

        This is no coroutine, whose frame would be kept for each that waits.  Awaiting it raises:
            DeadlinePassed: the deadline came first.
            EngineClosed: the queue was closed.
        """
        return self._queue.room.come(self)

    def expect(self, writes_count: int) -> None:
        """Say how many writes the call has to make; said again, the last word counts.

        Raises:
            TooBusy: by the quota alone the last of them would be later than the deadline.
        """
        self._give_back(self._expected_count)
        eta_seconds = self._queue.eta_seconds(self.tenant, writes_count)
        if eta_seconds > self.deadline_seconds - self._queue.clock.now():
            text = f"the quota allows the last of {writes_count} writes only after the deadline"
            self._queue.turn_away(self.presentation_id, eta_seconds, text)
        self._queue.backlog.add(self.tenant, writes_count)
        self._expected_count = writes_count

    def one_ended(self) -> None:
        """Note that one write has been seen through, or given up."""
        self._give_back(min(1, self._expected_count))

    def _give_back(self, count: int) -> None:
        self._queue.backlog.add(self.tenant, -count)
        self._expected_count -= count


class CallQueue:
    """The calls that wait or are carried out, and the writes they have to make.

    Args:
        most_calls_count: beyond it a call is refused.
        dispatcher: knows what the quota allows.
        clock: for deadlines.
        announce: told of every refusal.
        room: where calls wait until there is room to carry them out.
    """

    def __init__(
        self,
        most_calls_count: int,
        dispatcher: Dispatcher,
        clock: Clock,
        announce: Callable[[Event], None],
        room: WaitingRoom,
    ) -> None:
        self.clock = clock
        self.room = room
        self.backlog = Backlog()
        self.calls_count = 0
        self._most_calls_count = most_calls_count
        self._dispatcher = dispatcher
        self._announce = announce

    def count_in(self, place: Place) -> None:
        """Count one more call.

        Raises:
            TooBusy: so many hold a place that there is none.
        """
        if self.calls_count >= self._most_calls_count:
            text = f"{self.calls_count} calls wait, and no more may"
            self.turn_away(place.presentation_id, self.eta_seconds(place.tenant, 1), text)
        self.calls_count += 1

    def count_out(self, place: Place) -> None:
        """Count one less, which leaves its room to another."""
        self.calls_count -= 1
        self.room.leave(place)

    def eta_seconds(self, tenant: str, writes_count: int) -> float:
        """Return after how many seconds, at the earliest, the last of some further writes can be sent."""
        if writes_count == 0:
            return 0.0
        ahead_count = self.backlog.ahead_of(tenant, writes_count)
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
