"""What if a safeguard were missing?  The testbed turns red for each, and is green while it is there."""

import pytest

from loadtests.mutants.trying import EVERY_MUTANT, profiles_for, try_mutant
from loadtests.swarm.episode import live_through

_MOST_SEEDS = 60
# Where the first seeds do not meet the weather it takes; `python -m loadtests.mutants NAME` begins at 0.
# An engine that became better at something may need another one here.
_FIRST_SEEDS = {
    "drain lets in": 34,
    "drain has no end": 242,
    "parked told as applied": 18,
    "refusal in doubt taken for success": 92,
    "marks not looked for": 25,
    "marks taken for granted": 39,
    "atomic requests taken apart": 23,
    "cancelled writes given up at once": 136,
    "journal not followed": 64,
    "lock kept on cancel": 11,
    "quota counted from the answer": 12,
    "no fence": 6,
    "quota not paced": 8,
    "project's quota not asked": 8,
    "breaker counts refusals": 25,
    "breaker lets everybody try": 5,
    "breaker never opens": 5,
    "breaker ignores epochs": 15,
    "no fallback to sequential": 86,
    "permit leaked on cancel": 6,
    "refused token kept": 5,
    "doubt told as not sent": 37,
    "lost answers leave no doubt": 6,
    "witness believes everything": 8,
    "deadline ignored between tries": 34,
    "waits go on after closing": 24,
    "batches too large": 4,
    "quota window off by one": 14,
    "quota window too short": 15,
    "struck commits forgotten": 6,
    "intent not synced": 9,
    "first come, first served": 14,
    "retry budget ignored": 4,
    "only the first match replaced": 2,
    "two token refreshes at once": 1,
}


def test_only_mutants_that_exist_have_a_first_seed() -> None:
    """A misspelt name would make this slow, and nobody would know why."""
    assert set(_FIRST_SEEDS) <= set(EVERY_MUTANT)


@pytest.mark.parametrize("name", EVERY_MUTANT)
def test_a_missing_safeguard_breaks_a_promise_that_holds_with_it(name: str) -> None:
    """A promise that no mutant ever breaks may be one that cannot be broken."""
    first_seed = _FIRST_SEEDS.get(name, 0)

    kill = try_mutant(_MOST_SEEDS, name, first_seed)
    sound = [live_through(profile) for profile in profiles_for(name, kill.seeds_count, first_seed)]

    assert kill.promise is not None, f"{name} survived {_MOST_SEEDS} seeds from {first_seed} on"
    assert kill.text
    assert [episode.broken for episode in sound if episode.broken] == []
