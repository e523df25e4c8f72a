"""Ctrl-C during a sweep: what was measured is written, and no process is left."""

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.marked import MARK, marked_processes
from tests.support.worlds import a_scenario_file


def _start_sweep(folder: Path, mark: str) -> "subprocess.Popen[str]":
    command = ["sweep", str(a_scenario_file(folder)), "--strategy", "coalesced", "--concurrency", "1"]
    return subprocess.Popen(
        [sys.executable, "-m", "loadtests", *command, "--repeat", "200", "--out", str(folder / "out")],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see every process")
@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_what_was_measured_is_written_and_no_process_is_left(
    tmp_path: Path, interrupt: signal.Signals
) -> None:
    """Whoever stops a long sweep has waited for its first results, and owns the machine afterwards."""
    mark = uuid4().hex
    with _start_sweep(tmp_path, mark) as sweep:
        assert sweep.stdout is not None
        sweep.stdout.readline()  # the first setting was measured; the second is under way

        sweep.send_signal(interrupt)
        _, complaints = sweep.communicate(timeout=30)

    assert sweep.returncode == 130, complaints
    assert complaints == ""
    results = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert results["was_interrupted"]
    assert 1 <= len(results["settings"]) < 200
    assert marked_processes(mark) == []


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells children of a parent's end"
)
def test_a_sweep_that_is_killed_takes_its_processes_along(tmp_path: Path) -> None:
    """Nobody can clean up after SIGKILL but the kernel."""
    mark = uuid4().hex
    with _start_sweep(tmp_path, mark) as sweep:
        assert sweep.stdout is not None
        sweep.stdout.readline()

        sweep.kill()
        sweep.wait(timeout=30)
        # The pipe ends when the last process that holds it has ended.
        sweep.communicate(timeout=30)

    assert _until_gone(mark) == []


def _until_gone(mark: str) -> list[int]:
    """Wait for the end of every marked process, and return those that would not end."""
    for process_id in marked_processes(mark):
        with suppress(ProcessLookupError):
            descriptor = os.pidfd_open(process_id)
            select.select([descriptor], [], [], 10)
            os.close(descriptor)
    return marked_processes(mark)
