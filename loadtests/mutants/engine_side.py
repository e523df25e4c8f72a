"""The engine's safeguards, each gone in a mutant of its own."""

import asyncio
import json
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import engine.text_calls
from engine.admission import dispatcher as dispatching
from engine.admission.dispatcher import Dispatcher
from engine.admission.limiter import Limiter
from engine.admission.locks import Hold, PresentationLock
from engine.attempts import Attempts
from engine.errors import QuotaScope, Rejected
from engine.events import Fate
from engine.fates import Fates
from engine.job import Job
from engine.plan.operations import Batch
from engine.plan.witness import Witness
from engine.policy import pacing, retry, verdicts
from engine.policy.circuit_breaker import BatchOperationCircuitBreaker, Permit
from engine.policy.sliding_log import SlidingLog
from engine.policy.verdicts import BreakerSignal, LimitSignal
from engine.recovery import Ending, Recovery
from engine.wire import replies
from engine.wire.credentials import AccessTokens
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any
ENGINE = "engine"


async def _no_lock(_locks: PresentationLock, _presentation_id: str) -> Hold:
    return Hold()


def _lock_kept_on_cancel(original: Original) -> Original:
    def give_back(self: PresentationLock, presentation_id: str) -> None:
        if not isinstance(sys.exc_info()[1], asyncio.CancelledError):
            original(self, presentation_id)

    return give_back


def _late_count(_original: Original) -> Original:
    """Count a call for the quota when its answer comes, and not when it leaves."""

    def settle_quota(pacing: Any, reservation: Any, admission: Any, now: float) -> None:  # noqa: ANN401
        if admission.was_sent:
            pacing.sent(reservation, now)

    return settle_quota


def _reserve_nothing(self: SlidingLog, now: float) -> int:
    del now
    self._reserved_count += 1
    return self._reserved_count


def _project_has_no_quota(original: Original) -> Original:
    def logs_for(*args: Any) -> Any:  # noqa: ANN401 - as the original
        return {**original(*args), QuotaScope.PROJECT: SlidingLog(1_000_000)}

    return logs_for


def _only_noted(_self: Dispatcher, admission: Any) -> None:  # noqa: ANN401 - an admission
    admission.was_sent = True


def _refusals_are_failures(table: Any) -> Any:  # noqa: ANN401 - the table of verdicts
    return tuple(
        (
            kind,
            replace(verdict, breaker=BreakerSignal.FAILURE) if issubclass(kind, Rejected) else verdict,
        )
        for kind, verdict in table
    )


def _everybody_is_a_trial(original: Original) -> Original:
    def lease(self: BatchOperationCircuitBreaker, half_open: Any, now: float) -> Permit:  # noqa: ANN401
        half_open.leased_until = None
        permit: Permit = original(self, half_open, now)
        return permit

    return lease


def _leaked_when_nothing_was_learned(original: Original) -> Original:
    def release(self: Limiter, slot: Any, signal: LimitSignal, now: float) -> None:  # noqa: ANN401
        original(self, slot, signal, now)
        self.in_flight += signal is LimitSignal.IGNORED

    return release


def _refresh_at_will(self: AccessTokens) -> "asyncio.Task[str]":
    refresh = asyncio.create_task(self._renew())
    refresh.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody need wait for it
    return refresh


def _told_as_not_sent(original: Original) -> Original:
    def settle(self: Fates, operations: Any, fate: Fate, *args: Any, **known: Any) -> None:  # noqa: ANN401
        told = Fate.NOT_SENT if fate is Fate.INDETERMINATE else fate
        original(self, operations, told, *args, **known)

    return settle


def _settled_again(original: Original) -> Original:
    def settle_one(self: Fates, *args: Any, **known: Any) -> None:  # noqa: ANN401 - as the original
        original(self, *args, **known)
        original(self, *args, **known)

    return settle_one


async def _always_applied(*_: object) -> Ending:
    return Ending(Fate.APPLIED)


def _never_in_doubt(original: Original) -> Original:
    def on_sent(self: Attempts, record: Any, admission: Any) -> None:  # noqa: ANN401 - as the original
        original(self, record, admission)
        record.errand.is_in_doubt = False

    return on_sent


def _with(**instead_of: Any) -> Callable[[Original], Original]:  # noqa: ANN401 - whatever the function takes
    """Return what makes a function take other arguments than it was given."""

    def make(original: Original) -> Original:
        return lambda *args, **known: original(*args, **{**known, **instead_of})

    return make


class _Steady(Random):
    """Jitter that does not jitter."""

    def uniform(self, a: float, b: float) -> float:
        """Return the upper end."""
        del a
        return b


def _in_larger_batches(original: Original) -> Original:
    return lambda operations, strategy, batch_size: original(operations, strategy, 10 * batch_size + 1)


def _waits_for_ever(original: Original) -> Original:
    return lambda self, kind, _deadline, *others, **known: original(self, kind, math.inf, *others, **known)


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "no lock",
        ENGINE,
        (
            instead(PresentationLock, "take", _no_lock),
            instead(PresentationLock, "give_back", lambda *_: None),
        ),
    ),
    Mutant("lock kept on cancel", ENGINE, (Patch(PresentationLock, "give_back", _lock_kept_on_cancel),)),
    Mutant("no fence", ENGINE, (Patch(Batch, "body", lambda body: lambda self, _fence: body(self, None)),)),
    Mutant("retry without jitter", ENGINE, (Patch(retry, "next_delay", _with(jitter=_Steady())),)),
    Mutant(
        "quota counted from the answer",
        ENGINE,
        (
            Patch(dispatching, "settle_quota", _late_count),
            instead(Dispatcher, "sent", _only_noted),
            instead(SlidingLog, "reserve", _reserve_nothing),
        ),
    ),
    Mutant("quota not paced", ENGINE, (instead(SlidingLog, "ready_at", lambda _self, now: now),)),
    Mutant("project's quota not asked", ENGINE, (Patch(pacing, "logs_for", _project_has_no_quota),)),
    Mutant("breaker counts refusals", ENGINE, (Patch(verdicts, "_TABLE", _refusals_are_failures),)),
    Mutant(
        "breaker lets everybody try",
        ENGINE,
        (Patch(BatchOperationCircuitBreaker, "_lease_trial", _everybody_is_a_trial),),
        scenario="outage",
    ),
    Mutant(
        "breaker never opens",
        ENGINE,
        (instead(BatchOperationCircuitBreaker, "_has_seen_enough", lambda *_: False),),
        scenario="outage",
    ),
    Mutant(
        "breaker ignores epochs",
        ENGINE,
        (instead(BatchOperationCircuitBreaker, "_state_of", lambda self, _permit: self._state),),
        scenario="brownout",
    ),
    Mutant(
        "no fallback to sequential",
        ENGINE,
        (instead(Limiter, "fall_back_to_sequential", lambda *_: None),),
        scenario="outage",
    ),
    Mutant("permit leaked on cancel", ENGINE, (Patch(Limiter, "release", _leaked_when_nothing_was_learned),)),
    Mutant("no limit in flight", ENGINE, (instead(Limiter, "has_room", property(lambda _: True)),)),
    Mutant(
        "two token refreshes at once", ENGINE, (instead(AccessTokens, "_refresh_once", _refresh_at_will),)
    ),
    Mutant(
        "refused token kept", ENGINE, (instead(AccessTokens, "reject", lambda *_: None),), "token_revoked"
    ),
    Mutant("doubt told as not sent", ENGINE, (Patch(Fates, "settle", _told_as_not_sent),)),
    Mutant("fate told twice", ENGINE, (Patch(Fates, "_settle_one", _settled_again),)),
    Mutant("doubt taken for success", ENGINE, (instead(Recovery, "weigh", _always_applied),)),
    Mutant("lost answers leave no doubt", ENGINE, (Patch(Attempts, "_on_sent", _never_in_doubt),)),
    Mutant(
        "witness believes everything",
        ENGINE,
        (instead(Job, "witness", lambda *_: Witness.APPLIED),),
    ),
    Mutant("deadline ignored in the queue", ENGINE, (Patch(Dispatcher, "take", _waits_for_ever),), "outage"),
    Mutant(
        "deadline ignored between tries",
        ENGINE,
        (Patch(retry, "next_delay", _with(remaining_seconds=math.inf)),),
    ),
    Mutant("whatever comes taken for JSON", ENGINE, (instead(replies, "_json_object", json.loads),)),
    Mutant("waits go on after closing", ENGINE, (instead(Dispatcher, "close", lambda _: None),)),
    Mutant("batches too large", ENGINE, (Patch(engine.text_calls, "plan", _in_larger_batches),)),
)
