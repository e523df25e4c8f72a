"""Calls per minute: as the engine allows itself, and as the server counts them.  A thinking room."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import floor, inf

from fakeslides.api.quota import CallKind
from fakeslides.ledger import Entry
from fakeslides.scenario.server import Quota
from loadtests.measurements import WRITE
from loadtests.swarm.promises.promise import Aftermath, Promise

_MINUTE_SECONDS = 60.0
# A call that came this close to the edge of a window may be counted on either side of it.
_EDGE_SECONDS = 0.02
# What Google publishes for a user and for a project; one user makes all calls here.
_GOOGLE = {"write": (60, 600), "read": (600, 3000)}
_NEARLY_WHOLE = 1e-6
_BEFORE_THE_COUNT = "before_request_read"


class QuotaIsKept(Promise):
    """In no minute does the server see more calls of an engine than that allows itself.

    Each process is counted for itself: a new one does not know what the dead have sent, but by a quota file.
    """

    def ended(self, aftermath: Aftermath) -> None:
        """Count every window that ends with a call, life by life."""
        if aftermath.ending.shares_quota:
            return
        births = [*(aftermath.ending.lives_began_at_seconds or (0.0,)), inf]
        started = self.terms.started_at_seconds
        for born, died in pairwise(births):
            entries = aftermath.ledger
            self.count([each for each in entries if born <= started + each.arrived_at_seconds < died])

    def count(self, entries: Sequence[Entry]) -> None:
        """Require of every window that ends with one of these calls that it holds as many as may be."""
        settings = self.terms.settings
        quotas = {
            "write": min(settings.writes_per_minute, settings.project_writes_per_minute),
            "read": min(settings.reads_per_minute, settings.project_reads_per_minute),
        }
        for kind, quota in quotas.items():
            ceiling = floor(quota * settings.quota_use_share)
            arrivals = sorted(entry.arrived_at_seconds for entry in entries if _kind(entry) == kind)
            for first, last in zip(arrivals, arrivals[ceiling:], strict=False):
                at = self.terms.started_at_seconds + last
                text = f"{ceiling + 1} {kind}s within {last - first:.3f} s"
                self.require(last - first > _MINUTE_SECONDS, at, text)


class SharedQuotaIsKept(QuotaIsKept):
    """Engines with one quota file keep it together, those of before a death and those after it included."""

    def ended(self, aftermath: Aftermath) -> None:
        """Count every window that ends with a call, whoever's it is."""
        if aftermath.ending.shares_quota:
            self.count(aftermath.ledger)


class ServerCountsItsQuota(Promise):
    """The server refuses for quota when its window is full, and only then: a second count of the ledger.

    Where other tenants call too, or a fault delays calls before they are counted, the ledger does not tell
    enough to count again.
    """

    def ended(self, aftermath: Aftermath) -> None:
        """Count again, call by call."""
        quota = self.terms.scenario.server.quota
        others_call = quota.others.writes_per_minute or quota.others.reads_per_minute
        if others_call or not quota.is_limited or any(map(_was_held_up, aftermath.ledger)):
            return
        for kind in ("write", "read"):
            calls = sorted(
                (entry for entry in aftermath.ledger if _kind(entry) == kind and _is_counted(entry)),
                key=lambda entry: entry.arrived_at_seconds,
            )
            self._count_again(kind, calls)

    def _count_again(self, kind: CallKind, calls: Sequence[Entry]) -> None:
        quota, started = self.terms.scenario.server.quota, self.terms.started_at_seconds
        limit = _limit(kind, quota)
        counted: list[float] = []
        for index, call in enumerate(calls if limit != inf else ()):
            now, was_refused = started + call.arrived_at_seconds, call.organic == "quota"
            begin = _begin_of_window(now, quota)
            used = len(counted) - bisect_right(counted, begin)
            # A call is counted a little after it arrives, and so perhaps in the next of fixed windows.
            is_unsure = quota.window == "fixed" and begin + quota.per - now < _EDGE_SECONDS
            if not (is_unsure or _is_at_the_edge(begin, counted) or _is_a_tie(calls, index)):
                how = "refused" if was_refused else "let in"
                text = f"{kind} {call.identity} was {how} after {used} of {limit}"
                self.require(was_refused == (used >= limit), now, text)
            if quota.count_rejected or not was_refused:
                counted.append(now)


def _begin_of_window(now: float, quota: Quota) -> float:
    return now - quota.per if quota.window == "sliding" else floor(now / quota.per) * quota.per


def _is_at_the_edge(begin: float, times: Sequence[float]) -> bool:
    """Say whether one of these times, which are in order, lies so near the edge that either side is right."""
    return bisect_left(times, begin - _EDGE_SECONDS) < bisect_right(times, begin + _EDGE_SECONDS)


def _limit(kind: CallKind, quota: Quota) -> float:
    """Return how many calls of one user fit in a window: the smaller of user's and project's quota."""
    usual = _GOOGLE[kind] if quota.preset == "google-default" else (inf, inf)
    chosen = (getattr(quota, f"{kind}s_per_{scope}") for scope in ("user", "project"))
    user, project = (given if own is None else own for given, own in zip(usual, chosen, strict=True))
    # As the server counts: floating point may put a whole number just below itself.
    left = project if project == inf else floor(project * (1 - quota.used_by_others) + _NEARLY_WHOLE)
    return min(user, left)


def _is_a_tie(calls: Sequence[Entry], index: int) -> bool:
    near = calls[max(0, index - 1) : index + 2]
    return any(
        later.arrived_at_seconds - sooner.arrived_at_seconds < _EDGE_SECONDS
        for sooner, later in pairwise(near)
    )


def _was_held_up(entry: Entry) -> bool:
    return entry.fault == "http.delay" and entry.point == _BEFORE_THE_COUNT


def _is_counted(entry: Entry) -> bool:
    """Say whether a call got as far as being counted."""
    return (
        entry.user is not None
        and entry.organic not in {"connection_limit", "revoked_token"}
        and entry.point != _BEFORE_THE_COUNT
    )


def _kind(entry: Entry) -> CallKind | None:
    if entry.method == WRITE:
        return "write"
    return "read" if entry.method in {"presentations.get", "presentations.pages.get"} else None
