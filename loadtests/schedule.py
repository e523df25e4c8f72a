"""The calls that an undisturbed client makes for a workload, and about when.  A thinking room.

The identities are exact, as they come from the engine's own planner.  The moments are a list schedule: each
call takes the mean latency, waits for the one before it in its presentation, for its place in the quotas and
for one of the connections, of which the engine opens another as its concurrency limit rises.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from engine.plan.planner import plan
from engine.policy.concurrency_limit import AIMDLimit
from engine.policy.verdicts import LimitSignal
from engine.settings import EngineSettings
from engine.snapshot import Snapshot
from fakeslides.api.latency import service_seconds
from fakeslides.api.quota import CallKind, QuotaKeeper
from fakeslides.decks import Deck
from fakeslides.scenario.server import Latency, Quota, Server
from loadtests.measurements import WRITE

READ = "presentations.get"
TOKEN = "token"  # noqa: S105 - the name of a method
_WINDOW_SECONDS = 60.0
# What both sides of a call on loopback take together; a clock that runs fast makes it long.
_REAL_COST_SECONDS = 0.008


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """The first try of a call.

    Attributes:
        method: as scenarios name it.
        presentation_id: None for the token.
        identity: what the client calls it.
        offset_seconds: about when it reaches the server, from the first API call.
        lane: which of the client's connections carries it, from 0.
    """

    method: str
    presentation_id: str | None
    identity: str
    offset_seconds: float
    lane: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a client does if nothing disturbs it; `latency_seconds` is of one call."""

    calls: Sequence[PlannedCall]
    latency_seconds: float
    elapsed_seconds: float


def schedule(decks: Sequence[Deck], settings: EngineSettings, server: Server, time_scale: float) -> Schedule:
    """Return the calls that edit `decks` as `settings` say, in the order in which they reach the server."""
    lanes_count = min(settings.in_flight_ceiling, settings.http_connection_pool_size)
    seconds = _mean_seconds(server.latency) + _REAL_COST_SECONDS / time_scale
    chains = {
        deck.presentation_id: [(READ, f"{deck.presentation_id}/read"), *_writes(deck, settings)]
        for deck in decks
    }
    pace = {
        READ: _Pace(_windows("read", settings, server.quota)),
        WRITE: _Pace(_windows("write", settings, server.quota)),
    }
    calls, elapsed = _laid_out(chains, lanes_count, seconds, pace)
    token = PlannedCall(TOKEN, None, f"{TOKEN}#1", 0.0, 0)
    return Schedule((token, *calls), seconds, elapsed)


def _mean_seconds(latency: Latency) -> float:
    service = latency.queue.service if latency.queue else latency
    steps = 20
    return sum(service_seconds(service, (step + 0.5) / steps) for step in range(steps)) / steps


def _writes(deck: Deck, settings: EngineSettings) -> list[tuple[str, str]]:
    snapshot = Snapshot.of(deck.document)
    operations = snapshot.operations(
        deck.presentation_id, deck.replacements, include_notes=settings.include_notes
    )
    batches = plan(list(operations), settings.effective_strategy, settings.slides_api_batch_size)
    return [(WRITE, batch.identity) for batch in batches]


def _laid_out(
    chains: Mapping[str, Sequence[tuple[str, str]]],
    lanes_count: int,
    seconds: float,
    pace: Mapping[str, "_Pace"],
) -> tuple[list[PlannedCall], float]:
    """Give each call of each chain its moment, whoever waits longest first."""
    lanes = _Lanes(lanes_count)
    ready = [(0.0, turn, 0, name) for turn, name in enumerate(chains)]
    calls: list[PlannedCall] = []
    while ready:
        ready_at, turn, place, name = heapq.heappop(ready)
        free_at, lane = lanes.take()
        method, identity = chains[name][place]
        start = pace[method].admit(max(ready_at, free_at))
        calls.append(PlannedCall(method, name, identity, start, lane))
        lanes.give_back(lane, start + seconds)
        if place + 1 < len(chains[name]):
            heapq.heappush(ready, (start + seconds, turn, place + 1, name))
    calls.sort(key=lambda call: call.offset_seconds)
    return calls, max((call.offset_seconds + seconds for call in calls), default=0.0)


class _Lanes:
    """Connections, one at first, and as many as the engine's own limit allows as successes add up."""

    def __init__(self, most: int) -> None:
        self._limit = AIMDLimit(most)
        self._free = [(0.0, 0)]

    def take(self) -> tuple[float, int]:
        """Return when the next lane is free, and which one."""
        return heapq.heappop(self._free)

    def give_back(self, lane: int, now: float) -> None:
        """Free a lane whose call succeeded."""
        heapq.heappush(self._free, (now, lane))
        before = self._limit.limit
        after = self._limit.on_sample(LimitSignal.SUCCESS, epoch=self._limit.epoch, in_flight=before, now=now)
        if after > before:
            heapq.heappush(self._free, (now, before))


class _Pace:
    """Sliding windows over the calls let through: how many in how many seconds."""

    def __init__(self, windows: Sequence[tuple[int, float]]) -> None:
        self._windows = windows
        self._admitted: list[float] = []

    def admit(self, wanted_at: float) -> float:
        """Return when a call that could go at `wanted_at` goes."""
        for most, seconds in self._windows:
            if len(self._admitted) >= most:
                wanted_at = max(wanted_at, self._admitted[-most] + seconds)
        self._admitted.append(wanted_at)
        return wanted_at


def _windows(kind: CallKind, settings: EngineSettings, quota: Quota) -> list[tuple[int, float]]:
    """Return what the engine allows itself, and what the server allows, less what others take."""
    per_minute = min(getattr(settings, f"{scope}{kind}s_per_minute") for scope in ("", "project_"))
    own = [(int(per_minute * settings.quota_use_share), _WINDOW_SECONDS)] * settings.pacer_enabled
    keeper, others = QuotaKeeper(quota), getattr(quota.others, f"{kind}s_per_minute")
    for_user = keeper.limit(kind, "user")
    for_project = keeper.limit(kind, "project") - others * quota.per / _WINDOW_SECONDS
    theirs = [(int(limit), quota.per) for limit in (for_user, for_project) if limit != inf]
    return [(max(1, most), seconds) for most, seconds in (*own, *theirs)]
