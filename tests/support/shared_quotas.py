"""Several processes on one quota file, as far as one process can have them: each with a door of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from engine.clock import Clock
from engine.policy.pacing import CallKind, Reservation
from engine.quota.file import QuotaFile
from engine.quota.shared_pacing import SharedPacing
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings
from tests.support.manual_clock import ManualClock

ADA, BOB = QuotaSubject("host/project/ada", "host/project"), QuotaSubject("host/project/bob", "host/project")


class StillClock(ManualClock):
    """A clock that stands where it is put, also further back: a machine that was started anew."""

    def put(self, now: float) -> None:
        """Stand at `now`."""
        self._now = now


@contextmanager
def sharing(
    path: Path, clock: Clock, *subjects: QuotaSubject, **settings: object
) -> Iterator[list[SharedPacing]]:
    """Open one door to the file for each subject."""
    chosen = EngineSettings(**{"quota_use_share": 1.0, **settings})
    with ExitStack() as stack:
        yield [
            SharedPacing(chosen, stack.enter_context(QuotaFile(path)), subject, clock, Random(number))
            for number, subject in enumerate(subjects)
        ]


def taken(pacing: SharedPacing, clock: Clock, kind: CallKind = CallKind.WRITE) -> Reservation:
    """Take a place, which must be there."""
    answer = pacing.take(clock.now(), kind)
    assert isinstance(answer, Reservation)
    return answer


def send(pacing: SharedPacing, clock: Clock, times: int = 1) -> list[Reservation]:
    """Take places and send at once."""
    reservations = []
    for _ in range(times):
        reservations.append(taken(pacing, clock))
        pacing.sent(reservations[-1], clock.now())
    return reservations
