"""Locust as a process without a web page, un-patched."""

import subprocess
import sys
from pathlib import Path

from loadtests.locustfiles.headless import headless_command, locust_arguments

TELLS_WHETHER_PATCHED = """
import os, runpy, sys
from loadtests.locustfiles import headless

def locust_stands_in(*_, **__):
    print(sys.argv[0], os.environ["LOCUST_SKIP_MONKEY_PATCH"])

runpy.run_module = locust_stands_in
headless.main()
"""


def test_names_the_locustfile_beside_it() -> None:
    """The caller knows a name; where the installed file lies is not its business."""
    arguments = locust_arguments(["replace_text", "--tenants=2"])

    file = Path(arguments[arguments.index("--locustfile") + 1])

    assert file.is_file()
    assert file.name == "replace_text.py"
    assert arguments[-1] == "--tenants=2"


def test_starts_no_web_page() -> None:
    """A web page would wait for a person to press start, for ever."""
    assert "--headless" in locust_arguments(["replace_text"])


def test_runs_locust_unpatched() -> None:
    """A patched process hangs at the quiet end of a run."""
    ended = subprocess.run(
        [sys.executable, "-c", TELLS_WHETHER_PATCHED, "replace_text"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ended.stdout.split() == ["locust", "1"]


def test_its_process_does_not_outlive_the_one_that_starts_it() -> None:
    """A killed harness must leave no load behind."""
    assert "loadtests.tether" in headless_command("replace_text")
