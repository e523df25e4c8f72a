"""Whether a call fits all the quotas it counts against: the user's and the project's, reads and writes apart.

Google counts a call in both at once (https://developers.google.com/workspace/slides/api/limits), so a call is
admitted when both have room at that instant, and then takes a place in both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from engine.errors import QuotaScope
from engine.policy.sliding_log import SlidingLog
from engine.settings import EngineSettings


class CallKind(StrEnum):
    """Google counts reads and writes apart."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place in the quotas; settle it with `sent` or `refund`; after `sent` it may also be `throttled`."""

    kind: CallKind
    number: int


class Pacer(Protocol):
    """Who says when calls fit the quota; all times are monotonic seconds."""

    def take(self, now: float, kind: CallKind) -> Reservation | float:
        """Take a place for a call that is sent right away, or return when to ask again."""

    def allowed_count(self, now: float, kind: CallKind) -> int:
        """Return how many calls a window may hold at present, given what was learned from 429s."""

    def sent(self, reservation: Reservation, now: float) -> None:
        """Note that the call left the machine at `now`; said twice, it was sent twice."""

    def refund(self, reservation: Reservation) -> None:
        """Give a place back: nothing was sent."""

    def throttled(
        self,
        reservation: Reservation,
        now: float,
        retry_after_seconds: float | None = None,
        scope: QuotaScope | None = None,
    ) -> None:
        """Learn from a 429 that others use the quota too, and send nothing before the time it asked for.

        `scope` is whose quota it was, if the answer said so.
        """

    def eta_seconds(self, count: int, now: float, kind: CallKind) -> float:
        """Return after how many seconds, at the earliest, the last of `count` further calls can be sent."""

    def held_up_by(self) -> str:
        """Return what a call waits for that waits for the quota, in words."""


class Pacing:
    """The quotas of one user and project, as far as this process uses them: see `Pacer`."""

    def __init__(self, settings: EngineSettings) -> None:
        self._logs = {kind: logs_for(settings, kind) for kind in CallKind}

    def take(self, now: float, kind: CallKind) -> Reservation | float:
        """Take a place for a call that is sent right away, or return when to ask again."""
        ready_at = self.ready_at(now, kind)
        return self._reserved(now, kind) if ready_at <= now else ready_at

    def ready_at(self, now: float, kind: CallKind) -> float:
        """Return when the next call may be sent: `now` if at once, infinity if only a settlement can tell."""
        return ready_in_all_at(self._logs[kind].values(), now)

    def allowed_count(self, now: float, kind: CallKind) -> int:
        """Return how many calls a window may hold at present, given what was learned from 429s."""
        return allowed_in_all_count(self._logs[kind].values(), now)

    def reserve(self, now: float, kind: CallKind) -> Reservation:
        """Take a place for a call that is sent right away.

        Raises:
            ValueError: `ready_at` is later than `now`.
        """
        if self.ready_at(now, kind) > now:
            raise ValueError("no place in the quota yet; ask ready_at first")
        return self._reserved(now, kind)

    def _reserved(self, now: float, kind: CallKind) -> Reservation:
        [number] = {log.reserve(now) for log in self._logs[kind].values()}
        return Reservation(kind, number)

    def sent(self, reservation: Reservation, now: float) -> None:
        """Note that the call left the machine at `now`; said twice, it was sent twice."""
        for log in self._logs[reservation.kind].values():
            log.sent(reservation.number, now)

    def refund(self, reservation: Reservation) -> None:
        """Give a place back: nothing was sent."""
        for log in self._logs[reservation.kind].values():
            log.refund(reservation.number)

    def throttled(
        self,
        reservation: Reservation,
        now: float,
        retry_after_seconds: float | None = None,
        scope: QuotaScope | None = None,
    ) -> None:
        """Learn from a 429 that others use the quota too, and send nothing before the time it asked for."""
        for log in concerned(self._logs[reservation.kind], scope).values():
            log.throttled(reservation.number, now, retry_after_seconds)

    def eta_seconds(self, count: int, now: float, kind: CallKind) -> float:
        """Return after how many seconds, at the earliest, the last of `count` further calls can be sent."""
        return eta_in_all_seconds(self._logs[kind].values(), count, now)

    def held_up_by(self) -> str:
        """Return what a call waits for that waits for the quota, in words."""
        return "quota"


def logs_for(settings: EngineSettings, kind: CallKind) -> Mapping[QuotaScope, SlidingLog]:
    """Return empty logs of the quotas that calls of a kind count against."""
    share = settings.quota_use_share
    user_count = getattr(settings, f"{kind}s_per_minute")
    project_count = getattr(settings, f"project_{kind}s_per_minute")
    return {
        QuotaScope.USER: SlidingLog(user_count, share),
        QuotaScope.PROJECT: SlidingLog(project_count, share, least_scale_count=user_count),
    }


def ready_in_all_at(logs: Iterable[SlidingLog], now: float) -> float:
    """Return when all logs have room: none of them fills up again by itself."""
    return max(log.ready_at(now) for log in logs)


def allowed_in_all_count(logs: Iterable[SlidingLog], now: float) -> int:
    """Return how many calls a window may hold by every log."""
    return min(log.allowed_count(now) for log in logs)


def eta_in_all_seconds(logs: Iterable[SlidingLog], count: int, now: float) -> float:
    """Return after how many seconds the last of `count` calls fits the log that holds it up longest."""
    return max(log.eta_seconds(count, now) for log in logs)


def concerned(
    logs: Mapping[QuotaScope, SlidingLog], scope: QuotaScope | None
) -> Mapping[QuotaScope, SlidingLog]:
    """Return the logs that a refusal teaches: of the scope it names, of all if it names none."""
    return logs if scope is None else {scope: logs[scope]}
