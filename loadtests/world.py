"""A world of one fake and one client, each in a process of its own, started, watched and stopped as one.

The client is started beside the fake and waits for its job on standard input, so that a run measures the work
and not the start of two interpreters.
"""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import aiohttp

from engine.clock import Clock
from loadtests.admin import Admin
from loadtests.client import ClientSpec
from loadtests.measurements import ClientExit
from loadtests.processes import child, complaints_in, feed, how_it_ended, kill_group, tethered

START_SECONDS = 30.0
GLANCE_SECONDS = 0.1
CLIENT_COMMAND = tethered("loadtests.client")
_SETTLED = b'{"event": "OperationSettled"'
_NOT_THERE = (aiohttp.ClientError, OSError, TimeoutError)


class WorldError(Exception):
    """The world did not start, or did not hold until the end of the run."""


@dataclass(frozen=True, slots=True)
class FakeAddress:
    """Where a fake is, as it says itself in one line when it is ready."""

    endpoint: str
    ca_file: str
    credentials_file: str
    admin_url: str
    admin_token: str


@dataclass(frozen=True, slots=True)
class FakeSpec:
    """Which fake to start; the seed and the time scale win over the scenario's own."""

    scenario_file: Path
    seed: int
    time_scale: float
    deck_files: Sequence[Path] = ()

    def command(self) -> tuple[str, ...]:
        """Return the command that starts it."""
        decks = (argument for file in self.deck_files for argument in ("--deck", str(file)))
        scale = ("--time-scale", repr(self.time_scale))
        return tethered(
            "fakeslides", str(self.scenario_file), "--json", "--seed", str(self.seed), *scale, *decks
        )


class World:
    """A running fake, and a client that waits for its job."""

    def __init__(
        self, address: FakeAddress, admin: Admin, client: asyncio.subprocess.Process, folder: Path
    ) -> None:
        self.address = address
        self.admin = admin
        self.events_file = folder / "events.ndjson"
        self._client = client
        self._complaints = folder / "client.stderr"

    async def run_client(
        self, spec: ClientSpec, real_deadline_seconds: float, clock: Clock, on_settled: Callable[[int], None]
    ) -> ClientExit:
        """Hand the client its job and wait until it ends, or kill it when its time is up.

        Args:
            spec: the job.
            real_deadline_seconds: by then even a client that obeys all its own deadlines has ended.
            clock: of the harness.
            on_settled: told how many operations have their fate, each time there are more.
        """
        await feed(self._client, spec.as_json())
        ended = asyncio.create_task(self._client.wait())
        give_up_at = clock.now() + real_deadline_seconds
        while not ended.done() and clock.now() < give_up_at:
            await asyncio.wait({ended}, timeout=GLANCE_SECONDS)
            on_settled(self._settled_count())
        was_killed = not ended.done()
        if was_killed:
            kill_group(self._client)
        await ended
        return how_it_ended(self._client.returncode, was_killed=was_killed, complaints=self._complaints)

    def _settled_count(self) -> int:
        return self.events_file.read_bytes().count(_SETTLED) if self.events_file.exists() else 0


@asynccontextmanager
async def world(fake: FakeSpec, client_command: Sequence[str], folder: Path) -> AsyncIterator[World]:
    """Start a fake and a client; on the way out, whatever the reason, both are gone.

    Args:
        fake: which one.
        client_command: starts a client that reads a `ClientSpec` from standard input.
        folder: for what the processes leave behind.

    Raises:
        WorldError: the fake did not start, or did not answer during the run.
    """
    complaints = folder / "fake.stderr"
    async with (
        child(fake.command(), complaints, stdout=PIPE) as server,
        child(client_command, folder / "client.stderr", stdin=PIPE) as client,
    ):
        address = await _address(server, complaints)
        async with Admin(address.admin_url, address.admin_token) as admin:
            try:
                yield World(address, admin, client, folder)
            except _NOT_THERE as error:
                raise WorldError(f"the fake did not last: {error}. {complaints_in(complaints)}") from error


async def _address(server: asyncio.subprocess.Process, complaints: Path) -> FakeAddress:
    assert server.stdout is not None, "started with a pipe"
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await server.stdout.readline()
        ready = json.loads(line)
        return FakeAddress(**{each.name: ready[each.name] for each in fields(FakeAddress)})
    except TimeoutError:
        raise WorldError(f"the fake was not ready within {START_SECONDS:g} s") from None
    except ValueError:
        await server.wait()
        raise WorldError(f"the fake did not start: {complaints_in(complaints)}") from None
