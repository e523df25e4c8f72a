"""Safeguards that no swarm would miss, each gone in a mutant of its own: these have a look of their own.

A seed's world has a few calls, lasts for minutes, and its disks and keys are good.  What is guarded against
here takes a day, more calls than may wait, a disk that forgets or credentials that nobody accepts.
"""

from typing import Any

from engine.admission.breaker import BreakerGate
from engine.admission.breakers import CREDENTIALS, Breakers
from engine.admission.call_queue import CallQueue
from engine.admission.waiting_room import WaitingRoom
from engine.calls import Calls
from engine.journal import records
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any


def _none_for_credentials(original: Original) -> Original:
    def gate(self: Breakers, key: str, *args: Any, **known: Any) -> BreakerGate:  # noqa: ANN401 - as the original
        if key == CREDENTIALS:
            return BreakerGate(None, key, lambda _: None, lambda _: None)
        made: BreakerGate = original(self, key, *args, **known)
        return made

    return gate


def _without_an_end(original: Original) -> Original:
    return lambda self, _most_calls_count, *args: original(self, 1_000_000_000, *args)


def _however_old(_self: Calls, doubt: Any) -> bool:  # noqa: ANN401 - what a journal has in doubt
    return doubt.fence is not None


MUTANTS: tuple[Mutant, ...] = (
    Mutant("no breaker for credentials", ENGINE, (Patch(Breakers, "_gate", _none_for_credentials),)),
    Mutant("queue without an end", ENGINE, (Patch(CallQueue, "__init__", _without_an_end),)),
    Mutant("waiting calls not told of the end", ENGINE, (instead(WaitingRoom, "close", lambda _: None),)),
    Mutant("fence of another day sent", ENGINE, (instead(Calls, "_does_hold", _however_old),)),
    Mutant("journal's checksum not checked", ENGINE, (instead(records, "crc32", lambda _: 0),)),
)
