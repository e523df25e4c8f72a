"""What must be true in every run.  To add a promise, write its class here and name it in `EVERY_PROMISE`."""

from loadtests.swarm.promises.breaker import (
    BreakerOpensForFailures,
    SickPresentationsAreLeftAlone,
    TrialsDecide,
)
from loadtests.swarm.promises.edits import (
    BatchesAreNotTooLarge,
    EditsSettleInTime,
    EveryEditIsToldTruly,
    EveryEditSettlesOnce,
)
from loadtests.swarm.promises.endings import (
    CallsEndInTime,
    ClosesInTime,
    NothingIsLeft,
    NothingSurprises,
    TheStormIsSurvived,
)
from loadtests.swarm.promises.memory import TheJournalIsTrue, WhatIsToldStays
from loadtests.swarm.promises.promise import Aftermath, Broken, Encore, Ending, Promise, Terms
from loadtests.swarm.promises.quota import QuotaIsKept, ServerCountsItsQuota, SharedQuotaIsKept
from loadtests.swarm.promises.requests import AtomicCallsAreWhole, DoubtsAreDue, EveryRequestIsToldTruly
from loadtests.swarm.promises.retries import OneTokenRefreshAtATime, RetriesAreFew, RetriesAreSpread
from loadtests.swarm.promises.server import DecksAreWhole, RevisionsFollowOneAnother, TheServerKeepsItsWord
from loadtests.swarm.promises.stopping import CancelledWritesAreSeenThrough, NothingNewOnceDraining
from loadtests.swarm.promises.tenants import TenantsTakeTurns
from loadtests.swarm.promises.turns import (
    OneWriterPerPresentation,
    PermitsAreCounted,
    TurnsAreTakenInOrder,
    WritersHaveTheirTurn,
)

EVERY_PROMISE: tuple[type[Promise], ...] = (
    EveryEditIsToldTruly,
    EveryRequestIsToldTruly,
    AtomicCallsAreWhole,
    DoubtsAreDue,
    EveryEditSettlesOnce,
    EditsSettleInTime,
    CallsEndInTime,
    WhatIsToldStays,
    TheJournalIsTrue,
    BatchesAreNotTooLarge,
    QuotaIsKept,
    SharedQuotaIsKept,
    OneWriterPerPresentation,
    TurnsAreTakenInOrder,
    WritersHaveTheirTurn,
    PermitsAreCounted,
    TenantsTakeTurns,
    BreakerOpensForFailures,
    TrialsDecide,
    SickPresentationsAreLeftAlone,
    RetriesAreSpread,
    RetriesAreFew,
    OneTokenRefreshAtATime,
    NothingNewOnceDraining,
    CancelledWritesAreSeenThrough,
    TheStormIsSurvived,
    NothingSurprises,
    NothingIsLeft,
    ClosesInTime,
    ServerCountsItsQuota,
    RevisionsFollowOneAnother,
    DecksAreWhole,
    TheServerKeepsItsWord,
)

__all__ = ["EVERY_PROMISE", "Aftermath", "Broken", "Encore", "Ending", "Promise", "Terms"]
