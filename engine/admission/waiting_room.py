"""Where calls wait until there is room to carry them out.

A call under way has a job, an errand, a book of fates and a dozen frames; one that waits here is a place, a
future and three entries in lists.  So a crowd is as large as its callers make it, and what the engine adds to
each is small.
"""

import asyncio
import heapq
import math
from collections.abc import Iterator
from itertools import count
from typing import Protocol

from engine.admission.alarm import Alarm
from engine.clock import Clock
from engine.errors import DeadlinePassed, EngineClosed
from engine.policy.waitlist import Waiting, Waitlist

_FEW_COUNT = 64


class Guest(Waiting, Protocol):
    """A call as the room sees it.

    Attributes:
        deadline_seconds: until when it waits, on the clock.
        turn: done once it need not wait; None before it comes.
    """

    deadline_seconds: float
    turn: "asyncio.Future[None] | None"


class WaitingRoom:
    """Lets so many calls be under way at once, and the others wait.

    Args:
        room_count: most calls under way.
        clock: for deadlines.
    """

    def __init__(self, room_count: int, clock: Clock) -> None:
        self._waitlist: Waitlist[Guest] = Waitlist(room_count)
        self._clock = clock
        self._tickets = count(1)
        self._deadlines: list[tuple[float, int, Guest]] = []
        self._alarm = Alarm(clock, self._turn_out_the_late)
        self._is_closed = False

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waitlist)

    def come(self, guest: Guest) -> "asyncio.Future[None]":
        """Return what is done when a call may go on, which has to `leave` afterwards, whatever came of it.

        Awaiting it raises:
            DeadlinePassed: the deadline came first.
            EngineClosed: `close` was called first.
        """
        guest.turn = turn = asyncio.get_running_loop().create_future()
        if self._is_closed:
            turn.set_exception(EngineClosed())
            return turn
        guest.ticket = next(self._tickets)
        self._let_in(self._waitlist.add(guest))
        if not turn.done():
            heapq.heappush(self._deadlines, (guest.deadline_seconds, guest.ticket, guest))
            self._set_alarm()
        return turn

    def leave(self, guest: Guest) -> None:
        """Let a call go, which has been carried out, gives up, or never came; the next one takes its room."""
        turn = guest.turn
        if turn is None:
            return
        turn.cancel()  # if it is not done
        if turn.cancelled():
            self._waitlist.remove(guest)
        elif turn.exception() is None:
            self._let_in(self._waitlist.ended(guest))
        self._set_alarm()
        guest.turn = None  # an error in it holds frames, in one of which is the guest

    def close(self) -> None:
        """Let nobody in any more; whoever waits is told so."""
        self._is_closed = True
        for guest in self._waitlist.drained():
            _fail(guest, EngineClosed())
        self._set_alarm()

    def _let_in(self, guest: Guest | None) -> None:
        while guest is not None and guest.turn is not None:
            if not guest.turn.done():
                guest.turn.set_result(None)
                return
            guest = self._waitlist.ended(guest)  # it was cancelled, and has not come to leave yet

    def _turn_out_the_late(self) -> None:
        now = self._clock.now()
        for guest in self._late(now):
            self._waitlist.remove(guest)
            _fail(guest, DeadlinePassed("its turn"))
        self._set_alarm()

    def _late(self, now: float) -> Iterator[Guest]:
        while self._deadlines and self._deadlines[0][0] <= now:
            guest = heapq.heappop(self._deadlines)[2]
            if _waits(guest):
                yield guest

    def _set_alarm(self) -> None:
        if len(self._deadlines) > 2 * len(self) + _FEW_COUNT:
            self._deadlines = [entry for entry in self._deadlines if _waits(entry[2])]
            heapq.heapify(self._deadlines)
        while self._deadlines and not _waits(self._deadlines[0][2]):
            heapq.heappop(self._deadlines)
        self._alarm.set(self._deadlines[0][0] if self._deadlines else math.inf, self._clock.now())


def _waits(guest: Guest) -> bool:
    return guest.turn is not None and not guest.turn.done()


def _fail(guest: Guest, error: Exception) -> None:
    if guest.turn is not None and not guest.turn.done():
        guest.turn.set_exception(error)
