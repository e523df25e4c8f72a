"""One seed, lived through in virtual time, and what became of every promise."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fakeslides.ledger import Entry
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace
from loadtests.swarm.account import Account
from loadtests.swarm.doomed_journal import Shelf
from loadtests.swarm.play import play
from loadtests.swarm.profile import Profile
from loadtests.swarm.promises import Broken

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there
_NOWHERE = Path("/nowhere")
THE_WORLD_HOLDS = "TheWorldHolds"
"""Broken by a deadlock, a livelock, a world that does not come to its end, or an error that ends it."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What one seed came to.

    Attributes:
        profile: what it depended on.
        broken: promises that did not hold, in order of time; empty when all did.
        checked_counts: how often each promise was looked at.
        digest: of the trace; the same in every run of the same profile.
        began_at_seconds: when the server started, on the world's clock.
        virtual_seconds: how long all lasted.
        strikes: how often each rule struck.
        facts: what the client told.
        ledger: the server's.
    """

    profile: Profile
    broken: Sequence[Broken]
    checked_counts: Mapping[str, int]
    digest: str
    began_at_seconds: float
    virtual_seconds: float
    strikes: Mapping[str, int]
    facts: Sequence[Mapping[str, Any]] = ()
    ledger: Sequence[Entry] = ()


def live_through(profile: Profile, trace: Trace | None = None) -> Episode:
    """Run a profile in virtual time, in this process, with every promise watched.

    Args:
        profile: what to run.
        trace: takes down what happens.
    """
    trace, account, times = trace or Trace(), Account(), [0.0]

    with _folder_for_files(profile) as folder, Shelf(folder) as shelf:

        async def live(loop: VirtualLoop) -> None:
            try:
                await play(loop, profile, account, shelf)
            finally:
                times.append(loop.time())

        broken: list[Broken] = []
        try:
            run_in_virtual_time(live, seed=profile.seed, trace=trace)
        except Exception as error:  # noqa: BLE001 - a broken engine or fake may raise anything, anywhere
            broken.append(Broken(THE_WORLD_HOLDS, times[-1], f"{type(error).__name__}: {error}"))
        finally:
            account.end()
    watch = account.watch
    return Episode(
        profile=profile,
        broken=[*(watch.broken if watch else ()), *broken],
        checked_counts={**(watch.checked_counts if watch else {}), THE_WORLD_HOLDS: 1},
        digest=trace.digest(),
        began_at_seconds=account.started_at_seconds,
        virtual_seconds=times[-1] - account.started_at_seconds,
        strikes=account.strikes,
        facts=account.facts,
        ledger=account.ledger,
    )


@contextmanager
def _folder_for_files(profile: Profile) -> Iterator[Path]:
    """Make a folder while the world runs, of memory where there is such: nothing in it is to outlive that."""
    if not profile.whims.keeps_journal and not profile.whims.shares_quota:
        yield _NOWHERE
        return
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)
