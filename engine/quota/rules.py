"""What processes that share one quota may do, given the calls of all of them: no file, no server, no clock.

A place is taken before its call is sent, so its process may die in between.  Such a place counts as sent when
the attempt must have begun at the latest, and leaves the window after that like any other.
"""

from collections.abc import Mapping
from random import Random
from typing import Protocol

from engine.errors import QuotaScope
from engine.policy.pacing import (
    CallKind,
    Reservation,
    allowed_in_all_count,
    concerned,
    eta_in_all_seconds,
    logs_for,
    ready_in_all_at,
)
from engine.policy.sliding_log import SPAN_SECONDS, Learned, SlidingLog
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings

# Another process rings no bell when it gives a place back.
LOOK_AGAIN_AFTER_SECONDS = (0.2, 0.4)


class CallLog(Protocol):
    """The calls of all processes, and what they learned of the quota, while nobody else changes them."""

    @property
    def now(self) -> float:
        """When that is, in seconds of the clock that all go by."""

    def reserve(self, kind: CallKind, subject: QuotaSubject, leaves_until: float) -> int:
        """Note a call that will leave until some time, if ever, and return its number."""

    def sent(self, number: int, kind: CallKind, subject: QuotaSubject, at: float) -> None:
        """Note when a call left; one that was sent before, or was given up for lost, is noted as another."""

    def refund(self, number: int) -> None:
        """Forget a call that was never sent."""

    def forget_until(self, at: float) -> None:
        """Forget calls that count no more."""

    def taken_at(self, column: QuotaScope, owner: str, kind: CallKind) -> list[float]:
        """Return when the calls of a user or a project were sent, or will be at the latest."""

    def has_unsent(self, subject: QuotaSubject, kind: CallKind) -> bool:
        """Say whether a call of the project, whoever's, may still leave, or be given back."""

    def latest_number(self) -> int:
        """Return the number of the latest reservation of all."""

    def learned(self, owner: str, kind: CallKind) -> Learned:
        """Return what 429s taught about an owner's quota."""

    def learn(self, owner: str, kind: CallKind, learned: Learned) -> None:
        """Note what a 429 taught."""


class SharedRules:
    """The quotas of a user and a project, that all processes keep together.

    Args:
        settings: the quotas.
        subject: whose they are.
        lease_seconds: within which a call is sent, if ever, after its place was taken.
        jitter: spreads those who look again.
    """

    def __init__(
        self, settings: EngineSettings, subject: QuotaSubject, lease_seconds: float, jitter: Random
    ) -> None:
        self._settings, self.subject = settings, subject
        self.lease_seconds, self._jitter = lease_seconds, jitter
        self._owners = {QuotaScope.USER: subject.user, QuotaScope.PROJECT: subject.project}
        self._allowed_counts = {
            kind: allowed_in_all_count(logs_for(settings, kind).values(), 0.0) for kind in CallKind
        }

    def allowed_count(self, kind: CallKind) -> int:
        """Return how many calls of all processes a window may hold, as of the last one who asked."""
        return self._allowed_counts[kind]

    def take(self, calls: CallLog, kind: CallKind) -> Reservation | float:
        """Take a place for a call that is sent right away, or return when to ask again, by `calls.now`."""
        calls.forget_until(calls.now - SPAN_SECONDS)
        logs = self._logs(calls, kind)
        self._allowed_counts[kind] = allowed_in_all_count(logs.values(), calls.now)
        ready_at = ready_in_all_at(logs.values(), calls.now)
        if ready_at <= calls.now:
            return Reservation(kind, calls.reserve(kind, self.subject, calls.now + self.lease_seconds))
        if calls.has_unsent(self.subject, kind):
            return min(ready_at, calls.now + self._jitter.uniform(*LOOK_AGAIN_AFTER_SECONDS))
        return ready_at

    def eta_seconds(self, calls: CallLog, count: int, kind: CallKind) -> float:
        """Return after how many seconds, at the earliest, the last of `count` further calls can be sent."""
        return eta_in_all_seconds(self._logs(calls, kind).values(), count, calls.now)

    def learn(
        self,
        calls: CallLog,
        reservation: Reservation,
        at: float,
        retry_after_seconds: float | None,
        scope: QuotaScope | None,
    ) -> None:
        """Learn from a 429 that came at some time, and let all learn who share the quota."""
        kind = reservation.kind
        for learner, log in concerned(self._logs(calls, kind), scope).items():
            log.throttled(reservation.number, at, retry_after_seconds)
            calls.learn(self._owners[learner], kind, log.learned)

    def _logs(self, calls: CallLog, kind: CallKind) -> Mapping[QuotaScope, SlidingLog]:
        logs = logs_for(self._settings, kind)
        for scope, log in logs.items():
            owner = self._owners[scope]
            log.restore(calls.taken_at(scope, owner, kind), calls.learned(owner, kind), calls.latest_number())
        return logs
