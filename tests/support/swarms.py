"""Seeds of a swarm, hand-made: small profiles, and what became of them."""

import os
import signal
from collections.abc import Mapping
from itertools import count
from typing import Any

from fakeslides.scenario.model import Scenario
from loadtests.measurements import Setting
from loadtests.swarm.episode import Episode
from loadtests.swarm.profile import Profile
from loadtests.swarm.promises import Broken
from loadtests.swarm.trial import Trial
from loadtests.swarm.whims import Whims

RESET: Mapping[str, Any] = {
    "id": "reset",
    "where": {"method": "presentations.batchUpdate"},
    "when": {"phase": "storm", "attempt": 1},
    "often": {"rate": "100%"},
    "fault": {"kind": "tcp.reset", "point": "after_commit"},
}
"""A rule under which the answer to every first try of a write is lost."""

LOST = Broken("EveryEditIsToldTruly", 12.5, "lost: deck/s1/0 (1 in all)")


def a_scenario(*rules: Mapping[str, Any], **sections: object) -> Scenario:
    """Return a scenario of two small decks, with a storm of half a minute and calm after it."""
    usual: dict[str, Any] = {
        "version": 1,
        "promise": "A test.",
        "phases": [{"name": "storm", "for": "30s"}, {"name": "calm", "for": "1h"}],
        "workload": {"presentations": 2, "slides": 2, "replacements": 1},
        "faults": rules,
    }
    return Scenario.model_validate({**usual, **sections})


def a_profile(*rules: Mapping[str, Any], whims: Whims = Whims(), seed: int = 7, **engine: object) -> Profile:  # noqa: B008 # frozen
    """Return the profile of two small decks in a storm of some rules."""
    return Profile(seed, a_scenario(*rules), Setting("per_slide", 2), engine, whims)


def an_episode(profile: Profile | None = None, *broken: Broken, **facts: object) -> Episode:
    """Return what became of a profile, in which all went well but for what is given."""
    usual: dict[str, Any] = {
        "checked_counts": {"EveryEditIsToldTruly": 4}, "digest": "d" * 32, "began_at_seconds": 1000.0,
        "virtual_seconds": 60.0, "strikes": {},
    }  # fmt: skip
    return Episode(profile=profile or a_profile(), broken=broken, **{**usual, **facts})


def a_trial(seed: int = 1, *broken: Broken, **facts: object) -> Trial:
    """Return what a worker hands back of a seed, in which all went well but for what is given."""
    usual: dict[str, Any] = {
        "checked_counts": {"EveryEditIsToldTruly": 4}, "strikes": {"reset": 2}, "digest": f"{seed:032}",
        "virtual_seconds": 1800.0,
    }  # fmt: skip
    return Trial(seed=seed, broken=broken, **{**usual, **facts})


# What a hunt may ask its workers instead of living through a world; they are known by their names over there.


def all_is_well(_: Scenario, seed: int) -> Trial:
    """Return a trial in which a fault struck and every promise held."""
    return a_trial(seed)


def fails_at_three(_: Scenario, seed: int) -> Trial:
    """Return a trial, and one that broke a promise for seed 3 and every hundredth."""
    return a_trial(seed, *([LOST] if seed == 3 or seed % 100 == 0 < seed else []))


def is_calm(_: Scenario, seed: int) -> Trial:
    """Return a trial in which nothing struck."""
    return a_trial(seed, strikes={})


def dies_at_three(scenario: Scenario, seed: int) -> Trial:
    """Return a trial, and end the process for seed 3."""
    if seed == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return all_is_well(scenario, seed)


def never_the_same(_: Scenario, seed: int) -> Trial:
    """Return a trial whose trace depends on when it was made."""
    return a_trial(seed, digest=f"{next(_NUMBERS)} in {os.getpid()}")


_NUMBERS = count()
