"""One seed tried in a worker, and what is handed back of it: small enough for ten thousand of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fakeslides.scenario.model import Scenario
from loadtests.simulation.trace import Trace
from loadtests.swarm.episode import Episode, live_through
from loadtests.swarm.profile import swarm_profile
from loadtests.swarm.promises import Broken


@dataclass(frozen=True, slots=True)
class Trial:
    """What one seed came to, without its story.

    Attributes:
        seed: which one.
        broken: promises that did not hold.
        checked_counts: how often each promise was looked at.
        strikes: how often each rule struck.
        digest: of the trace.
        virtual_seconds: how long it lasted on the world's clock.
    """

    seed: int
    broken: Sequence[Broken]
    checked_counts: Mapping[str, int]
    strikes: Mapping[str, int]
    digest: str
    virtual_seconds: float


def try_seed(scenario: Scenario, seed: int) -> Trial:
    """Live through a seed of the swarm and return what it came to."""
    return trial_of(seed, live_through(swarm_profile(scenario, seed)))


def trial_of(seed: int, episode: Episode) -> Trial:
    """Return what is handed on of an episode."""
    return Trial(
        seed=seed,
        broken=tuple(episode.broken),
        checked_counts=dict(episode.checked_counts),
        strikes=dict(episode.strikes),
        digest=episode.digest,
        virtual_seconds=episode.virtual_seconds,
    )


def trace_of_seed(scenario: Scenario, seed: int) -> list[str]:
    """Live through a seed and return its whole trace, line by line."""
    trace = Trace(keeps_lines=True)
    live_through(swarm_profile(scenario, seed), trace)
    return trace.lines or []
