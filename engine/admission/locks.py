"""One writer per presentation, first come first served, and nothing kept for presentations at rest."""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Hold:
    """What the holders of one presentation's lock hand on to each other.

    Attributes:
        revision_id: the revision after the last write under this lock, None if there was none.
    """

    revision_id: str | None = None


@dataclass(slots=True)
class _Entry:
    hold: Hold = field(default_factory=Hold)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users_count: int = 0


class PresentationLock:
    """A lock per presentation.  Its length is the number of presentations that are held or waited for."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    async def take(self, presentation_id: str) -> Hold:
        """Wait for the presentation, which is to be given back; waiters are served in order of arrival.

        Cancelling a waiter takes it out of the line.
        """
        entry = self._entries.setdefault(presentation_id, _Entry())
        entry.users_count += 1  # before the first wait, or a release in between would forget the entry
        try:
            await entry.lock.acquire()
        except BaseException:
            self._leave(presentation_id, entry)
            raise
        return entry.hold

    def give_back(self, presentation_id: str) -> None:
        """Let the next one have the presentation."""
        entry = self._entries[presentation_id]
        entry.lock.release()
        self._leave(presentation_id, entry)

    def _leave(self, presentation_id: str, entry: _Entry) -> None:
        entry.users_count -= 1
        if entry.users_count == 0:
            del self._entries[presentation_id]
