"""Locust without its web page and un-patched: `python -m loadtests.locustfiles.headless NAME [OPTION...]`.

NAME is one of the locustfiles beside this one; the options are Locust's, and the file's own.
"""

import faulthandler
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtests.processes import tethered


def headless_command(name: str, *options: str) -> tuple[str, ...]:
    """Return the command that runs a locustfile in a process which does not outlive this one."""
    return tethered("loadtests.locustfiles.headless", name, *options)


def locust_arguments(arguments: Sequence[str]) -> list[str]:
    """Return Locust's command line for the name of a locustfile and the options after it."""
    name, *options = arguments
    file = Path(__file__).with_name(f"{name}.py")
    # Without its own logging, since that would bury what a process complains about under tables.
    return ["locust", "--locustfile", str(file), "--headless", "--skip-log-setup", *options]


def main() -> None:
    """Become Locust."""
    faulthandler.enable()
    os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"
    sys.argv = locust_arguments(sys.argv[1:])
    runpy.run_module("locust", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
