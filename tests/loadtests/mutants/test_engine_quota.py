"""What if a safeguard of the shared quota were missing?  Each is missed, and only when it is gone."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from engine.errors import QuotaFileError
from engine.policy.pacing import CallKind, Pacer, Reservation
from engine.quota.file import QuotaFile
from engine.settings import EngineSettings
from loadtests.mutants.engine_quota import MUTANTS
from tests.support.remote_quotas import MemoryKeeper, RemoteDoor
from tests.support.shared_quotas import ADA, StillClock, send, sharing, taken
from tests.support.source_tree import ROOT

WRITE = CallKind.WRITE
Look = Callable[[Path], bool]


def _two_take_the_last_place(path: Path) -> bool:
    """One process looks, and another one takes before it has taken."""
    clock = StillClock()
    with sharing(path, clock, ADA, ADA, writes_per_minute=1) as (one, other), QuotaFile(path) as file:
        with file.locked(clock):
            early = other.take(clock.now(), WRITE)
        return isinstance(early, Reservation) and one is not other


def _ready_at(pacing: Pacer, clock: StillClock) -> float:
    answer = pacing.take(clock.now(), WRITE)
    return clock.now() if isinstance(answer, Reservation) else answer


def _the_dead_leave_their_place_empty(path: Path) -> bool:
    """A process dies between taking a place and noting that its call was sent."""
    clock = StillClock()
    with sharing(path, clock, ADA, writes_per_minute=1) as (dead,):
        taken(dead, clock)
    clock.put(clock.now() + 30.0)
    with sharing(path, clock, ADA, writes_per_minute=1) as (alive,):
        return isinstance(alive.take(clock.now(), WRITE), Reservation)


def _the_gates_stay_closed(path: Path) -> bool:
    """The machine is started anew, and its clock with it."""
    clock = StillClock(1_000_000.0)
    with sharing(path, clock, ADA, writes_per_minute=1) as (before,):
        send(before, clock)
    clock.put(10.0)
    with sharing(path, clock, ADA, writes_per_minute=1) as (after,):
        return _ready_at(after, clock) > 10.0 + 61.0


def _a_call_counts_for_less_than_a_window(path: Path) -> bool:
    """It leaves late, while the file is busy."""
    clock = StillClock()
    settings = {"writes_per_minute": 1, "http_connection_timeout": 1.0}
    with sharing(path, clock, ADA, **settings) as (pacing,), QuotaFile(path) as file:
        reservation = taken(pacing, clock)
        clock.put(clock.now() + 50.0)  # a process that was stopped for so long
        with file.locked(clock):
            pacing.sent(reservation, clock.now())
        return _ready_at(pacing, clock) < clock.now() + 61.0


def _a_server_that_forgot_is_believed(_path: Path) -> bool:
    """It is started anew, with nothing, right after a call was sent."""

    async def tried() -> bool:
        keeper = MemoryKeeper(StillClock())
        settings = EngineSettings(writes_per_minute=1, quota_use_share=1.0)
        before, after = (RemoteDoor(keeper, ADA, settings, keeper.clock) for _ in range(2))
        await before.send()
        keeper.restart()
        return isinstance(await after.take(), Reservation)

    return asyncio.run(tried())


def _a_call_counts_twice(_path: Path) -> bool:
    """The answer to its note got lost."""

    async def tried() -> bool:
        keeper = MemoryKeeper(StillClock())
        door = RemoteDoor(keeper, ADA, EngineSettings(writes_per_minute=2, quota_use_share=1.0), keeper.clock)
        reservation = await door.taken()
        keeper.loses = 1
        door.pacing.sent(reservation, keeper.clock.now())
        await keeper.clock.advance(1.0)
        await door.settled()
        return not isinstance(await door.take(), Reservation)

    return asyncio.run(tried())


def _two_files_hold_the_whole_quota(path: Path) -> bool:
    """Somebody takes the file away, and whoever comes next makes another one."""
    clock = StillClock()
    with sharing(path, clock, ADA, writes_per_minute=2) as (one,):
        send(one, clock)
        for each in list(path.parent.glob(f"{path.name}*")):
            each.unlink()
        with sharing(path, clock, ADA, writes_per_minute=2) as (other,), suppress(QuotaFileError):
            send(other, clock, times=2)
            return isinstance(one.take(clock.now(), WRITE), Reservation)
    return False


def _the_last_one_out_takes_the_notes_along(path: Path) -> bool:
    """A process has it open twice, and another one comes and goes."""
    visit = (
        "import sys; from pathlib import Path; from engine.quota.file import QuotaFile\n"
        "with QuotaFile(Path(sys.argv[1])): pass"
    )
    clock = StillClock()
    with sharing(path, clock, ADA, ADA, writes_per_minute=1) as (one, _):
        subprocess.run([sys.executable, "-c", visit, str(path)], check=True, cwd=ROOT)
        send(one, clock)
        with sharing(path, clock, ADA, writes_per_minute=1) as (later,):
            try:
                return isinstance(later.take(clock.now(), WRITE), Reservation)
            except QuotaFileError:  # or it finds half of what was there
                return True


LOOKS: dict[str, Look] = {
    "file not locked": _two_take_the_last_place,
    "places of the dead not counted": _the_dead_leave_their_place_empty,
    "restart of the clock not noticed": _the_gates_stay_closed,
    "file used on when it is gone": _two_files_hold_the_whole_quota,
    "locks lost by opening it twice": _the_last_one_out_takes_the_notes_along,
    "notes lost while the file is busy": _a_call_counts_for_less_than_a_window,
    "loss of the server's memory not noticed": _a_server_that_forgot_is_believed,
    "lost answers taken for refusals": _a_call_counts_twice,
}


def test_each_mutant_has_its_look() -> None:
    """One without would never be missed."""
    assert set(LOOKS) == {mutant.name for mutant in MUTANTS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_what_a_missing_safeguard_does_is_seen_and_does_not_happen_with_it(mutant, tmp_path: Path) -> None:  # noqa: ANN001 - a Mutant
    """A look that is never red shows nothing."""
    look = LOOKS[mutant.name]

    with mutant.planted():
        assert look(tmp_path / "mutant")
    assert not look(tmp_path / "sound")
