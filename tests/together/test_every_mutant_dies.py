"""What if a safeguard were missing?  The promise about it breaks, and none breaks while it is there."""

import pytest

from loadtests.mutants.trying import EVERY_MUTANT, profiles_for, try_mutant
from loadtests.swarm.episode import THE_WORLD_HOLDS, live_through
from loadtests.swarm.promises import EVERY_PROMISE

_MOST_SEEDS = 60
# What each mutant breaks, and at which seed to begin: not all meet the weather it takes among the first.
# `python -m loadtests.mutants NAME` begins at 0.  An engine that became better may need another seed here.
_BREAKS = {
    "no lock": ("OneWriterPerPresentation", 0),
    "lock kept on cancel": ("NothingIsLeft", 11),
    "no fence": ("EveryEditIsToldTruly", 6),
    "retry without jitter": ("RetriesAreSpread", 0),
    "quota counted from the answer": ("QuotaIsKept", 12),
    "quota not paced": ("QuotaIsKept", 8),
    "project's quota not asked": ("QuotaIsKept", 8),
    "breaker counts refusals": ("BreakerOpensForFailures", 30),
    "breaker lets everybody try": ("TrialsDecide", 5),
    "breaker never opens": ("BreakerOpensForFailures", 5),
    "breaker ignores epochs": ("TrialsDecide", 15),
    "no fallback to sequential": ("TrialsDecide", 86),
    "permit leaked on cancel": ("NothingIsLeft", 6),
    "no limit in flight": ("PermitsAreCounted", 0),
    "two token refreshes at once": ("OneTokenRefreshAtATime", 0),
    "refused token kept": ("TheStormIsSurvived", 5),
    "doubt told as not sent": ("EveryEditIsToldTruly", 37),
    "fate told twice": ("EveryEditSettlesOnce", 0),
    "doubt taken for success": ("EveryEditIsToldTruly", 0),
    "lost answers leave no doubt": ("EveryEditIsToldTruly", 6),
    "witness believes everything": ("EveryEditIsToldTruly", 8),
    "deadline ignored in the queue": ("EditsSettleInTime", 30),
    "deadline ignored between tries": ("EditsSettleInTime", 34),
    "whatever comes taken for JSON": ("NothingSurprises", 20),
    "waits go on after closing": ("ClosesInTime", 24),
    "batches too large": ("BatchesAreNotTooLarge", 4),
    "drain lets in": ("NothingNewOnceDraining", 34),
    "drain has no end": ("ClosesInTime", 242),
    "parked told as applied": ("EveryEditIsToldTruly", 18),
    "not sent told as unknowable": ("DoubtsAreDue", 11),
    "cancelled writes given up at once": ("CancelledWritesAreSeenThrough", 136),
    "intent not synced": ("EveryEditIsToldTruly", 9),
    "intent noted with the answer": ("EveryEditIsToldTruly", 0),
    "every fate noted as applied": ("TheJournalIsTrue", 13),
    "outcome not noted": ("WhatIsToldStays", 8),
    "settled edits resumed": ("TheWorldHolds", 0),
    "doubt forgotten at resume": ("EveryEditIsToldTruly", 9),
    "doubt sent with a new fence": ("EveryEditIsToldTruly", 9),
    "journal not followed": ("TheWorldHolds", 64),
    "torn line kept": ("TheWorldHolds", 0),
    "first come, first served": ("TenantsTakeTurns", 14),
    "turn ended before the write": ("WritersHaveTheirTurn", 0),
    "last come, first to write": ("TurnsAreTakenInOrder", 0),
    "quota file not read": ("SharedQuotaIsKept", 25),
    "retry budget ignored": ("RetriesAreFew", 4),
    "sick presentations not parked": ("SickPresentationsAreLeftAlone", 8),
    "room of calls that ended kept": ("TheStormIsSurvived", 36),
    "deadline ignored in the waiting room": ("CallsEndInTime", 36),
    "refusal in doubt taken for success": ("EveryRequestIsToldTruly", 92),
    "marks not looked for": ("EveryRequestIsToldTruly", 25),
    "marks taken for granted": ("EveryRequestIsToldTruly", 39),
    "atomic requests taken apart": ("AtomicCallsAreWhole", 23),
    "UTF-16 counted as code points": ("DecksAreWhole", 0),
    "batch not atomic": ("TheServerKeepsItsWord", 0),
    "quota window off by one": ("ServerCountsItsQuota", 14),
    "quota window too short": ("ServerCountsItsQuota", 15),
    "revisions not checked": ("TheServerKeepsItsWord", 0),
    "one revision for ever": ("RevisionsFollowOneAnother", 0),
    "struck commits forgotten": ("EveryEditIsToldTruly", 6),
    "only the first match replaced": ("EveryEditIsToldTruly", 2),
}


def test_every_mutant_breaks_a_promise_and_every_promise_is_broken_by_one() -> None:
    """A promise that no mutant ever breaks may be one that cannot be broken, and one could not."""
    assert set(_BREAKS) == set(EVERY_MUTANT)
    assert {promise for promise, _ in _BREAKS.values()} == {
        THE_WORLD_HOLDS,
        *(promise.__name__ for promise in EVERY_PROMISE),
    }


@pytest.mark.parametrize("name", EVERY_MUTANT)
def test_a_missing_safeguard_breaks_the_promise_about_it_that_holds_with_it(name: str) -> None:
    """A mutant may die of itself: one did of its own signature, and broke nothing of what it was to show."""
    promise, first_seed = _BREAKS[name]

    kill = try_mutant(_MOST_SEEDS, name, first_seed, promise)
    sound = [live_through(profile) for profile in profiles_for(name, kill.seeds_count, first_seed)]

    assert kill.promise == promise, f"{name} survived {_MOST_SEEDS} seeds from {first_seed} on"
    assert kill.text
    assert [episode.broken for episode in sound if episode.broken] == []
