"""Pacing for processes that share one quota: every look and every note goes through one locked file."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from random import Random
from typing import Protocol, TypeVar

from engine.clock import Clock
from engine.errors import QuotaFileError, QuotaScope
from engine.policy.pacing import CallKind, Reservation
from engine.quota.rules import CallLog, SharedRules
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings

_BUSY_FOR_SECONDS = (0.01, 0.05)

_Answer = TypeVar("_Answer")
_Note = Callable[[CallLog], None]


class FileBusy(Exception):
    """Another process holds the lock, as a rule for less than a millisecond: look again a little later."""


class Lockable(Protocol):
    """Where all processes note their calls."""

    def locked(self, clock: Clock) -> AbstractContextManager[CallLog]:
        """Hold it while a block runs.

        Raises:
            FileBusy: the lock was not to be had.
            QuotaFileError: it cannot be used any more.
        """


class SharedPacing:
    """The quotas of a user and a project, as all processes with the same file use them: see `Pacer`.

    The times it is given are not used but in notes of what was sent: a decision is of the moment at which
    the file is held.  While the file is busy nothing is admitted, and notes wait for the next look.

    Args:
        settings: the quotas, and `http_connection_timeout`, within which an attempt is sent if ever.
        file: an open one.
        subject: whose quota.
        clock: the machine's monotonic time, the same for all who share the file.
        jitter: spreads those who look again.

    Raises:
        QuotaFileError: by whatever admits or asks, if the file cannot be used any more.
    """

    def __init__(
        self, settings: EngineSettings, file: Lockable, subject: QuotaSubject, clock: Clock, jitter: Random
    ) -> None:
        self._file, self._clock, self._jitter = file, clock, jitter
        self._rules = SharedRules(settings, subject, settings.http_connection_timeout, jitter)
        self._notes: list[_Note] = []

    def take(self, now: float, kind: CallKind) -> Reservation | float:
        """Take a place for a call that is sent right away, or return when to ask again."""
        busy: Reservation | float = now + self._a_moment()
        return self._looked(lambda calls: self._rules.take(calls, kind), busy)

    def allowed_count(self, now: float, kind: CallKind) -> int:
        """Return how many calls of all processes a window may hold, as of the last look."""
        del now
        return self._rules.allowed_count(kind)

    def sent(self, reservation: Reservation, now: float) -> None:
        """Note that the call left the machine at `now`; said twice, it was sent twice."""
        number, kind = reservation.number, reservation.kind
        self._note(lambda calls: calls.sent(number, kind, self._rules.subject, now))

    def refund(self, reservation: Reservation) -> None:
        """Give a place back: nothing was sent."""
        self._note(lambda calls: calls.refund(reservation.number))

    def throttled(
        self,
        reservation: Reservation,
        now: float,
        retry_after_seconds: float | None = None,
        scope: QuotaScope | None = None,
    ) -> None:
        """Learn from a 429, and let all learn who share the quota."""
        self._note(lambda calls: self._rules.learn(calls, reservation, now, retry_after_seconds, scope))

    def eta_seconds(self, count: int, now: float, kind: CallKind) -> float:
        """Return after how many seconds, at the earliest, the last of `count` further calls can be sent."""
        del now
        return self._looked(lambda calls: self._rules.eta_seconds(calls, count, kind), busy=0.0)

    def held_up_by(self) -> str:
        """Return what a call waits for that waits for the quota, in words."""
        return "quota"

    def _note(self, note: _Note) -> None:
        """Take a note down; if the file cannot be had now, with the next look.

        Until then the place counts as not sent yet, which is never less than what is true.
        """
        self._notes.append(note)
        with suppress(QuotaFileError):
            self._looked(lambda _calls: None, busy=None)

    def _looked(self, look: Callable[[CallLog], _Answer], busy: _Answer) -> _Answer:
        """Return what `look` makes of the file with all notes in it, or `busy`."""
        try:
            with self._file.locked(self._clock) as calls:
                for note in self._notes:
                    note(calls)
                answer = look(calls)
        except FileBusy:
            return busy
        self._notes.clear()
        return answer

    def _a_moment(self) -> float:
        return self._jitter.uniform(*_BUSY_FOR_SECONDS)
