"""The engine's safeguards against being a load on the sick or on others, each gone in a mutant of its own."""

from typing import Any

from engine.admission.breaker import PASS
from engine.admission.breakers import Lease, PresentationBreakers
from engine.policy.fair_queue import FairQueue
from engine.policy.retry_budget import RetryBudget
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any


def _for_one_tenant(original: Original) -> Original:
    return lambda self, _name, *args, **known: original(self, "everybody", *args, **known)


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "first come, first served",
        ENGINE,
        (Patch(FairQueue, "add", _for_one_tenant), Patch(FairQueue, "remove", _for_one_tenant)),
        scenario="quota_squeeze",
    ),
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
