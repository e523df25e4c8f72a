"""Calls per minute, as Google counts them.  Pure: `now` is an argument, in seconds.

Google publishes, for Slides, 60 writes and 600 reads a minute for each user of a project, and 600 and 3000
for the project (https://developers.google.com/workspace/slides/api/limits).  One `batchUpdate` is one write,
whatever the number of its requests.  Google does not publish whether its window slides, nor whether refused
calls count, so a scenario chooses both.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from math import floor, inf
from typing import Literal

from fakeslides.scenario.server import Quota

CallKind = Literal["read", "write"]

_PRESETS = {
    "google-default": {
        "writes_per_user": 60,
        "writes_per_project": 600,
        "reads_per_user": 600,
        "reads_per_project": 3000,
    },
    "unlimited": {},
}


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A quota that a call would exceed, and the window it belongs to."""

    kind: CallKind
    scope: Literal["user", "project"]
    limit: int
    retry_after_seconds: float


@dataclass(slots=True)
class _Window:
    """Times of the calls that count now."""

    times: deque[float] = field(default_factory=deque)

    def forget_until(self, oldest: float) -> None:
        while self.times and self.times[0] <= oldest:
            self.times.popleft()


class QuotaKeeper:
    """Counts calls and refuses those beyond a quota."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._windows: defaultdict[tuple[str, ...], _Window] = defaultdict(_Window)

    def admit(self, kind: CallKind, user: str, now: float) -> Exceeded | None:
        """Count a call; return the quota it exceeds, or None if it may go on.

        A refused call counts too when the scenario says `count_rejected`.
        """
        scopes = {"user": (kind, "user", user), "project": (kind, "project")}
        exceeded = self._exceeded(kind, "user", scopes["user"], now)
        exceeded = exceeded or self._exceeded(kind, "project", scopes["project"], now)
        if exceeded is None or self._quota.count_rejected:
            for key in scopes.values():
                self._windows[key].times.append(now)
        return exceeded

    def limit(self, kind: CallKind, scope: Literal["user", "project"]) -> float:
        """Return the calls that fit in a window; infinite if nothing is set."""
        name = f"{kind}s_per_{scope}"
        chosen = getattr(self._quota, name)
        limit: float = _PRESETS[self._quota.preset].get(name, inf) if chosen is None else chosen
        if scope == "project" and limit != inf:
            return floor(limit * (1 - self._quota.used_by_others))
        return limit

    def _exceeded(
        self, kind: CallKind, scope: Literal["user", "project"], key: tuple[str, ...], now: float
    ) -> Exceeded | None:
        limit, window = self.limit(kind, scope), self._windows[key]
        window.forget_until(self._window_start(now))
        if len(window.times) < limit:
            return None
        return Exceeded(kind, scope, int(limit), self._wait_seconds(window, int(limit), now))

    def _window_start(self, now: float) -> float:
        """Return the time up to and including which calls no longer count."""
        if self._quota.window == "sliding":
            return now - self._quota.per
        # A call at the very start of a fixed window belongs to it.
        return floor(now / self._quota.per) * self._quota.per - 1e-9

    def _wait_seconds(self, window: _Window, limit: int, now: float) -> float:
        if self._quota.window == "fixed" or limit == 0:
            return self._quota.per - now % self._quota.per
        return window.times[len(window.times) - limit] + self._quota.per - now
