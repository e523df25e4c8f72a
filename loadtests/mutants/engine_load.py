"""The engine's safeguards against being a load on the sick or on others, each gone in a mutant of its own."""

import asyncio
from typing import Any

from engine.admission import locks
from engine.admission.breaker import PASS
from engine.admission.breakers import Lease, PresentationBreakers
from engine.admission.locks import Hold, _Entry
from engine.admission.waiting_room import WaitingRoom
from engine.delivery import Delivery
from engine.policy.fair_queue import FairQueue
from engine.policy.retry_budget import RetryBudget
from engine.policy.waitlist import Waitlist
from engine.quota.calls import Calls
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any


def _for_one_tenant(original: Original) -> Original:
    return lambda self, _name, *args, **known: original(self, "everybody", *args, **known)


class _LastFirst(asyncio.Lock):
    """A lock that whoever came last has next."""

    def _wake_up_first(self) -> None:
        if self._waiters:
            self._waiters.rotate(1)
        super()._wake_up_first()  # type: ignore[misc]  # asyncio's own


def _for_the_last() -> _Entry:
    return _Entry(lock=_LastFirst())


def _ended_at_once(original: Original) -> Original:
    end_turn = Delivery._end_turn  # noqa: SLF001 - a mutant knows what it breaks

    async def begin_turn(self: Delivery, job: Any, errand: Any) -> Hold:  # noqa: ANN401 - as the original
        hold: Hold = await original(self, job, errand)
        end_turn(self, errand.identity, job.presentation_id)
        return hold

    return begin_turn


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "first come, first served",
        ENGINE,
        (Patch(FairQueue, "add", _for_one_tenant), Patch(FairQueue, "remove", _for_one_tenant)),
        scenario="quota_squeeze",
    ),
    Mutant(
        "turn ended before the write",
        ENGINE,
        (Patch(Delivery, "_begin_turn", _ended_at_once), instead(Delivery, "_end_turn", lambda *_: None)),
    ),
    Mutant("last come, first to write", ENGINE, (instead(locks, "_Entry", _for_the_last),)),
    Mutant("quota file not read", ENGINE, (instead(Calls, "taken_at", lambda *_: []),)),
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
    Mutant("room of calls that ended kept", ENGINE, (instead(Waitlist, "ended", lambda *_: None),)),
    Mutant("deadline ignored in the waiting room", ENGINE, (instead(WaitingRoom, "_late", lambda *_: ()),)),
)
