"""The engine's safeguards against being a load on what is sick, each gone in a mutant of its own."""

from engine.admission.breaker import PASS
from engine.admission.breakers import Lease, PresentationBreakers
from engine.policy.retry_budget import RetryBudget
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.mutant import Mutant, instead

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "retry budget ignored",
        ENGINE,
        (instead(RetryBudget, "ready_at", lambda _self, _tokens, now, **_: now),),
    ),
    Mutant(
        "sick presentations not parked",
        ENGINE,
        (
            instead(PresentationBreakers, "is_closed", lambda *_: True),
            instead(PresentationBreakers, "wait_seconds", lambda *_: 0.0),
            instead(PresentationBreakers, "permit", lambda *_: Lease(None, PASS)),
        ),
        scenario="brownout",
    ),
)
