"""Processes that carry a mark in their environment, which their children inherit."""

from pathlib import Path

MARK = "DECKSTORM_TEST_MARK"


def marked_processes(mark: str) -> list[int]:
    """Return the ids of all processes with a mark; needs /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in environment.split(b"\0"):
            found.append(int(folder.name))
    return found
