"""The journal of a process that may be killed around any of its lines, and what it leaves behind."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from engine.journal.file import Journal
from engine.journal.records import Record, encode
from engine.quota.file import QuotaFile
from loadtests.simulation.process import Process
from loadtests.swarm.whims import Kill, Point

_HANDLE = 0  # of the file, among the process's sockets, which are numbered from 1


class DoomedJournal(Journal):
    """A journal that knows what of it outlives its process.

    Args:
        path: of the file.
        redacts_texts: keep no texts.
        process: whose it is.
        kill: of that process; None for none.

    Attributes:
        remains: what was in the file when the process died; None as long as it lives.
    """

    def __init__(self, path: Path, *, redacts_texts: bool, process: Process, kill: Kill | None) -> None:
        super().__init__(path, redacts_texts=redacts_texts)
        self._process, self._kill = process, kill
        self._lines_count = 0
        self._synced_bytes = path.stat().st_size
        self.remains: bytes | None = None
        process.owns(_HANDLE, _Remains(self))

    def disarm(self) -> None:
        """Let the process live."""
        self._kill = None

    def append(self, record: Record) -> None:
        """Append, and perhaps die of it."""
        self._lines_count += 1
        self._pass(Point.BEFORE_LINE)
        if self._is_at(Point.WITHIN_LINE):
            self._tear(record)
        super().append(record)
        self._pass(Point.AFTER_LINE)

    async def sync(self) -> None:
        """Sync, and note what is on the disk by then."""
        size_bytes = self.path.stat().st_size
        await super().sync()
        self._synced_bytes = size_bytes

    def note_remains(self) -> None:
        """Take down what a process that is killed now leaves behind, or a machine that loses its power."""
        data = self.path.read_bytes()
        share = None if self._kill is None else self._kill.survives_share
        unsynced_bytes = max(0, len(data) - self._synced_bytes)
        lost_bytes = 0 if share is None else round((1 - share) * unsynced_bytes)
        self.remains = data[: len(data) - lost_bytes]

    def _is_at(self, point: Point) -> bool:
        kill = self._kill
        return kill is not None and (kill.point, kill.number) == (point, self._lines_count)

    def _pass(self, point: Point) -> None:
        if self._is_at(point):
            self._process.kill()

    def _tear(self, record: Record) -> None:
        line, size_bytes = encode(record), os.fstat(self._descriptor).st_size
        os.write(self._descriptor, line[: len(line) // 2])
        self._process.kill()
        os.ftruncate(self._descriptor, size_bytes)


class Shelf:
    """Where the journals of one run are kept, and its quota file: a context manager that lets go of them.

    Args:
        folder: for the files; each process has one of its own, which begins as the one before it ended, for
            what the dead still write in their last step is not to reach the living.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: list[DoomedJournal] = []
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for journal in self._opened:
            journal.close()
        self._closing.close()

    def opened(self, *, redacts_texts: bool, process: Process, kill: Kill | None) -> DoomedJournal:
        """Return the journal of the next process."""
        path = self._folder / f"journal-{len(self._opened)}"
        path.write_bytes(self._opened[-1].remains or b"" if self._opened else b"")
        made = DoomedJournal(path, redacts_texts=redacts_texts, process=process, kill=kill)
        self._opened.append(made)
        return made

    def quota_file(self) -> QuotaFile:
        """Return the quota file as a process of its own would open it; it outlives every process."""
        return self._closing.enter_context(QuotaFile(self._folder / "quota"))


class _Remains:
    """Closed by the kernel when the process dies."""

    def __init__(self, journal: DoomedJournal) -> None:
        self._journal = journal

    def close(self) -> None:
        """Note what is left."""
        self._journal.note_remains()
