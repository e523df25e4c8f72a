"""What if a safeguard in a corner were missing?  Each is missed, and only when it is gone."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from engine.admission.call_queue import CallQueue, Place
from engine.admission.waiting_room import WaitingRoom
from engine.calls import FENCE_HOLDS_SECONDS
from engine.errors import CircuitOpen, CredentialsRefused, EngineClosed, TooBusy
from engine.journal.records import Intended, JournalError, decode, encode
from engine.settings import EngineSettings
from loadtests.mutants.engine_corners import MUTANTS
from loadtests.mutants.mutant import Mutant
from tests.support.dispatcher_bench import Bench
from tests.support.journals import cut_after, edit_with, intended
from tests.support.manual_clock import RunningClock
from tests.support.planted import assert_replaced_and_given_back, rooms_of
from tests.support.pretend_slides import PretendSlides

Look = Callable[[Path], Awaitable[bool]]
TEXTS = {"s1": "go {{b}}"}


async def _refused_tokens_are_asked_for_on_and_on(_: Path) -> bool:
    """Twice as many calls as open the breaker, one after the other, none of which gets a token."""
    bench = Bench()
    threshold = EngineSettings().circuit_breaker_threshold
    for number in range(2 * threshold):
        refused = CredentialsRefused("no access token")
        until = bench.clock.now() + 1.0
        call = asyncio.create_task(bench.call(str(number), seconds=0.0, deadline=until, error=refused))
        await bench.clock.advance(2.0)
        with suppress(CircuitOpen):
            await call
    return len(bench.started) > threshold


async def _nobody_is_turned_away(_: Path) -> bool:
    """Two want a place where there is one."""
    bench = Bench()
    room = WaitingRoom(1, bench.clock)
    queue = CallQueue(1, bench.dispatcher, bench.clock, bench.events.append, room)
    try:
        with Place(queue, "one", "one", math.inf), Place(queue, "other", "other", math.inf):
            return True
    except TooBusy:
        return False


async def _whoever_waits_is_not_told(_: Path) -> bool:
    """The engine drains while a call with a write in doubt takes all the room, which may take a while yet."""
    bench = Bench()
    room = WaitingRoom(1, bench.clock)
    queue = CallQueue(2, bench.dispatcher, bench.clock, bench.events.append, room)
    with Place(queue, "one", "one", math.inf) as first, Place(queue, "other", "other", math.inf) as other:
        await first.begin()
        turn = other.begin()
        room.close()
        return not (turn.done() and isinstance(turn.exception(), EngineClosed))


async def _yesterdays_fence_is_sent(path: Path) -> bool:
    """A write was in doubt when its process died, and is taken up more than a day later."""
    await edit_with(path, PretendSlides(TEXTS))
    cut_after(path, Intended)
    slides = PretendSlides(TEXTS)
    slides.revision += 1
    later = RunningClock(1_000.0 + FENCE_HOLDS_SECONDS + 60.0)
    await edit_with(path, slides, resumes=True, clock=later)
    sent = [body for _, _, _, body in slides.attempts if body is not None]
    return any(body["writeControl"]["requiredRevisionId"] == "r1" for body in sent)


async def _a_forged_fence_is_believed(path: Path) -> bool:
    """One bit of a line is another one, and the line is as long as before."""
    line = encode(intended("a", fence="r1")).replace(b'"r1"', b'"r3"')
    try:
        return bool(decode(line, path.name)[0])
    except JournalError:
        return False


LOOKS: dict[str, Look] = {
    "no breaker for credentials": _refused_tokens_are_asked_for_on_and_on,
    "queue without an end": _nobody_is_turned_away,
    "waiting calls not told of the end": _whoever_waits_is_not_told,
    "fence of another day sent": _yesterdays_fence_is_sent,
    "journal's checksum not checked": _a_forged_fence_is_believed,
}


def test_each_mutant_has_its_look() -> None:
    """One without would never be missed."""
    assert set(LOOKS) == {mutant.name for mutant in MUTANTS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
async def test_what_a_missing_safeguard_does_is_seen_and_does_not_happen_with_it(
    mutant: Mutant, tmp_path: Path
) -> None:
    """A look that is never red shows nothing."""
    look = LOOKS[mutant.name]

    with mutant.planted():
        assert await look(tmp_path / "mutant")
    assert not await look(tmp_path / "sound")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_takes_something_away_from_the_engine_and_gives_it_back(mutant: Mutant) -> None:
    """Whoever tries the next one tries it on a sound engine."""
    assert_replaced_and_given_back(mutant)
    assert rooms_of(mutant) == {"engine"}
