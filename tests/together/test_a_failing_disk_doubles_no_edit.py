"""A disk that is full or fails, at whichever line of the journal: resumed, every edit is there once."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import pytest

from engine.events import Event, Fate, OperationSettled
from engine.journal import file
from engine.journal.file import Journal
from engine.journal.records import JournalError
from tests.support.journals import edit_with
from tests.support.pretend_slides import PretendSlides

TEXT_MAP = {"go": "go go", "{{b}}": "Bob"}  # the first would do its work again, were it sent again
TEXTS = {"s1": "go {{b}}", "s2": "go {{b}}"}
PERFECT = {"s1": "go go Bob", "s2": "go go Bob"}
MOST_LINES_COUNT = 9  # of a run with one retry


class Disk:
    """A disk that takes some lines, and then none."""

    def __init__(self, lines_left_count: int) -> None:
        self._lines_left_count = lines_left_count
        self._write, self._sync = os.write, file.sync_data

    def _has_room(self) -> bool:
        self._lines_left_count -= 1
        return self._lines_left_count >= 0

    def refuse(self, descriptor: int, data: bytes) -> int:
        """Take a line, or nothing of it."""
        if not self._has_room():
            raise OSError(28, "No space left on device")
        return self._write(descriptor, data)

    def tear(self, descriptor: int, data: bytes) -> int:
        """Take a line, or half of it."""
        return self._write(descriptor, data if self._has_room() else data[: len(data) // 2])

    def lose(self, descriptor: int) -> None:
        """Take what was written, or nothing of it."""
        if not self._has_room():
            raise OSError(5, "Input/output error")
        self._sync(descriptor)


WAYS_TO_FAIL: dict[str, tuple[object, str, Callable[[Disk], object]]] = {
    "full": (os, "write", lambda disk: disk.refuse),
    "full within a line": (os, "write", lambda disk: disk.tear),
    "broken": (file, "sync_data", lambda disk: disk.lose),
}


@contextmanager
def _failing(way: str, lines_count: int) -> Iterator[None]:
    where, name, what = WAYS_TO_FAIL[way]
    with patch.object(where, name, what(Disk(lines_count))), suppress(JournalError):
        yield


@pytest.mark.parametrize("weather", [[], ["lost after"], ["lost before"], ["ok", "lost after"]])
@pytest.mark.parametrize("way", WAYS_TO_FAIL)
async def test_a_failing_disk_doubles_no_edit(tmp_path: Path, way: str, weather: list[str]) -> None:
    """And none is told as never sent that was applied."""
    for lines_count in range(MOST_LINES_COUNT):
        slides, path = PretendSlides(TEXTS, weather), tmp_path / str(lines_count)
        events: list[Event] = []
        with _failing(way, lines_count):
            await edit_with(path, slides, text_map=TEXT_MAP, listeners=[events], batch_strategy="per_slide")

        _assert_true(events, slides)
        with Journal(path) as journal:
            was_begun = bool(journal.calls)
        if was_begun:
            report = await edit_with(path, slides, text_map=TEXT_MAP, resumes=True)
            assert report.applied
        assert slides.texts == (PERFECT if was_begun else TEXTS)


def _assert_true(events: list[Event], slides: PretendSlides) -> None:
    for event in events:
        if isinstance(event, OperationSettled) and event.fate is not Fate.INDETERMINATE:
            is_there = slides.texts[event.slide_id] == PERFECT[event.slide_id]
            assert is_there is (event.fate is Fate.APPLIED), event
