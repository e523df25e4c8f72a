"""The safeguards of a quota that processes share, each gone in a mutant of its own.

A swarm's world has one client at a time, which would not miss them: these are tried on engines and doors that
share a file or a server.
"""

import os
import sqlite3
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from engine.quota import file
from engine.quota.calls import Calls
from engine.quota.file import QuotaFile
from engine.quota.remote_log import RemoteLog
from engine.quota.shared_pacing import SharedPacing
from engine.quota.state import QuotaState
from loadtests.mutants.mutant import Mutant, instead

ENGINE = "engine"


def _only_those_sent(self: Calls, column: str, owner: str, kind: str) -> list[float]:
    found = self._connection.execute(
        f"SELECT counts_at FROM call WHERE {column} = ? AND kind = ? AND is_sent",  # noqa: S608 - as the original
        (owner, kind),
    )
    return [counts_at for (counts_at,) in found]


def _no_lock(_connection: sqlite3.Connection) -> AbstractContextManager[None]:
    return nullcontext()


def _opened_and_closed(self: QuotaFile) -> None:
    os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _lost_if_busy(self: SharedPacing, note: Any) -> None:  # noqa: ANN401 - a note
    self._notes.append(note)
    self._looked(lambda _calls: None, busy=None)
    self._notes.clear()


def _never(*_arguments: object) -> bool:
    return False


MUTANTS: tuple[Mutant, ...] = (
    Mutant("file not locked", ENGINE, (instead(file, "_transaction", _no_lock),)),
    Mutant("places of the dead not counted", ENGINE, (instead(Calls, "taken_at", _only_those_sent),)),
    Mutant("restart of the clock not noticed", ENGINE, (instead(Calls, "survive_restart", lambda _: None),)),
    Mutant("file used on when it is gone", ENGINE, (instead(QuotaFile, "_refuse_if_gone", lambda _: None),)),
    Mutant(
        "locks lost by opening it twice",
        ENGINE,
        (instead(QuotaFile, "_make_if_missing", _opened_and_closed),),
    ),
    Mutant("notes lost while the file is busy", ENGINE, (instead(SharedPacing, "_note", _lost_if_busy),)),
    Mutant(
        "loss of the server's memory not noticed", ENGINE, (instead(QuotaState, "_be_quiet_if_lost", _never),)
    ),
    Mutant("lost answers taken for refusals", ENGINE, (instead(RemoteLog, "_was_kept", _never),)),
)
