"""The file in which processes of one machine note their calls: an SQLite database, locked for each look.

Times in it are of the machine's monotonic clock, which all processes share and which nobody sets.  It begins
anew when the machine does.  So a last note that is still to come is a sign of a restart, and all times are
then moved as if it had taken no time: what was sent counts rather too long than too short.  Where the new
clock has passed the last note already, no call looks older than the machine has been up, and none is younger.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.clock import Clock
from engine.errors import QuotaFileError
from engine.quota.calls import SCHEMA, Calls
from engine.quota.shared_pacing import FileBusy, SharedPacing
from engine.quota.sharing import Surroundings
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings

_LONGEST_OPENING_SECONDS = 5.0
_MODE = 0o600
_MARKS = {"application_id": 0x6465636B, "user_version": 1}  # "deck" in the header, and the schema's version


class QuotaFile:
    """A file of calls; a context manager, which several engines of one event loop may share.

    Args:
        path: of the file; it is made if there is none, readable by its owner alone.

    Raises:
        QuotaFileError: on entering, if the file cannot be used; later, if it cannot be any more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._place = path.absolute()  # a process may go to another directory
        self._opened: os.stat_result | None = None

    def pacer(self, settings: EngineSettings, subject: QuotaSubject, around: Surroundings) -> SharedPacing:
        """Return who says when calls of a subject fit the quotas of the settings, as all use them."""
        return SharedPacing(settings, self, subject, around.clock, around.jitter)

    def __enter__(self) -> Self:
        with self._errors_told():
            self._make_if_missing()
        self._connection = self._connected()
        try:
            with self._errors_told():
                self._prepare(self._connection)
                self._opened = self._place.stat()
        except BaseException as error:
            self._connection.close()
            if isinstance(error, FileBusy):
                raise QuotaFileError(f"{self.path}: the quota file is held by a process that hangs") from None
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def locked(self, clock: Clock) -> Iterator[Calls]:
        """Hold the file while the block runs, which must be short: everybody else waits.

        Raises:
            FileBusy: the lock was not to be had.
            QuotaFileError: the file cannot be used any more.
        """
        if self._connection is None:
            raise QuotaFileError(f"{self.path}: the quota file is not open")
        self._refuse_if_gone()
        with self._errors_told(), _transaction(self._connection):
            # Only now: a time from before the wait for the lock may lie before what others noted meanwhile.
            calls = Calls(self._connection, clock.now())
            calls.survive_restart()
            yield calls

    def _connected(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(
                self.path,
                timeout=_LONGEST_OPENING_SECONDS,
                isolation_level=None,  # transactions begin and end where this module says so
                check_same_thread=False,  # an engine may be made in one thread and run in another
            )
        except sqlite3.Error as error:
            raise QuotaFileError(f"{self.path}: the quota file cannot be opened: {error}") from None

    def _make_if_missing(self) -> None:
        """Make an empty file; to close one that is in use here would give up our locks on it."""
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE))
        if not self.path.is_file():
            raise QuotaFileError(f"{self.path}: the quota file must be a file, and this is none")

    def _refuse_if_gone(self) -> None:
        """Raise `QuotaFileError` if whoever opens the file now gets another one, or none."""
        with suppress(OSError):
            if self._opened and os.path.samestat(self._opened, self._place.stat()):
                return
        raise QuotaFileError(
            f"{self.path}: somebody has taken the quota file away; wait a minute and start again, since "
            "others may use the whole quota by now"
        )

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise FileBusy from None
            raise QuotaFileError(
                f"{self.path}: the quota file cannot be used: {error}; if it is damaged, wait a minute, "
                "remove it and start again, since nobody knows what the last minute held"
            ) from None
        except OSError as error:
            raise QuotaFileError(f"{self.path}: the quota file cannot be opened: {error.strerror}") from None

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if not _is_empty(connection):
            self._refuse_others(connection)
        self.path.chmod(_MODE)  # not before: it may be somebody else's, and named by mistake
        # A killed process leaves a whole file behind; only a loss of power may cost the last few notes.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with _transaction(connection):
            if _is_empty(connection):
                _lay_out(connection)
            self._refuse_others(connection)
        # From here on the event loop asks, and must not sleep: whoever finds the file held looks again later.
        connection.execute("PRAGMA busy_timeout = 0")

    def _refuse_others(self, connection: sqlite3.Connection) -> None:
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _MARKS}
        if found != _MARKS:
            raise QuotaFileError(f"{self.path}: this is no quota file that this version of deckstorm knows")


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _lay_out(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    for name, value in _MARKS.items():
        connection.execute(f"PRAGMA {name} = {value}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise
