import os
import select
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a promise of the Linux kernel")

PARENT = """
import subprocess, sys
command = [sys.executable, "-m", "loadtests.tether", "http.server", "0", "--bind", "127.0.0.1"]
child = subprocess.Popen(command, stdout=subprocess.PIPE)
child.stdout.read(7)
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_tethered_process_ends_when_its_parent_is_killed() -> None:
    """Nobody else could end it then."""
    with subprocess.Popen(
        [sys.executable, "-u", "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        descriptor = os.pidfd_open(int(parent.stdout.readline()))

        parent.kill()
        has_ended, _, _ = select.select([descriptor], [], [], 10)

    os.close(descriptor)
    assert has_ended


def test_a_process_whose_parent_is_gone_already_ends_at_once() -> None:
    """The parent may die between starting a process and the process's first word."""
    program = "from loadtests.tether import tie_to_parent; tie_to_parent(-1); print('still here')"

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (ended.returncode, ended.stdout) == (-15, b"")
