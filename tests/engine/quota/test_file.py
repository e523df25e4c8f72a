"""The file itself: whose it is, what is no such file, and what a busy or a broken one does."""

import os
import sqlite3
import subprocess
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from engine.errors import QuotaFileError
from engine.quota import file as quota_file
from engine.quota.file import FileBusy, QuotaFile
from tests.support.manual_clock import ManualClock
from tests.support.shared_quotas import ADA
from tests.support.source_tree import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "quota"


def test_it_is_for_its_owner_alone(path: Path) -> None:
    """It names accounts, whatever the umask; so do the files that SQLite puts beside it."""
    before = os.umask(0)
    try:
        with QuotaFile(path) as file, file.locked(ManualClock()) as calls:
            calls.refund(1)
            beside = {each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    finally:
        os.umask(before)

    assert beside == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    """It may have been made by hand."""
    path.touch(0o644)

    with QuotaFile(path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_it_can_be_opened_again(path: Path) -> None:
    """What it holds outlives whoever wrote it."""
    clock = ManualClock()
    with QuotaFile(path) as file, file.locked(clock) as calls:
        number = calls.reserve("write", ADA, 7.0)

    with QuotaFile(path) as file, file.locked(clock) as calls:
        assert calls.latest_number() == number


@pytest.mark.parametrize(
    "content", [b"{}\n", b"SQLite format 3\x00" + bytes(84), bytes(4_096), b"1 17 CallBegun" * 999]
)
def test_a_file_of_something_else_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    """Somebody named the wrong file, and wants it back as it was."""
    path.write_bytes(content)
    path.chmod(0o644)

    with pytest.raises(QuotaFileError, match=str(path)), QuotaFile(path):
        pass

    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o644


def test_another_programs_database_is_refused(path: Path) -> None:
    """It has tables of its own, and is left as it was."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmark (address TEXT)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(QuotaFileError, match="this is no quota file"), QuotaFile(path):
        pass

    assert path.read_bytes() == before


def test_a_file_of_a_later_version_is_refused(path: Path) -> None:
    """Its rows may mean something else."""
    with QuotaFile(path):
        pass
    later = sqlite3.connect(path)
    later.execute("PRAGMA user_version = 2")
    later.close()

    with pytest.raises(QuotaFileError, match="this version"), QuotaFile(path):
        pass


@pytest.mark.parametrize(
    ("where", "why"),
    [("", "must be a file"), ("/dev/null", "must be a file"), ("no/such", "cannot be opened")],
)
def test_a_place_where_no_file_can_be_says_so(tmp_path: Path, where: str, why: str) -> None:
    """A folder, a device that others use, or a name below a folder that is not there."""
    with pytest.raises(QuotaFileError, match=why), QuotaFile(tmp_path / where):
        pass


def test_damage_is_told_with_what_to_do(path: Path) -> None:
    """Nobody knows what was sent, so beginning anew at once could exceed the quota."""
    clock = ManualClock()
    with QuotaFile(path) as file, file.locked(clock) as calls:
        calls.reserve("write", ADA, 7.0)
    content = bytearray(path.read_bytes())
    content[4_096:] = b"\xa5" * (len(content) - 4_096)
    path.write_bytes(content)

    with (
        pytest.raises(QuotaFileError, match="wait a minute, remove it and start again"),
        QuotaFile(path) as file,
        file.locked(clock) as calls,
    ):
        calls.latest_number()


def test_a_file_that_others_hold_is_busy_and_not_waited_for(path: Path) -> None:
    """A process that was stopped with the lock in its hand must not stop the event loops of all others."""
    with (
        QuotaFile(path) as one,
        QuotaFile(path) as other,
        one.locked(ManualClock()),
        pytest.raises(FileBusy),
        other.locked(ManualClock()),
    ):
        pass


def test_sqlite_does_not_wait_for_the_lock_in_the_event_loop(path: Path) -> None:
    """It slept 0.1 s at every look while another process hung, and so did all calls of this one."""
    with QuotaFile(path) as file:
        assert file._connection is not None
        assert file._connection.execute("PRAGMA busy_timeout").fetchone() == (0,)


def test_many_who_begin_at_once_make_one_file(path: Path) -> None:
    """A fleet is started together; who finds the file held looks again, as an engine does."""
    program = f"""
import time
from pathlib import Path
from engine.clock import MonotonicClock
from engine.quota.file import QuotaFile
from engine.quota.shared_pacing import FileBusy
from tests.support.shared_quotas import ADA
with QuotaFile(Path({str(path)!r})) as file:
    for _ in range(10_000):
        try:
            with file.locked(MonotonicClock()) as calls:
                calls.reserve("write", ADA, 7.0)
            break
        except FileBusy:
            time.sleep(0.001)
"""
    started = [subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) for _ in range(6)]

    ends = [process.wait() for process in started]

    with QuotaFile(path) as file, file.locked(ManualClock()) as calls:
        assert (ends, calls.latest_number()) == ([0] * 6, 6)


def test_what_went_wrong_half_way_leaves_no_trace(path: Path) -> None:
    """Half a note is worse than none."""
    clock = ManualClock()
    with QuotaFile(path) as file:
        with suppress(ZeroDivisionError), file.locked(clock) as calls:
            calls.reserve("write", ADA, 7.0)
            raise ZeroDivisionError
        with file.locked(clock) as calls:
            assert calls.latest_number() == 0


def test_a_note_that_cannot_be_kept_in_the_end_does_not_hold_the_file() -> None:
    """Left open, it would make every later look an error, though the disk has room again."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(
        "PRAGMA foreign_keys = ON; CREATE TABLE parent (id PRIMARY KEY);"
        "CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED);"
    )

    with pytest.raises(sqlite3.IntegrityError), quota_file._transaction(connection):
        connection.execute("INSERT INTO child VALUES (1)")

    assert not connection.in_transaction


def test_a_full_disk_is_told_as_what_it_is(path: Path) -> None:
    """SQLite gives the notes back by itself then, and has nothing left to undo."""

    def fill(file: QuotaFile) -> None:
        with file.locked(ManualClock()) as calls:
            for _ in range(10_000):
                calls.reserve("write", ADA, 7.0)

    with QuotaFile(path) as file:
        assert file._connection is not None
        file._connection.execute("PRAGMA max_page_count = 1")  # no larger than it is
        with pytest.raises(QuotaFileError, match="disk is full"):
            fill(file)


@pytest.mark.parametrize("is_made_anew", [True, False])
def test_a_file_that_was_removed_is_used_no_more(path: Path, *, is_made_anew: bool) -> None:
    """Whoever starts later makes another one, and each of the two would hold the whole quota."""
    with QuotaFile(path) as file:
        for each in list(path.parent.iterdir()):
            each.unlink()
        with (
            QuotaFile(path) if is_made_anew else nullcontext(),
            pytest.raises(QuotaFileError, match="has taken the quota file away"),
            file.locked(ManualClock()) as calls,
        ):
            calls.reserve("write", ADA, 7.0)


def test_a_process_that_moves_to_another_directory_keeps_its_file(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon does so when it starts, and its file may have been named from where it began."""
    monkeypatch.chdir(tmp_path)
    with QuotaFile(Path(path.name)) as file:
        monkeypatch.chdir("/")

        with file.locked(ManualClock()) as calls:
            assert calls.reserve("write", ADA, 7.0) == 1


def test_opening_it_twice_in_one_process_lets_no_other_take_it_apart(path: Path) -> None:
    """Closing any descriptor of a file gives up the process's locks on it: the last out tidies up."""
    visit = (
        "import sys; from pathlib import Path; from engine.quota.file import QuotaFile\n"
        "with QuotaFile(Path(sys.argv[1])): pass"
    )
    with QuotaFile(path) as first, QuotaFile(path):
        subprocess.run([sys.executable, "-c", visit, str(path)], check=True, cwd=ROOT)
        with first.locked(ManualClock()) as calls:
            number = calls.reserve("write", ADA, 7.0)

        with QuotaFile(path) as later, later.locked(ManualClock()) as calls:
            assert calls.latest_number() == number


def test_a_file_that_is_not_open_says_so(path: Path) -> None:
    """Instead of an attribute of None."""
    with pytest.raises(QuotaFileError, match="not open"), QuotaFile(path).locked(ManualClock()):
        pass


def test_a_process_that_is_killed_in_the_midst_of_a_note_leaves_a_whole_file(path: Path) -> None:
    """Locks go with the process, and what it had not finished is not there."""
    program = f"""
import os, signal
from pathlib import Path
from engine.clock import MonotonicClock
from engine.quota.file import QuotaFile
from tests.support.shared_quotas import ADA
with QuotaFile(Path({str(path)!r})) as file:
    with file.locked(MonotonicClock()) as calls:
        calls.reserve("write", ADA, 7.0)
    with file.locked(MonotonicClock()) as calls:
        calls.reserve("write", ADA, 7.0)
        os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)

    with QuotaFile(path) as file, file.locked(ManualClock()) as calls:
        numbers = calls.latest_number()

    assert killed.returncode == -9
    assert numbers == 1
