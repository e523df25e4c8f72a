"""How far concurrency can be raised, what limits it there, and what the next step gains.  A thinking room.

The bound is the makespan of equal chains of unit jobs (one chain of n writes per presentation, L seconds
each) on m connections under a sliding quota of Q writes in W seconds: no schedule is faster (McNaughton 1959;
Hu 1961; and start(i + Q) >= start(i) + W).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from statistics import fmean, stdev

from loadtests.gates import BASELINE, Verdict
from loadtests.metrics import Measurement
from loadtests.outcomes import SettingOutcome
from loadtests.statistics import Interval, student_t

QUOTA_WINDOW_SECONDS = 60.0
RESOURCES = ("latency", "lock", "pool", "quota")
HELD_BY = {"breaker": "breaker", "backoff": "retries"}


@dataclass(frozen=True, slots=True)
class Step:
    """What going one concurrency up does to a sweep's time.

    Attributes:
        concurrency: the next one up.
        gain_share: time saved, 0..1 of the time before; negative when it got slower.
        interval: of the gain at 95 %, where both were measured at least twice.
        holds: all gates held there too; None where it was not measured: then the gain is the bound's.
    """

    concurrency: int
    gain_share: float
    interval: Interval | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a sweep says about one strategy.

    Attributes:
        strategy: its name.
        concurrency: the highest measured one at which, as at every lower one, all gates held, or None.
        elapsed_seconds: the mean time there.
        limit: the resource with the longest time in `needs_seconds`.
        needs_seconds: the time each resource alone would take: latency (of one try), lock (the longest chain
            of writes of one presentation), pool (all writes over the connections or the concurrency), quota
            (all writes through its window); and how long breaker and retries held the average try.
        waits_seconds: what tries waited for in sum, by the engine's own account.
        next_step: the next one up; None for writes that know no concurrency.
    """

    strategy: str
    concurrency: int | None
    elapsed_seconds: float | None = None
    limit: str | None = None
    needs_seconds: Mapping[str, float] = field(default_factory=dict)
    waits_seconds: Mapping[str, float] = field(default_factory=dict)
    next_step: Step | None = None

    @property
    def bound_seconds(self) -> float:
        """No schedule of these writes at this latency, quota and pool is faster."""
        return max((self.needs_seconds.get(name, 0.0) for name in RESOURCES), default=0.0)


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
    resources = _Resources(writes_per_minute, pool_size)
    return [
        _capacity(strategy, dict(sorted(levels.items())), resources)
        for strategy, levels in by_strategy.items()
    ]


def bound_seconds(
    chain_writes: Sequence[int],
    latency_seconds: float,
    connections: int,
    quota: int | None,
    window_seconds: float = QUOTA_WINDOW_SECONDS,
) -> float:
    """Return the least time in which chains of writes can be done; arguments as for `needs_seconds`."""
    needs = needs_seconds(chain_writes, latency_seconds, connections, quota, window_seconds)
    return max(needs.values())


def needs_seconds(
    chain_writes: Sequence[int],
    latency_seconds: float,
    connections: int,
    quota: int | None,
    window_seconds: float = QUOTA_WINDOW_SECONDS,
) -> dict[str, float]:
    """Return the least time in which chains of writes can be done, for each resource that could be the limit.

    Args:
        chain_writes: the writes of each presentation, which must follow one another.
        latency_seconds: of one write.
        connections: how many can be under way at once.
        quota: writes in any window; None for no quota.
        window_seconds: its length.
    """
    total = sum(chain_writes)
    if not total:
        return {"latency": 0.0}
    lanes = min(connections, len(chain_writes))
    needs = {
        "latency": latency_seconds,
        "lock": max(chain_writes) * latency_seconds,
        "pool": math.ceil(total / lanes) * latency_seconds,
    }
    if quota is not None:
        windows, rest = divmod(total - 1, quota)
        last = rest // lanes + 1 if quota * latency_seconds / lanes <= window_seconds else 1
        needs["quota"] = windows * window_seconds + (last if windows else 1) * latency_seconds
    return needs


def gain(before: Sequence[float], after: Sequence[float]) -> tuple[float, Interval | None]:
    """Return the share of time saved, and its interval at 95 % from repeats.

    The interval is Student's by the delta method, with degrees of freedom after Welch (1947), since a few
    repeats say little of their own spread.  There is one when both were measured at least twice; neither may
    be empty.
    """
    mean_before, mean_after = fmean(before), fmean(after)
    ratio = mean_after / mean_before
    if len(before) < 2 or len(after) < 2:
        return 1 - ratio, None
    spread = ratio * math.hypot(_relative_error(before), _relative_error(after))
    reach = spread * student_t(_degrees_of_freedom(before, after))
    return 1 - ratio, Interval(1 - ratio - reach, 1 - ratio + reach)


@dataclass(frozen=True, slots=True)
class _Resources:
    writes_per_minute: int | None
    pool_size: int

    def needs(self, measurement: Measurement, concurrency: int) -> dict[str, float]:
        """Return what the writes of a measured run would need at some concurrency."""
        metrics, tries = measurement.metrics, measurement.attempt_latency_seconds
        writes, presentations = int(metrics["writes_committed"] or 0), int(metrics["presentations"] or 1)
        length, longer = divmod(writes, presentations)
        chains = [length + 1] * longer + [length] * (presentations - longer)
        needs = needs_seconds(
            chains, tries.p50 or 0.0, min(concurrency, self.pool_size), self.writes_per_minute
        )
        for reason, resource in HELD_BY.items():
            needs[resource] = measurement.waits_seconds.get(reason, 0.0) / max(1, tries.count)
        return needs


def _capacity(strategy: str, levels: Mapping[int, list[SettingOutcome]], resources: _Resources) -> Capacity:
    holding = list(takewhile(lambda concurrency: _hold(levels[concurrency]), levels))
    if not holding:
        return Capacity(strategy, None)
    highest = holding[-1]
    measured = levels[highest][0].measurement
    assert measured is not None, "what passed was measured"
    needs = resources.needs(measured, highest)
    return Capacity(
        strategy=strategy,
        concurrency=highest,
        elapsed_seconds=fmean(_elapsed(levels[highest])),
        limit=max(needs, key=lambda resource: needs[resource]),
        needs_seconds=needs,
        waits_seconds=measured.waits_seconds,
        next_step=None if strategy == BASELINE else _next_step(levels, measured, resources),
    )


def _hold(outcomes: Iterable[SettingOutcome]) -> bool:
    return all(outcome.verdict is Verdict.PASS for outcome in outcomes)


def _elapsed(outcomes: Iterable[SettingOutcome]) -> list[float]:
    found = (o.measurement.metrics["elapsed_seconds"] for o in outcomes if o.measurement)
    return [float(seconds) for seconds in found if seconds]


def _next_step(
    levels: Mapping[int, list[SettingOutcome]], measured: Measurement, resources: _Resources
) -> Step:
    highest = measured.setting.concurrency
    above = next((concurrency for concurrency in levels if concurrency > highest), None)
    if above is None or not _elapsed(levels[above]):
        return _foreseen_step(measured, highest, resources)
    gain_share, interval = gain(_elapsed(levels[highest]), _elapsed(levels[above]))
    return Step(above, gain_share, interval, _hold(levels[above]))


def _foreseen_step(measured: Measurement, highest: int, resources: _Resources) -> Step:
    here = max(resources.needs(measured, highest).values())
    above = max(resources.needs(measured, highest + 1).values())
    return Step(highest + 1, 1 - above / here if here else 0.0, None, None)


def _degrees_of_freedom(*groups: Sequence[float]) -> float:
    """Return those of the sum of the groups' errors, after Welch; 1 where there is no spread at all."""
    variances = [_relative_error(group) ** 2 for group in groups]
    each = sum(v**2 / (len(group) - 1) for v, group in zip(variances, groups, strict=True))
    return sum(variances) ** 2 / each if each else 1.0


def _relative_error(samples: Sequence[float]) -> float:
    return stdev(samples) / math.sqrt(len(samples)) / fmean(samples)
