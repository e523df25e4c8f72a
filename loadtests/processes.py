"""Child processes that are started, fed, and always stopped."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from loadtests.measurements import ClientExit

PATIENCE_SECONDS = 5.0
_SHOWN_CHARACTERS = 2000


def tethered(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module in a process which does not outlive this one."""
    return (sys.executable, "-m", "loadtests.tether", module, *arguments)


@asynccontextmanager
async def child(
    command: Sequence[str], complaints: Path, *, stdin: int = DEVNULL, stdout: int | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command in a process group of its own; on the way out, whatever the reason, the group is gone.

    Args:
        command: what to run.
        complaints: the file that takes its standard error.
        stdin: PIPE to feed it.
        stdout: PIPE to read it; by default it goes where the complaints go.
    """
    with complaints.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=stdin,
            stdout=file if stdout is None else stdout,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        await _stop(process)


async def feed(process: asyncio.subprocess.Process, text: str) -> None:
    """Write everything to standard input and close it; a process that is gone already is no error here."""
    assert process.stdin is not None, "started with a pipe"
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(text.encode())
        await process.stdin.drain()
    process.stdin.close()


def how_it_ended(return_code: int | None, *, was_killed: bool, complaints: Path) -> ClientExit:
    """Say in words how a process ended, with the end of what it complained about."""
    said = complaints_in(complaints)
    if was_killed:
        return ClientExit(None, was_killed_at_deadline=True, complaints=said)
    if return_code is not None and return_code < 0:
        return ClientExit(None, signal=signal.Signals(-return_code).name, complaints=said)
    return ClientExit(return_code, complaints=said)


def complaints_in(complaints: Path) -> str:
    """Return the end of what a process wrote to standard error."""
    return complaints.read_text("utf-8", errors="replace")[-_SHOWN_CHARACTERS:].strip()


def kill_group(process: asyncio.subprocess.Process) -> None:
    """End a process and all it started at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await process.wait()
    finally:
        # Whoever is cancelled here must not leave it behind, and even one that ended well may have children.
        kill_group(process)
        await process.wait()
