"""How many seeds it takes until the testbed turns red for a mutant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.mutants import (
    engine_endings,
    engine_load,
    engine_memory,
    engine_requests,
    engine_side,
    fake_side,
)
from loadtests.mutants.mutant import Mutant
from loadtests.swarm.episode import live_through
from loadtests.swarm.profile import Profile, swarm_profile

EVERY_MUTANT: Mapping[str, Mutant] = {
    mutant.name: mutant
    for mutant in (
        *engine_side.MUTANTS,
        *engine_endings.MUTANTS,
        *engine_memory.MUTANTS,
        *engine_load.MUTANTS,
        *engine_requests.MUTANTS,
        *fake_side.MUTANTS,
    )
}


@dataclass(frozen=True, slots=True)
class Kill:
    """What became of a mutant.

    Attributes:
        name: the mutant's.
        seeds_count: seeds tried until it was noticed, the last one included; all of them if it was not.
        promise: what it broke first, of what was looked for; None if nothing.
        text: what was seen.
    """

    name: str
    seeds_count: int
    promise: str | None = None
    text: str = ""


def try_mutant(most_seeds: int, name: str, first_seed: int = 0, promise: str | None = None) -> Kill:
    """Plant a mutant and try seeds until a promise breaks.

    Args:
        most_seeds: to try.
        name: of the mutant.
        first_seed: where to begin.
        promise: the one that is to break; None if any will do.
    """
    with EVERY_MUTANT[name].planted():
        for count, profile in enumerate(profiles_for(name, most_seeds, first_seed), start=1):
            broken = [each for each in live_through(profile).broken if promise in (None, each.promise)]
            if broken:
                return Kill(name, count, broken[0].promise, broken[0].text)
    return Kill(name, most_seeds)


def profiles_for(name: str, count: int, first_seed: int = 0) -> Iterator[Profile]:
    """Yield what a mutant is tried with: seeds of its scenario's swarm."""
    scenario = load_scenario(find_scenario(EVERY_MUTANT[name].scenario))
    return (swarm_profile(scenario, seed) for seed in range(first_seed, first_seed + count))
