"""One run as a story: what went on in which lane, what struck, and what was waited for.  A thinking room.

All times of a story count from the start of its run, in seconds of the scenario's clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from fakeslides.ledger import Entry
from loadtests.timeline.attempts import Attempt, Strike
from loadtests.timeline.joining import Fact, attempts_of
from loadtests.timeline.lanes import Group, groups_of
from loadtests.timeline.operations import Operation, Refusal, operations_of, refusals_of
from loadtests.timeline.scene import Scene
from loadtests.timeline.strips import (
    BreakerChange,
    LimitChange,
    Permits,
    PhaseSpan,
    QuotaUse,
    breaker_changes,
    limit_changes,
    permits_of,
    phases_of,
    quotas_of,
)
from loadtests.timeline.turns import turns_of


@dataclass(frozen=True, slots=True)
class Remark:
    """A moment with a text: a broken promise, the end of the weather, a cancellation.

    Attributes:
        at_seconds: when; on the client's clock in what `story_of` is given, from the run's start in a story.
        text: what there is to say.
        is_broken: a promise was broken.
    """

    at_seconds: float
    text: str
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One run, from its start to `duration_seconds`.

    Attributes:
        scene: what run it is.
        duration_seconds: until the last thing that happened.
        groups: lanes by presentation, in the order of their beginnings; what concerns none comes last.
        strikes: what struck tries and connections, in order.
        permits: tries in flight against the limit, over time.
        limit_changes: of the number of tries that may be in flight.
        breaker_changes: of the host's breaker.
        quotas: calls in the last window, by kind and user.
        phases: of the weather.
        remarks: in order.
    """

    scene: Scene
    duration_seconds: float
    groups: tuple[Group, ...]
    strikes: tuple[Strike, ...] = ()
    permits: tuple[Permits, ...] = ()
    limit_changes: tuple[LimitChange, ...] = ()
    breaker_changes: tuple[BreakerChange, ...] = ()
    quotas: tuple[QuotaUse, ...] = ()
    phases: tuple[PhaseSpan, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def attempts(self) -> Sequence[Attempt]:
        """All tries, in the order of their beginnings."""
        found = [attempt for group in self.groups for lane in group.lanes for attempt in lane.attempts]
        return sorted(found, key=lambda attempt: attempt.sent_at_seconds)

    @property
    def operations(self) -> Sequence[Operation]:
        """All operations, presentation by presentation."""
        return [operation for group in self.groups for lane in group.lanes for operation in lane.operations]

    @property
    def refusals(self) -> Sequence[Refusal]:
        """All calls that came to nothing."""
        return [refusal for group in self.groups for refusal in group.refusals]

    @property
    def broken(self) -> Sequence[Remark]:
        """The remarks that tell of a broken promise."""
        return [remark for remark in self.remarks if remark.is_broken]


def story_of(
    scene: Scene,
    facts: Sequence[Fact],
    ledger: Sequence[Entry],
    *,
    server_started_at_seconds: float,
    remarks: Sequence[Remark] = (),
) -> Story:
    """Return the story of one run.

    Args:
        scene: what run it is.
        facts: what the client told, in order: its event's name under `event`, the fields beside it.
        ledger: what the server has.
        server_started_at_seconds: on the client's clock, when the server started, which is where the ledger
            counts from.
        remarks: what else is to be told, on the client's clock, in any order.
    """
    zero = _start(facts, server_started_at_seconds)
    attempts = attempts_of(facts, ledger, zero, server_started_at_seconds - zero)
    strikes = [attempt.strike for attempt in attempts if attempt.strike is not None]
    told = [replace(remark, at_seconds=remark.at_seconds - zero) for remark in remarks]
    groups = groups_of(
        operations_of(facts, ledger, zero), attempts, turns_of(facts, zero), refusals_of(facts, zero)
    )
    return Story(
        scene=scene,
        duration_seconds=max(
            chain(_ends(facts, attempts, zero), (one.at_seconds for one in told)), default=0.0
        ),
        groups=groups,
        strikes=tuple(sorted(strikes, key=lambda strike: strike.at_seconds)),
        permits=permits_of(facts, zero),
        limit_changes=limit_changes(facts, zero),
        breaker_changes=breaker_changes(facts, zero),
        quotas=quotas_of(attempts, scene.quota_window_seconds, scene.quota_limits),
        phases=phases_of(scene.phases, attempts),
        remarks=tuple(sorted(told, key=lambda remark: remark.at_seconds)),
    )


def _start(facts: Sequence[Fact], otherwise: float) -> float:
    """Return when the client began, or, if it told nothing, when the server did."""
    return min((_moment(fact) for fact in facts), default=otherwise)


def _moment(fact: Fact) -> float:
    """Return when what a fact tells of began."""
    return float(fact["sent_at_seconds"] if "sent_at_seconds" in fact else fact["at_seconds"])


def _ends(facts: Sequence[Fact], attempts: Sequence[Attempt], zero: float) -> Iterator[float]:
    """Yield the moments of which the last is the end of the run."""
    yield from (_moment(fact) - zero for fact in facts)
    yield from (attempt.ended_at_seconds or attempt.sent_at_seconds for attempt in attempts)
    yield from (attempt.seen.ended_at_seconds for attempt in attempts if attempt.seen is not None)
