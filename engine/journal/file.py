"""The file of a journal: open in one process at a time, readable by its owner alone, only appended to."""

import asyncio
import os
import secrets
from collections.abc import Mapping
from errno import ENOSPC
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.journal.records import JournalError, Record, decode, encode
from engine.journal.replay import CallState, replay

_MODE = 0o600
sync_data = getattr(os, "fdatasync", os.fsync)  # macOS has no other


class Journal:
    """A journal, open; a context manager that lets go of its file.

    Opening reads it, and cuts off the torn line that a crash may have left at its end.

    Args:
        path: of the file, which is made if there is none.
        redacts_texts: keep digests of texts and none of the texts themselves.

    Raises:
        JournalError: another process has it open, it is damaged, or it cannot be opened.
    """

    def __init__(self, path: Path, *, redacts_texts: bool = False) -> None:
        self.path = path
        self.redacts_texts = redacts_texts
        self._descriptor = _open(path)
        try:
            self.calls: Mapping[int, CallState] = self._read()
        except BaseException:
            os.close(self._descriptor)
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
        self.calls = {}
        return True

    def finish_call(self, call: int) -> None:
        """Take note that every operation of a call has its fate for good."""
        self._unfinished.discard(call)

    def append(self, record: Record) -> None:
        """Hand a record to the operating system: from here on it outlives this process, if not the machine.

        Raises:
            JournalError: there is no room for it; the journal is as it was.
        """
        data, size_bytes = encode(record), os.fstat(self._descriptor).st_size
        try:
            written_bytes, reason = os.write(self._descriptor, data), os.strerror(ENOSPC)
        except OSError as error:
            written_bytes, reason = 0, str(error.strerror)
        if written_bytes != len(data):
            os.ftruncate(self._descriptor, size_bytes)
            raise JournalError(f"{self.path}: the journal cannot be written: {reason}")

    async def sync(self) -> None:
        """Wait until all that was appended is on the disk.

        In a thread: a disk may take long, and other presentations should not wait for it.

        Raises:
            JournalError: the disk does not take it.
        """
        try:
            await asyncio.to_thread(sync_data, self._descriptor)
        except OSError as error:
            raise JournalError(f"{self.path}: the journal cannot be written: {error.strerror}") from None

    def close(self) -> None:
        """Let go of the file, all of it on the disk."""
        os.fsync(self._descriptor)
        os.close(self._descriptor)

    def _read(self) -> Mapping[int, CallState]:
        with self.path.open("rb") as file:
            data = file.read()
        records, whole_bytes = decode(data, str(self.path))
        calls = replay(records, str(self.path))
        if whole_bytes < len(data):
            os.ftruncate(self._descriptor, whole_bytes)
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
