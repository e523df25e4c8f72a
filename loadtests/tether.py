"""Runs a module in a process that does not outlive its parent: `python -m loadtests.tether MODULE ...`.

The parent ends what it started; this is for the day on which the parent is killed before it can.
"""

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie_to_parent(parent_id: int) -> None:
    """Ask the kernel for SIGTERM when the parent ends; where the kernel knows no such thing, do nothing.

    Args:
        parent_id: who the parent was when this process began; one that is gone already ends this one too.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent_id:
        os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Become the named module."""
    tie_to_parent(os.getppid())
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
