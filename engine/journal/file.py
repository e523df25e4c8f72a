"""The file of a journal: open in one process at a time, readable by its owner alone, only appended to."""

import asyncio
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EIO, ENOSPC, ENOTSUP
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.journal.records import JournalError, Record, decode, encode
from engine.journal.replay import CallState, replay

_MODE = 0o600
_CLOSED = -1  # no descriptor has this number; the number that it had may be another file's by now
sync_data = getattr(os, "fdatasync", os.fsync)  # macOS has no other


class Journal:
    """A journal, open; a context manager that lets go of its file.

    Opening reads it, and cuts off the torn line that a crash may have left at its end.

    Args:
        path: of the file, which is made if there is none.
        redacts_texts: keep digests of texts and none of the texts themselves.

    Raises:
        JournalError: another process has it open, it is damaged or no file, or it cannot be opened.
    """

    def __init__(self, path: Path, *, redacts_texts: bool = False) -> None:
        self.path = path
        self.redacts_texts = redacts_texts
        self._descriptor = _open(path)
        self._whole_bytes = 0
        self._has_lost_something = False
        self._taken_up = set[int]()
        try:
            self.calls: Mapping[int, CallState] = self._read()
        except BaseException as error:
            os.close(self._descriptor)
            if isinstance(error, OSError):
                raise JournalError(f"{path}: the journal cannot be read: {error.strerror}") from None
            raise
        self._last_call = max(self.calls, default=0)
        self._unfinished = {number for number, state in self.calls.items() if state.unfinished_count}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def unfinished(self) -> list[CallState]:
        """The calls that were not finished when the journal was opened and are not yet, oldest first."""
        return [state for number, state in self.calls.items() if number in self._unfinished]

    def begin_call(self) -> int:
        """Return the number of a new call."""
        self._last_call += 1
        self._unfinished.add(self._last_call)
        return self._last_call

    def compact(self) -> bool:
        """Drop all lines if every call is finished, and return whether they were dropped.

        To be called when the reports of all calls have been taken: a finished call can be reported again as
        long as its lines are there.
        """
        if self._unfinished:
            return False
        os.ftruncate(self._descriptor, 0)
        self._whole_bytes = 0
        self.calls = {}
        return True

    def finish_call(self, call: int) -> None:
        """Take note that every operation of a call has its fate for good."""
        self._unfinished.discard(call)

    @contextmanager
    def taken_up(self, call: int) -> Iterator[None]:
        """Keep a call of an earlier process to whoever goes on with it while the block runs.

        Raises:
            JournalError: somebody goes on with it already; the lines of two would follow from nothing.
        """
        if call in self._taken_up:
            raise JournalError(f"{self.path}: call {call} is being resumed already; wait for its report")
        self._taken_up.add(call)
        try:
            yield
        finally:
            self._taken_up.discard(call)

    def append(self, record: Record) -> None:
        """Hand a record to the operating system: from here on it outlives this process, if not the machine.

        Raises:
            JournalError: there is no room for it, or the journal is closed.  A line that was torn is cut off
                before the next one, or by whoever opens the journal next.
        """
        data = encode(record)
        try:
            if os.fstat(self._descriptor).st_size > self._whole_bytes:
                os.ftruncate(self._descriptor, self._whole_bytes)
            written_bytes, reason = os.write(self._descriptor, data), os.strerror(ENOSPC)
        except OSError as error:
            written_bytes, reason = 0, str(error.strerror)
        if written_bytes < len(data):
            raise self._unwritable(reason)
        self._whole_bytes += len(data)

    async def sync(self) -> None:
        """Wait until all that was appended is on the disk.

        In a thread: a disk may take long, and other presentations should not wait for it.

        Raises:
            JournalError: the disk does not take it, or did not once: asked again, Linux says that all is
                well, and what was lost stays lost.
        """
        if self._has_lost_something:
            raise self._unwritable(os.strerror(EIO))
        try:
            await asyncio.to_thread(sync_data, self._descriptor)
        except OSError as error:
            self._has_lost_something = True
            raise self._unwritable(error.strerror) from None

    def close(self) -> None:
        """Let go of the file, if that was not done already."""
        descriptor, self._descriptor = self._descriptor, _CLOSED
        if descriptor == _CLOSED:
            return
        with suppress(OSError):  # every intent is there already; without the rest, a resumed call has to look
            os.fsync(descriptor)
        os.close(descriptor)

    def _unwritable(self, reason: str | None) -> JournalError:
        return JournalError(f"{self.path}: the journal cannot be written: {reason}")

    def _read(self) -> Mapping[int, CallState]:
        with self.path.open("rb") as file:
            data = file.read()
        records, whole_bytes = decode(data, str(self.path))
        calls = replay(records, str(self.path))
        if whole_bytes < len(data):
            os.ftruncate(self._descriptor, whole_bytes)
        self._whole_bytes = whole_bytes
        os.fsync(self._descriptor)  # what the last process left in memory is built upon from here on
        return calls


def make_salt() -> str:
    """Return what makes digests of the same text differ from call to call."""
    return secrets.token_hex(16)


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _MODE)
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be opened: {error.strerror}") from None
    try:
        _refuse_devices(descriptor)
        _lock(descriptor)
        os.fchmod(descriptor, _MODE)
        _sync_folder(path.parent)
    except OSError as error:
        os.close(descriptor)
        reason = (
            "another process works with this journal"
            if isinstance(error, BlockingIOError)
            else error.strerror
        )
        raise JournalError(f"{path}: {reason}") from None
    return descriptor


def _refuse_devices(descriptor: int) -> None:
    """Raise `OSError` if it is no file: nothing can be read back, and /dev/null would be closed to others."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(ENOTSUP, "the journal must be a file, and this is none")


def _lock(descriptor: int) -> None:
    import fcntl  # noqa: PLC0415 - Windows has none, and an engine without a journal needs none

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: Path) -> None:
    """Make sure that the file's name is on the disk as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
