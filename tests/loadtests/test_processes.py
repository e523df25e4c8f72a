import asyncio
import os
import select
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from loadtests.processes import child, complaints_in, feed, how_it_ended, kill_group, tethered
from tests.support.living import is_alive


def _python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


async def test_a_child_is_gone_whatever_happens_inside(tmp_path: Path) -> None:
    """An exception in the harness must not leave a server behind."""
    with pytest.raises(RuntimeError, match="something else"):
        async with child(_python("import time; time.sleep(60)"), tmp_path / "err") as process:
            raise RuntimeError("something else")

    assert not is_alive(process.pid)


async def test_a_child_is_gone_also_when_its_end_is_not_waited_for(tmp_path: Path) -> None:
    """Whoever is cancelled while a stubborn process ends would leave it to nobody."""
    program = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )

    async def start_and_stop() -> int:
        async with child(_python(program), tmp_path / "err", stdout=PIPE) as process:
            assert process.stdout is not None
            await process.stdout.readline()
            started.set_result(process.pid)
        return process.pid

    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    stopping = asyncio.create_task(start_and_stop())
    process_id = await started
    await asyncio.sleep(0)
    stopping.cancel()
    await asyncio.wait([stopping])

    assert stopping.cancelled()
    assert not is_alive(process_id)


async def test_a_child_takes_its_own_children_along(tmp_path: Path) -> None:
    """A client that started helpers of its own must not leave them behind either."""
    program = (
        "import subprocess, sys\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "child = subprocess.Popen(sleep, stdout=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)"
    )
    async with child(_python(program), tmp_path / "err", stdout=PIPE) as process:
        assert process.stdout is not None
        grandchild = os.pidfd_open(int(await process.stdout.readline()))
        await process.wait()

    has_ended, _, _ = select.select([grandchild], [], [], 10)
    os.close(grandchild)
    assert has_ended


async def test_what_is_fed_arrives_whole(tmp_path: Path) -> None:
    """A job is larger than a pipe's buffer."""
    program = "import sys; print(len(sys.stdin.read()))"
    async with child(_python(program), tmp_path / "err", stdin=PIPE, stdout=PIPE) as process:
        await feed(process, "x" * 1_000_000)
        assert process.stdout is not None
        counted = await process.stdout.read()

    assert counted.strip() == b"1000000"


async def test_feeding_a_process_that_is_gone_is_no_error(tmp_path: Path) -> None:
    """A client that dies at once is a measurement, and not a broken pipe of ours."""
    async with child(_python("raise SystemExit(3)"), tmp_path / "err", stdin=PIPE) as process:
        await process.wait()
        await feed(process, "x" * 1_000_000)

    assert process.returncode == 3


async def test_a_signal_is_told_by_its_name(tmp_path: Path) -> None:
    """`SIGSEGV` is what people search for."""
    program = "import os, sys; print('oh no', file=sys.stderr, flush=True); os.kill(os.getpid(), 11)"
    async with child(_python(program), tmp_path / "err") as process:
        await process.wait()

    ended = how_it_ended(process.returncode, was_killed=False, complaints=tmp_path / "err")

    assert (ended.status, ended.signal, ended.complaints) == (None, "SIGSEGV", "oh no")


async def test_our_own_kill_is_not_their_crash(tmp_path: Path) -> None:
    """Otherwise each hang would also count as a segmentation fault."""
    async with child(_python("import time; time.sleep(60)"), tmp_path / "err") as process:
        kill_group(process)
        await process.wait()

    ended = how_it_ended(process.returncode, was_killed=True, complaints=tmp_path / "err")

    assert process.returncode == -signal.SIGKILL
    assert (ended.signal, ended.was_killed_at_deadline) == (None, True)


def test_only_the_end_of_many_complaints_is_shown(tmp_path: Path) -> None:
    """The reason stands at the end of a traceback."""
    (tmp_path / "err").write_text("x" * 10_000 + "the reason", "utf-8")

    assert complaints_in(tmp_path / "err").endswith("the reason")
    assert len(complaints_in(tmp_path / "err")) == 2000


async def test_a_tethered_module_gets_its_own_arguments(tmp_path: Path) -> None:
    """The tether must be invisible to what it holds."""
    async with child(tethered("json.tool", "--help"), tmp_path / "err", stdout=PIPE) as process:
        assert process.stdout is not None
        shown = await asyncio.wait_for(process.stdout.read(), 30)

    assert b"usage" in shown
    assert b"loadtests" not in shown
