"""The file of a journal."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.events import Fate
from engine.journal import file
from engine.journal.file import Journal, make_salt
from engine.journal.records import JournalError, encode
from tests.support.journals import begun, intended, records_of, settled
from tests.support.source_tree import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal"


def test_it_is_for_its_owner_alone(path: Path) -> None:
    """It holds texts of customers, whatever the umask."""
    before = os.umask(0)
    try:
        Journal(path).close()
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    """It may have been made by hand."""
    path.touch(0o644)

    Journal(path).close()

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_process_is_refused_and_told_why(path: Path) -> None:
    """Two writers would each take the other's edits for their own."""
    program = (
        f"from pathlib import Path; from engine.journal.file import Journal; Journal(Path({str(path)!r}))"
    )

    with Journal(path):
        second = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert second.returncode == 1
    assert f"JournalError: {path}: another process works with this journal" in second.stderr


def test_a_torn_line_is_cut_off_before_the_next_is_written(path: Path) -> None:
    """Glued to the next one it would be a damaged line in the middle."""
    path.write_bytes(encode(begun("a")) + encode(intended("a"))[:-5])

    with Journal(path) as journal:
        journal.append(settled("a", fate=Fate.APPLIED))

    assert records_of(path) == [begun("a"), settled("a", fate=Fate.APPLIED)]


def test_a_damaged_journal_is_left_as_it_is_and_free_for_others(path: Path) -> None:
    """Somebody has to look at it."""
    path.write_bytes(b"no journal at all\n")

    for _ in range(2):
        with pytest.raises(JournalError, match=f"{path}:1: this line is damaged"):
            Journal(path)

    assert path.read_bytes() == b"no journal at all\n"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The usual mistyped folder."""
    with pytest.raises(JournalError, match="nowhere/journal: the journal cannot be opened: No such file"):
        Journal(tmp_path / "nowhere" / "journal")


def test_calls_are_numbered_on(path: Path) -> None:
    """Two calls with one number would be taken for one."""
    path.write_bytes(encode(begun("a", call=4)))

    with Journal(path) as journal:
        assert [journal.begin_call(), journal.begin_call()] == [5, 6]


def test_only_a_journal_whose_calls_are_all_finished_is_emptied(path: Path) -> None:
    """What is unfinished is the reason for which it is kept."""
    with Journal(path) as journal:
        call = journal.begin_call()
        journal.append(begun("a", call=call))
        assert not journal.compact()
        assert path.stat().st_size > 0

        journal.finish_call(call)
        assert journal.compact()

    assert path.stat().st_size == 0


def test_the_unfinished_calls_of_earlier_processes_are_known(path: Path) -> None:
    """They are what there is to resume."""
    path.write_bytes(
        encode(begun("a", call=1)) + encode(settled("a", fate=Fate.APPLIED)) + encode(begun("b", call=2))
    )

    with Journal(path) as journal:
        assert [state.begun.call for state in journal.unfinished] == [2]


def test_a_full_disk_leaves_no_half_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process must be able to read what there is."""
    write = os.write
    with Journal(path) as journal:
        journal.append(begun("a"))
        monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
        with pytest.raises(JournalError, match="the journal cannot be written: No space left"):
            journal.append(settled("a", fate=Fate.APPLIED))
        monkeypatch.undo()

    assert records_of(path) == [begun("a")]


def test_a_line_that_a_full_disk_has_torn_is_no_part_of_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that cannot even take the half away would leave a journal that nobody can read."""
    write = os.write

    def fail(_: int, __: int) -> None:
        raise OSError(5, "Input/output error")

    with Journal(path) as journal:
        journal.append(begun("a"))
        monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
        monkeypatch.setattr(os, "ftruncate", fail)
        for _ in range(2):
            with pytest.raises(JournalError, match="the journal cannot be written"):
                journal.append(settled("a", fate=Fate.APPLIED))
        monkeypatch.undo()
        journal.append(settled("a", fate=Fate.REJECTED))

    assert records_of(path) == [begun("a"), settled("a", fate=Fate.REJECTED)]


def test_what_is_no_file_is_refused_and_left_to_others(tmp_path: Path) -> None:
    """A pipe would be read for ever, and /dev/null be closed to everybody but us."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o666)

    with pytest.raises(JournalError, match=f"{pipe}: the journal must be a file, and this is none"):
        Journal(pipe)

    assert pipe.stat().st_mode & 0o777 == 0o666


def test_a_file_that_cannot_be_read_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not left open."""

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    Journal(path).close()
    monkeypatch.setattr(file.os, "fsync", fail)
    monkeypatch.setattr(file, "_sync_folder", lambda _: None)
    with pytest.raises(JournalError, match="the journal cannot be read: Input/output error"):
        Journal(path)
    monkeypatch.undo()

    Journal(path).close()


def test_a_disk_that_fails_when_the_journal_is_closed_hides_no_report(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every intent is there already, and what became of the edits is still to be told."""

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with Journal(path):
        monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.undo()

    Journal(path).close()  # nobody has it open


def test_a_closed_journal_takes_nothing_more(path: Path) -> None:
    """The number of its descriptor may be that of another file by now, which would be written to."""
    journal = Journal(path)
    journal.close()
    with (path.parent / "other").open("wb") as other:
        journal.close()
        with pytest.raises(JournalError, match="the journal cannot be written"):
            journal.append(begun("a"))

        assert os.fstat(other.fileno()).st_size == 0


async def test_a_disk_that_fails_to_sync_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not on the disk must not be sent."""

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with Journal(path) as journal:
        monkeypatch.setattr(file, "sync_data", fail)
        with pytest.raises(JournalError, match="the journal cannot be written: Input/output error"):
            await journal.sync()


async def test_a_disk_that_has_lost_something_is_not_believed_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked a second time Linux says that all is well, and the lines are gone all the same."""

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with Journal(path) as journal:
        monkeypatch.setattr(file, "sync_data", fail)
        with pytest.raises(JournalError):
            await journal.sync()
        monkeypatch.undo()

        with pytest.raises(JournalError, match="Input/output error"):
            await journal.sync()


async def test_others_go_on_while_the_disk_takes_its_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow disk is no reason for other presentations to wait."""
    loop, others = asyncio.get_running_loop(), asyncio.Event()

    def slow(_: int) -> None:
        asyncio.run_coroutine_threadsafe(others.wait(), loop).result(timeout=10)

    with Journal(path) as journal:
        monkeypatch.setattr(file, "sync_data", slow)
        syncing = asyncio.create_task(journal.sync())
        await asyncio.sleep(0)
        others.set()
        await syncing


def test_no_two_salts_are_alike() -> None:
    """Else digests of two calls could be compared."""
    assert make_salt() != make_salt()
