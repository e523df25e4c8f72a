"""How many seeds it takes until the testbed turns red for a mutant."""

from collections.abc import Mapping
from dataclasses import dataclass

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.mutants import engine_side, fake_side
from loadtests.mutants.mutant import Mutant
from loadtests.swarm.episode import live_through
from loadtests.swarm.profile import swarm_profile

EVERY_MUTANT: Mapping[str, Mutant] = {
    mutant.name: mutant for mutant in (*engine_side.MUTANTS, *fake_side.MUTANTS)
}


@dataclass(frozen=True, slots=True)
class Kill:
    """What became of a mutant.

    Attributes:
        name: the mutant's.
        seeds_count: seeds until it was noticed, the last one included; all that were tried if it was not.
        promise: what it broke first; None if nothing.
        text: what was seen.
    """

    name: str
    seeds_count: int
    promise: str | None = None
    text: str = ""


def try_mutant(most_seeds: int, name: str) -> Kill:
    """Plant a mutant and try seeds until a promise breaks, or `most_seeds` are used up."""
    mutant = EVERY_MUTANT[name]
    scenario = load_scenario(find_scenario(mutant.scenario))
    with mutant.planted():
        for seed in range(most_seeds):
            broken = live_through(swarm_profile(scenario, seed)).broken
            if broken:
                return Kill(name, seed + 1, broken[0].promise, broken[0].text)
    return Kill(name, most_seeds)
