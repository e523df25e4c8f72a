"""Pacing for processes that share one quota: every look and every note goes through one locked file.

A place is taken before its call is sent, so its process may die in between.  Such a place counts as sent when
the attempt must have ended at the latest, and leaves the window after that like any other.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import TypeVar

from engine.clock import Clock
from engine.errors import QuotaFileError, QuotaScope
from engine.policy.pacing import (
    CallKind,
    Reservation,
    allowed_in_all_count,
    concerned,
    eta_in_all_seconds,
    logs_for,
    ready_in_all_at,
)
from engine.policy.sliding_log import SPAN_SECONDS, SlidingLog
from engine.quota.calls import Calls
from engine.quota.file import FileBusy, QuotaShare
from engine.settings import EngineSettings

# Another process rings no bell when it gives a place back.
LOOK_AGAIN_AFTER_SECONDS = (0.2, 0.4)
_BUSY_FOR_SECONDS = (0.01, 0.05)

_Answer = TypeVar("_Answer")
_Note = Callable[[Calls], None]


class SharedPacing:
    """The quotas of a user and a project, as all processes with the same file use them: see `Pacer`.

    The times it is given are not used but in notes of what was sent: a decision is of the moment at which
    the file is held.  While the file is busy nothing is admitted, and notes wait for the next look.

    Args:
        settings: the quotas, and `http_connection_timeout`, within which an attempt is sent if ever.
        share: whose quota, and the file, which is open.
        clock: the machine's monotonic time, the same for all who share the file.
        jitter: spreads those who look again.

    Raises:
        QuotaFileError: by whatever admits or asks, if the file cannot be used any more.
    """

    def __init__(self, settings: EngineSettings, share: QuotaShare, clock: Clock, jitter: Random) -> None:
        self._settings, self._clock, self._jitter = settings, clock, jitter
        self._file, self._subject = share.file, share.subject
        self._owners = {QuotaScope.USER: share.subject.user, QuotaScope.PROJECT: share.subject.project}
        self._notes: list[_Note] = []
        self._allowed_counts = {
            kind: allowed_in_all_count(logs_for(settings, kind).values(), 0.0) for kind in CallKind
        }

    def take(self, now: float, kind: CallKind) -> Reservation | float:
        """Take a place for a call that is sent right away, or return when to ask again."""
        busy: Reservation | float = now + self._a_moment()
        return self._looked(lambda calls: self._take(calls, kind), busy)

    def ready_at(self, now: float, kind: CallKind) -> float:
        """Return when the next call may be sent, as things stand: `now` if at once."""
        return self._looked(
            lambda calls: now + (ready_in_all_at(self._logs(calls, kind).values(), calls.now) - calls.now),
            busy=now + self._a_moment(),
        )

    def allowed_count(self, now: float, kind: CallKind) -> int:
        """Return how many calls of all processes a window may hold, as of the last look."""
        del now
        return self._allowed_counts[kind]

    def sent(self, reservation: Reservation, now: float) -> None:
        """Note that the call left the machine at `now`; said twice, it was sent twice."""
        number, kind = reservation.number, reservation.kind
        self._note(lambda calls: calls.sent(number, kind, self._subject, now))

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
        number, kind = reservation.number, reservation.kind

        def learn(calls: Calls) -> None:
            for learner, log in concerned(self._logs(calls, kind), scope).items():
                log.throttled(number, now, retry_after_seconds)
                calls.learn(self._owners[learner], kind, log.learned)

        self._note(learn)

    def eta_seconds(self, count: int, now: float, kind: CallKind) -> float:
        """Return after how many seconds, at the earliest, the last of `count` further calls can be sent."""
        del now
        return self._looked(
            lambda calls: eta_in_all_seconds(self._logs(calls, kind).values(), count, calls.now), busy=0.0
        )

    def _take(self, calls: Calls, kind: CallKind) -> Reservation | float:
        calls.forget_until(calls.now - SPAN_SECONDS)
        logs = self._logs(calls, kind)
        self._allowed_counts[kind] = allowed_in_all_count(logs.values(), calls.now)
        ready_at = ready_in_all_at(logs.values(), calls.now)
        if ready_at <= calls.now:
            leaves_until = calls.now + self._settings.http_connection_timeout
            return Reservation(kind, calls.reserve(kind, self._subject, leaves_until))
        if calls.has_unsent(self._subject, kind):
            return min(ready_at, calls.now + self._jitter.uniform(*LOOK_AGAIN_AFTER_SECONDS))
        return ready_at

    def _logs(self, calls: Calls, kind: CallKind) -> Mapping[QuotaScope, SlidingLog]:
        logs = logs_for(self._settings, kind)
        for scope, log in logs.items():
            owner = self._owners[scope]
            log.restore(calls.taken_at(scope, owner, kind), calls.learned(owner, kind), calls.latest_number())
        return logs

    def _note(self, note: _Note) -> None:
        """Take a note down; if the file cannot be had now, with the next look.

        Until then the place counts as not sent yet, which is never less than what is true.
        """
        self._notes.append(note)
        with suppress(QuotaFileError):
            self._looked(lambda _calls: None, busy=None)

    def _looked(self, look: Callable[[Calls], _Answer], busy: _Answer) -> _Answer:
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
