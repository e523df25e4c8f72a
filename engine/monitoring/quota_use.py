"""How much of a quota is used, told from the events: calls sent in the last minute, and those under way.

The pacer counts the same way: a call that has leave counts as sent, since it may leave at any moment.
"""

from collections import deque
from threading import Lock

from engine.events import AttemptAdmitted, AttemptOutcome, AttemptSettled
from engine.policy.pacing import CallKind
from engine.policy.sliding_log import WINDOW_SECONDS

WRITE = "presentations.batchUpdate"


class QuotaUse:
    """The calls of one engine, reads and writes apart; it may be asked from another thread."""

    def __init__(self) -> None:
        self._under_way = dict.fromkeys(CallKind, 0)
        self._sent_at: dict[CallKind, deque[float]] = {kind: deque() for kind in CallKind}
        self._lock = Lock()

    def admitted(self, event: AttemptAdmitted) -> None:
        """Note that a call may be sent."""
        with self._lock:
            self._under_way[kind_admitted(event)] += 1

    def settled(self, event: AttemptSettled) -> None:
        """Note that a call ended; one that was never sent used nothing."""
        kind = _kind(event.method)
        with self._lock:
            self._under_way[kind] -= 1
            if event.outcome is not AttemptOutcome.NOT_SENT:
                self._sent_at[kind].append(event.sent_at_seconds)
            self._forget(kind, event.sent_at_seconds + event.duration_seconds)

    def used_count(self, kind: CallKind, now: float) -> int:
        """Return how many calls of a kind the minute before `now` holds, in seconds of the engine's clock."""
        with self._lock:
            recent_count = sum(sent_at > now - WINDOW_SECONDS for sent_at in self._sent_at[kind])
            return recent_count + self._under_way[kind]

    def _forget(self, kind: CallKind, now: float) -> None:
        sent_at = self._sent_at[kind]
        while sent_at and sent_at[0] <= now - WINDOW_SECONDS:
            sent_at.popleft()


def kind_admitted(event: AttemptAdmitted) -> CallKind:
    """Return what an admission is for: a half-open trial is a cheap read, whatever was wished for."""
    return CallKind.READ if event.is_trial else _kind(event.method)


def _kind(method: str) -> CallKind:
    return CallKind.WRITE if method == WRITE else CallKind.READ
