"""How far concurrency can be raised, what limits it there, and what the next step gains.  A thinking room.

The bound is the makespan of equal chains of unit jobs (one chain of n writes per presentation, L seconds
each) on m connections under a sliding quota of Q writes in W seconds: no schedule is faster (McNaughton 1959;
Hu 1961; and start(i + Q) >= start(i) + W).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

from loadtests.gates import Verdict
from loadtests.metrics import Measurement
from loadtests.outcomes import SettingOutcome
from loadtests.statistics import DEFAULT_CONFIDENCE_SHARE, Interval

RESOURCES: Mapping[str, str] = {
    "quota": "quota",
    "slot": "pool",
    "lock": "lock",
    "breaker": "breaker",
    "backoff": "retries",
}
QUOTA_WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """What going from one concurrency to the next one measured did to a sweep's time.

    Attributes:
        concurrency: the next one up.
        gain_share: time saved, 0..1 of the time before; negative when it got slower.
        interval: of the gain at 95 %, where both were measured at least twice.
        holds: all gates held there too.
    """

    concurrency: int
    gain_share: float
    interval: Interval | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a sweep says about one strategy.

    Attributes:
        strategy: its name.
        concurrency: the highest measured one at which, as at every lower one, all gates held, or None.
        elapsed_seconds: the mean time there.
        limit: what most of the waiting was for: quota, pool, lock, breaker, retries or latency.
        waits_seconds: the evidence, by resource.
        next_step: the next one up; None at the end of what was measured.
        bound_seconds: no schedule of these writes at this latency and quota is faster.
    """

    strategy: str
    concurrency: int | None
    elapsed_seconds: float | None = None
    limit: str | None = None
    waits_seconds: Mapping[str, float] | None = None
    next_step: Step | None = None
    bound_seconds: float | None = None


def plan(
    outcomes: Iterable[SettingOutcome], *, writes_per_minute: int | None, pool_size: int
) -> list[Capacity]:
    """Return what `outcomes` say about every strategy in them.

    Args:
        outcomes: of one sweep, repeats included.
        writes_per_minute: the writes the client allows itself; None for no quota.
        pool_size: its connections.
    """
    by_strategy: dict[str, dict[int, list[SettingOutcome]]] = {}
    for outcome in outcomes:
        levels = by_strategy.setdefault(outcome.setting.strategy, {})
        levels.setdefault(outcome.setting.concurrency, []).append(outcome)
    return [
        _capacity(strategy, dict(sorted(levels.items())), writes_per_minute, pool_size)
        for strategy, levels in by_strategy.items()
    ]


def bound_seconds(
    chain_writes: Sequence[int], latency_seconds: float, connections: int, quota: int | None
) -> float:
    """Return the least time in which chains of writes can be done.

    Args:
        chain_writes: the writes of each presentation, which must follow one another.
        latency_seconds: of one write.
        connections: how many can be under way at once.
        quota: writes in any minute; None for no quota.
    """
    total = sum(chain_writes)
    if not total:
        return 0.0
    lanes = min(connections, len(chain_writes))
    terms = [max(chain_writes) * latency_seconds, math.ceil(total / lanes) * latency_seconds]
    if quota is not None:
        windows, rest = divmod(total - 1, quota)
        terms.append(windows * QUOTA_WINDOW_SECONDS + latency_seconds)
        if quota * latency_seconds / lanes <= QUOTA_WINDOW_SECONDS:
            terms.append(windows * QUOTA_WINDOW_SECONDS + (rest // lanes + 1) * latency_seconds)
    return max(terms)


def gain(before: Sequence[float], after: Sequence[float]) -> tuple[float, Interval | None]:
    """Return the share of time saved, and its interval from repeats (normal, by the delta method).

    Both need a repeat at least for an interval; neither may be empty.
    """
    mean_before, mean_after = fmean(before), fmean(after)
    ratio = mean_after / mean_before
    if len(before) < 2 or len(after) < 2:
        return 1 - ratio, None
    spread = ratio * math.hypot(_relative_error(before), _relative_error(after))
    z = NormalDist().inv_cdf((1 + DEFAULT_CONFIDENCE_SHARE) / 2)
    return 1 - ratio, Interval(1 - ratio - z * spread, 1 - ratio + z * spread)


def _relative_error(samples: Sequence[float]) -> float:
    return stdev(samples) / math.sqrt(len(samples)) / fmean(samples)


def _capacity(
    strategy: str, levels: Mapping[int, list[SettingOutcome]], quota: int | None, pool_size: int
) -> Capacity:
    highest = None
    for concurrency, outcomes in levels.items():
        if not _hold(outcomes):
            break
        highest = concurrency
    if highest is None:
        return Capacity(strategy, None)
    there = [outcome.measurement for outcome in levels[highest] if outcome.measurement]
    waits = _waits_by_resource(there)
    return Capacity(
        strategy=strategy,
        concurrency=highest,
        elapsed_seconds=fmean(_elapsed(levels[highest])),
        limit=max(waits, key=lambda resource: waits[resource]),
        waits_seconds=waits,
        next_step=_next_step(levels, highest),
        bound_seconds=_bound(there[0], min(highest, pool_size), quota),
    )


def _hold(outcomes: Iterable[SettingOutcome]) -> bool:
    return all(outcome.verdict is Verdict.PASS for outcome in outcomes)


def _elapsed(outcomes: Iterable[SettingOutcome]) -> list[float]:
    found = (o.measurement.metrics["elapsed_seconds"] for o in outcomes if o.measurement)
    return [float(seconds) for seconds in found if seconds]


def _waits_by_resource(measurements: Sequence[Measurement]) -> dict[str, float]:
    """Sum what tries waited for, and how long they then took, which is the latency's part."""
    waits = {"latency": 0.0}
    for measurement in measurements:
        attempts = measurement.attempt_latency_seconds
        waits["latency"] += (attempts.p50 or 0.0) * attempts.count
        for reason, seconds in measurement.waits_seconds.items():
            resource = RESOURCES.get(reason, reason)
            waits[resource] = waits.get(resource, 0.0) + seconds
    return waits


def _next_step(levels: Mapping[int, list[SettingOutcome]], highest: int) -> Step | None:
    above = next((concurrency for concurrency in levels if concurrency > highest), None)
    if above is None or not _elapsed(levels[above]):
        return None
    gain_share, interval = gain(_elapsed(levels[highest]), _elapsed(levels[above]))
    return Step(above, gain_share, interval, _hold(levels[above]))


def _bound(measurement: Measurement, connections: int, quota: int | None) -> float | None:
    latency = measurement.attempt_latency_seconds.p50
    writes = measurement.metrics.get("writes_committed")
    presentations = measurement.metrics.get("presentations")
    if not latency or not writes or not presentations:
        return None
    length, longer = divmod(int(writes), int(presentations))
    chains = [length + 1] * longer + [length] * (int(presentations) - longer)
    return bound_seconds(chains, latency, connections, quota)
