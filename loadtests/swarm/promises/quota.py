"""Calls per minute: as the engine allows itself, and as the server counts them.  A thinking room."""

from collections.abc import Sequence
from itertools import pairwise
from math import floor, inf

from fakeslides.api.quota import CallKind
from fakeslides.ledger import Entry
from fakeslides.scenario.server import Quota
from loadtests.swarm.promises.promise import WRITE, Aftermath, Promise

_MINUTE_SECONDS = 60.0
# A call that came this close to the edge of a window may be counted on either side of it.
_EDGE_SECONDS = 0.02
# What Google publishes for a user and for a project; one user makes all calls here.
_GOOGLE = {"write": (60, 600), "read": (600, 3000)}
_BEFORE_THE_COUNT = "before_request_read"


class QuotaIsKept(Promise):
    """In no minute does the server see more calls of the engine than that allows itself."""

    def ended(self, aftermath: Aftermath) -> None:
        """Count every window that ends with a call."""
        settings = self.terms.settings
        quotas = {"write": settings.writes_per_minute, "read": settings.reads_per_minute}
        for kind, quota in quotas.items():
            ceiling = floor(quota * settings.quota_use_share)
            arrivals = sorted(entry.arrived_at_seconds for entry in aftermath.ledger if _kind(entry) == kind)
            for first, last in zip(arrivals, arrivals[ceiling:], strict=False):
                at = self.terms.started_at_seconds + last
                text = f"{ceiling + 1} {kind}s within {last - first:.3f} s"
                self.require(last - first > _MINUTE_SECONDS, at, text)


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
        quota = self.terms.scenario.server.quota
        limit = _limit(kind, quota)
        if limit == inf or any(one.ended_at_seconds < one.arrived_at_seconds for one in calls):
            return
        for index, call in enumerate(calls):
            used, is_sure = self._used(calls[:index], call)
            if is_sure and not _is_a_tie(calls, index):
                at = self.terms.started_at_seconds + call.arrived_at_seconds
                was_refused = call.organic == "quota"
                how = "refused" if was_refused else "let in"
                text = f"{kind} {call.identity} was {how} after {used} of {limit}"
                self.require(was_refused == (used >= limit), at, text)

    def _used(self, earlier: Sequence[Entry], call: Entry) -> tuple[int, bool]:
        """Return how many earlier calls count in the call's window, and whether none is at its edge."""
        quota, started = self.terms.scenario.server.quota, self.terms.started_at_seconds
        now = started + call.arrived_at_seconds
        begin = now - quota.per if quota.window == "sliding" else floor(now / quota.per) * quota.per
        times = [started + each.arrived_at_seconds for each in earlier if _counts(each, quota.count_rejected)]
        is_sure = not any(abs(at - begin) < _EDGE_SECONDS for at in (*times, now))
        return sum(at > begin for at in times), is_sure


def _limit(kind: CallKind, quota: Quota) -> float:
    """Return how many calls of one user fit in a window: the smaller of user's and project's quota."""
    usual = _GOOGLE[kind] if quota.preset == "google-default" else (inf, inf)
    chosen = (getattr(quota, f"{kind}s_per_{scope}") for scope in ("user", "project"))
    user, project = (given if own is None else own for given, own in zip(usual, chosen, strict=True))
    return min(user, project if project == inf else floor(project * (1 - quota.used_by_others)))


def _is_a_tie(calls: Sequence[Entry], index: int) -> bool:
    near = calls[max(0, index - 1) : index + 2]
    return any(
        later.arrived_at_seconds - sooner.arrived_at_seconds < _EDGE_SECONDS
        for sooner, later in pairwise(near)
    )


def _counts(entry: Entry, count_rejected: bool) -> bool:  # noqa: FBT001 - the scenario's own word
    return count_rejected or entry.organic != "quota"


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
