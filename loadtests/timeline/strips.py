"""States over time that explain the tries: permits, breakers, quotas, phases.  A thinking room."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from loadtests.measurements import WRITE
from loadtests.timeline.attempts import Attempt
from loadtests.timeline.joining import Fact
from loadtests.timeline.steps import Step, steps_of

_API = "presentations."
_WRITES = frozenset({WRITE, "presentations.create"})


@dataclass(frozen=True, slots=True)
class Permits:
    """From here on so many tries are in flight, of so many that may be."""

    at_seconds: float
    in_flight: int
    limit: int


@dataclass(frozen=True, slots=True)
class BreakerChange:
    """A breaker went from one state to another: closed, open, half-open."""

    at_seconds: float
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LimitChange:
    """The number of tries that may be in flight changed, and why."""

    at_seconds: float
    before: int
    after: int
    reason: str


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """Calls of one kind that came from one user within the last window, over time.

    Attributes:
        kind: read or write.
        user: whose.
        limit: most calls that a window may hold; None if there is no limit, or none is known.
        steps: how many there were.
    """

    kind: str
    user: str
    limit: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase of the weather; `to_seconds` None: it lasts for ever."""

    name: str
    from_seconds: float
    to_seconds: float | None


def permits_of(facts: Iterable[Fact], zero: float) -> tuple[Permits, ...]:
    """Return the tries in flight and how many may be, over time; nothing before the first one."""
    steps: list[Permits] = []
    for fact in facts:
        before = steps[-1] if steps else None
        after = _after(fact, before, zero)
        if after is None:
            continue
        if before is not None and before.at_seconds == after.at_seconds:
            steps.pop()
        steps.append(after)
    return tuple(steps)


def breaker_changes(facts: Iterable[Fact], zero: float) -> tuple[BreakerChange, ...]:
    """Return every change of the host's breaker, in order."""
    return tuple(
        BreakerChange(fact["at_seconds"] - zero, fact["key"], str(fact["before"]), str(fact["after"]))
        for fact in facts
        if fact["event"] == "BreakerChanged" and fact["key"].startswith("host")
    )


def limit_changes(facts: Iterable[Fact], zero: float) -> tuple[LimitChange, ...]:
    """Return every change of the concurrency limit, in order."""
    return tuple(
        LimitChange(fact["at_seconds"] - zero, fact["before"], fact["after"], fact["reason"])
        for fact in facts
        if fact["event"] == "LimitChanged"
    )


def quotas_of(
    attempts: Iterable[Attempt], window_seconds: float, limits: Mapping[str, int | None]
) -> tuple[QuotaUse, ...]:
    """Return how many calls of each kind and user came within the last window, writes first.

    The server counts a call once it knows the user, just after its arrival, so calls that were struck before
    that count for nobody.

    Args:
        attempts: all tries of the run.
        window_seconds: how long a call counts.
        limits: most calls within a window, by kind.
    """
    arrivals = defaultdict[tuple[str, str], list[float]](list)
    for attempt in attempts:
        if attempt.seen is not None and attempt.seen.user is not None and attempt.method.startswith(_API):
            kind = "write" if attempt.method in _WRITES else "read"
            arrivals[kind, attempt.seen.user].append(attempt.seen.arrived_at_seconds)
    return tuple(
        QuotaUse(kind, user, limits.get(kind), steps_of(_stays(arrivals[kind, user], window_seconds)))
        for kind, user in sorted(arrivals, key=lambda key: (key[0] != "write", key[1]))
    )


def phases_of(phases: Sequence[tuple[str, float]], attempts: Iterable[Attempt]) -> tuple[PhaseSpan, ...]:
    """Return when each phase was, counted from the first call of the API; nothing if there was none.

    Args:
        phases: name and length in seconds, in order; the last one lasts for ever.
        attempts: all tries of the run.
    """
    arrivals = [
        attempt.seen.arrived_at_seconds
        for attempt in attempts
        if attempt.seen is not None and attempt.method.startswith(_API)
    ]
    spans: list[PhaseSpan] = []
    begins_at = min(arrivals, default=None)
    if begins_at is None:
        return ()
    for name, length_seconds in phases:
        spans.append(PhaseSpan(name, begins_at, begins_at + length_seconds))
        begins_at += length_seconds
    return (*spans[:-1], *(replace(span, to_seconds=None) for span in spans[-1:]))


def _after(fact: Fact, before: Permits | None, zero: float) -> Permits | None:
    """Return the permits after a fact, None if it says nothing of them."""
    match fact["event"]:
        case "AttemptAdmitted":
            return Permits(fact["at_seconds"] - zero, fact["in_flight"], fact["limit"])
        case "AttemptSettled" if before is not None:
            ended_at_seconds = fact["sent_at_seconds"] + fact["duration_seconds"] - zero
            return replace(before, at_seconds=ended_at_seconds, in_flight=max(0, before.in_flight - 1))
        case "ProcessKilled" if before is not None:
            return replace(before, at_seconds=fact["at_seconds"] - zero, in_flight=0)
        case "LimitChanged" if before is not None:
            return replace(before, at_seconds=fact["at_seconds"] - zero, limit=fact["after"])
        case _:
            return None


def _stays(arrivals: Iterable[float], window_seconds: float) -> list[tuple[float, int]]:
    moments = list(arrivals)
    return [*((at, 1) for at in moments), *((at + window_seconds, -1) for at in moments)]
