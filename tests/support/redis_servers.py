"""A real Redis server on the loopback, which keeps nothing when it ends."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_DATABASES_COUNT = 100_000
_numbers = count()


def redis_or_skip() -> str:
    """Return where the program is; without it skip, loudly, but never in CI."""
    found = shutil.which("redis-server")
    if found is not None:
        return found
    if os.environ.get("CI"):
        pytest.fail("CI must have redis-server: apt-get install redis-server")
    pytest.skip("QUOTAS BY REDIS ARE NOT TESTED: there is no redis-server; apt-get install redis-server")


@contextmanager
def running_redis(
    folder: Path, *options: str, port: int | None = None, is_tls: bool = False
) -> Iterator[int]:
    """Run a server for the length of the block; yield its port.

    Args:
        folder: where it works.
        *options: of its command line.
        port: a free one by default.
        is_tls: it speaks nothing else there.
    """
    program = redis_or_skip()
    port = port or _free_port()
    listens = ["--port", "0", "--tls-port", str(port)] if is_tls else ["--port", str(port)]
    command = [
        program, "--bind", "127.0.0.1", *listens, "--save", "", "--appendonly", "no",
        "--databases", str(_DATABASES_COUNT), "--dir", str(folder), *options,
    ]  # fmt: skip
    process = _listening(command)
    try:
        yield port
    finally:
        process.kill()
        process.communicate()


def another_database(port: int) -> str:
    """Return the address of a database that nobody has used."""
    return f"redis://127.0.0.1:{port}/{next(_numbers) % _DATABASES_COUNT}"


def _listening(command: Sequence[str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if "eady to accept connections" in line:
            return process
    process.communicate()
    pytest.fail("redis-server has ended before it listened")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
