"""Calls per minute, as Google counts them.  Pure: `now` is an argument, in seconds.

Google publishes, for Slides, 60 writes and 600 reads a minute for each user of a project, and 600 and 3000
for the project (https://developers.google.com/workspace/slides/api/limits).  One `batchUpdate` is one write,
whatever the number of its requests.  Google does not publish whether its window slides, nor whether refused
calls count, so a scenario chooses both.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, inf
from typing import Literal

from fakeslides.api.steady_calls import SteadyCalls
from fakeslides.scenario.server import Quota

CallKind = Literal["read", "write"]
Scope = Literal["user", "project"]

_PRESETS = {
    "google-default": {
        "writes_per_user": 60,
        "writes_per_project": 600,
        "reads_per_user": 600,
        "reads_per_project": 3000,
    },
    "unlimited": {},
}


_NEARLY_WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A quota that a call would exceed, and how long until there is room again."""

    kind: CallKind
    scope: Scope
    limit: int
    retry_after_seconds: float


@dataclass(frozen=True, slots=True)
class QuotaFill:
    """How full one window is; `user` is None for the project's."""

    kind: CallKind
    scope: Scope
    user: str | None
    used_count: int
    limit: int


class QuotaKeeper:
    """Counts calls and refuses those beyond a quota."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._times: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)
        self._others: Mapping[CallKind, SteadyCalls] = {
            "write": SteadyCalls(quota.others.writes_per_minute, 2 * quota.per),
            "read": SteadyCalls(quota.others.reads_per_minute, 2 * quota.per),
        }

    def admit(self, kind: CallKind, user: str, now: float) -> Exceeded | None:
        """Count a call; return the quota it exceeds, or None if it may go on.

        A refused call counts too when the scenario says `count_rejected`.
        """
        self._let_others_call(kind, now)
        scopes: dict[Scope, tuple[str, ...]] = {"user": (kind, user), "project": (kind,)}
        full = self._count(kind, scopes, now)
        if not full:
            return None
        wait = max(
            self._wait_seconds(self._times[scopes[scope]], self.limit(kind, scope), now) for scope in full
        )
        return Exceeded(kind, full[0], int(self.limit(kind, full[0])), wait)

    def fills(self, now: float) -> list[QuotaFill]:
        """Return how full each window is that somebody has called in and that has a limit."""
        for called in self._others:
            self._let_others_call(called, now)
        fills = []
        for key, times in self._times.items():
            kind: CallKind = "write" if key[0] == "write" else "read"
            scope, user = _owner(key)
            limit = self.limit(kind, scope)
            self._forget(times, now)
            if limit != inf:
                fills.append(QuotaFill(kind, scope, user, len(times), int(limit)))
        return fills

    def limit(self, kind: CallKind, scope: Scope) -> float:
        """Return the calls that fit in a window; infinite if nothing is set."""
        name = f"{kind}s_per_{scope}"
        chosen = getattr(self._quota, name)
        limit: float = _PRESETS[self._quota.preset].get(name, inf) if chosen is None else chosen
        if scope == "project" and limit != inf:
            # Floating point may put a whole number just below itself: 60 * (1 - 0.9) is 5.999....
            return floor(limit * (1 - self._quota.used_by_others) + _NEARLY_WHOLE)
        return limit

    def _let_others_call(self, kind: CallKind, now: float) -> None:
        """Count the calls that others of the project have made up to now."""
        for at in self._others[kind].due(now):
            self._count(kind, {"project": (kind,)}, at)

    def _count(self, kind: CallKind, scopes: Mapping[Scope, tuple[str, ...]], now: float) -> list[Scope]:
        """Count a call in its windows, unless it is refused for good; return the windows that were full."""
        for key in scopes.values():
            self._forget(self._times[key], now)
        full = [scope for scope, key in scopes.items() if len(self._times[key]) >= self.limit(kind, scope)]
        if not full or self._quota.count_rejected:
            for key in scopes.values():
                self._times[key].append(now)
        return full

    def _forget(self, times: deque[float], now: float) -> None:
        """Drop the calls that no longer count."""
        if self._quota.window == "sliding":
            while times and times[0] <= now - self._quota.per:
                times.popleft()
        else:
            begin = floor(now / self._quota.per) * self._quota.per
            while times and times[0] < begin:
                times.popleft()

    def _wait_seconds(self, times: deque[float], limit: float, now: float) -> float:
        """Return how long until a call would be let in, if nobody calls before."""
        if self._quota.window == "fixed" or limit == 0:
            return self._quota.per - now % self._quota.per
        return times[len(times) - int(limit)] + self._quota.per - now


def _owner(key: tuple[str, ...]) -> tuple[Scope, str | None]:
    """Return whose window a key names: a user's, or the project's."""
    return ("user", key[1]) if len(key) > 1 else ("project", None)
