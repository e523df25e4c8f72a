"""The client process of a run: `python -m loadtests.client`, with its job as JSON on standard input.

It edits all presentations of the job at once with one engine, and tells each fact the moment it is one: a
line per event, handed to the kernel in one write, so that a crash loses nothing that was told.
"""

import asyncio
import faulthandler
import json
import os
import resource
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol, Self

from google.oauth2 import service_account

from engine import EngineSettings, Journal, SlidesEngine
from engine.clock import Clock, MonotonicClock
from engine.errors import SlidesError
from engine.events import Event
from engine.quota.opening import quota_in
from engine.quota.sharing import SharedQuota
from engine.results import BatchReport
from engine.wire.network import Network

SCOPE = "https://www.googleapis.com/auth/presentations"


@dataclass(frozen=True, slots=True)
class Job:
    """One presentation to edit."""

    presentation_id: str
    text_map: Mapping[str, str]


Edit = Callable[[Job], Coroutine[Any, Any, BatchReport | None]]


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """What the client is to do.

    Attributes:
        endpoint: base URL of the API.
        ca_file: the authority to trust.
        credentials_file: a service account's key.
        jobs: what to edit, all at once.
        engine: fields of `EngineSettings` that win over the environment.
        time_scale: real seconds per second of the scenario's clock.
        seed: of the engine's jitter.
        events_file: where the facts go.
        quota_file: where it shares its quota with other processes; None keeps it to itself.
        quota_redis: the server where it does, in place of a file.
    """

    endpoint: str
    ca_file: str
    credentials_file: str
    jobs: tuple[Job, ...]
    engine: Mapping[str, Any]
    time_scale: float
    seed: int
    events_file: str
    quota_file: str | None = None
    quota_redis: str | None = None

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a spec from what `as_json` wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "jobs": tuple(Job(**job) for job in fields["jobs"])})

    def as_json(self) -> str:
        """Return the spec as one JSON object."""
        return json.dumps(asdict(self))


class EventFile:
    """Appends facts to a file, each whole and at once."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(self, event: Event) -> None:
        """Write an event of the engine; usable as its listener."""
        self.write(type(event).__name__, asdict(event))

    def write(self, name: str, facts: Mapping[str, Any]) -> None:
        """Write a fact; `at_seconds` or `sent_at_seconds` is among `facts`."""
        line = json.dumps({"event": name, **facts}, ensure_ascii=False)
        os.write(self._descriptor, (line + "\n").encode())

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a client stands on; a simulated world has its own.

    Attributes:
        clock: the scenario's.
        credentials: google-auth's, of whoever edits.
        network: what connections stand on.
    """

    clock: Clock
    credentials: Any
    network: Network


def real_ground(spec: ClientSpec) -> Ground:
    """Return the machine's clock at the job's pace, its network, and the account of the job's key file."""
    credentials = service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]  # google-auth publishes no types
        spec.credentials_file, scopes=[SCOPE]
    )
    return Ground(MonotonicClock(speed=1 / spec.time_scale), credentials, Network())


class Events(Protocol):
    """Where a client tells its facts."""

    def tell(self, event: Event) -> None:
        """Take an event of the engine."""

    def write(self, name: str, facts: Mapping[str, Any]) -> None:
        """Take a fact of the client's own."""


async def run_client(spec: ClientSpec, events: Events, ground: Ground | None = None) -> None:
    """Edit every presentation of the job at once; what becomes of each edit is told through `events`."""
    async with editing(spec, events, ground) as edit, asyncio.TaskGroup() as group:
        for job in spec.jobs:
            group.create_task(edit(job))


@asynccontextmanager
async def editing(spec: ClientSpec, events: Events, ground: Ground | None = None) -> AsyncIterator[Edit]:
    """Give one engine to all who edit, and tell through `events` when it began, all it did, and its end.

    The deadline counts from here for all edits, also for those whose turn comes later: a run has one end.

    Yields:
        a function that edits one presentation, and returns the engine's report of it; None stands for a call
        that was refused before any operation came to be.
    """
    ground = ground or real_ground(spec)
    clock = ground.clock
    cpu_before = cpu_seconds()
    events.write("ClientStarted", {"at_seconds": clock.now()})
    settings = EngineSettings.from_environment(**spec.engine)
    give_up_at = clock.now() + settings.operation_deadline
    file = Path(spec.quota_file) if spec.quota_file else None
    async with (
        quota_in(file, spec.quota_redis, speed=1 / spec.time_scale) as quota,
        engine_on(ground, spec, settings, events, quota) as engine,
    ):
        yield lambda job: _edit(engine, job, give_up_at, clock, events)
    told = {"at_seconds": clock.now(), "cpu_seconds": cpu_seconds() - cpu_before}
    events.write("ClientFinished", told)


def cpu_seconds() -> float:
    """Return the processor time this process has used so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def engine_on(
    ground: Ground,
    spec: ClientSpec,
    settings: EngineSettings,
    events: Events,
    quota: SharedQuota | None = None,
    journal: Journal | None = None,
) -> SlidesEngine:
    """Return the engine of a job, not yet open."""
    return SlidesEngine(
        settings,
        credentials=ground.credentials,
        endpoint=spec.endpoint,
        ca_file=Path(spec.ca_file),
        clock=ground.clock,
        random=Random(spec.seed),  # noqa: S311 - jitter, not a secret
        listeners=[events.tell],
        network=ground.network,
        quota=quota,
        journal=journal,
    )


async def _edit(
    engine: SlidesEngine, job: Job, give_up_at: float, clock: Clock, events: Events
) -> BatchReport | None:
    asked_at = clock.now()
    # The engine's own first word comes after the first read, and a call may wait long for that.
    events.write("CallAsked", {"presentation_id": job.presentation_id, "at_seconds": asked_at})
    left_seconds = give_up_at - asked_at
    try:
        return await engine.replace_text(job.presentation_id, job.text_map, deadline_seconds=left_seconds)
    except SlidesError as error:
        # No operation came to be, so no event of the engine tells of it.
        events.write("CallRefused", {**refusal(job.presentation_id, error), "at_seconds": clock.now()})
        return None


def refusal(presentation_id: str, error: SlidesError) -> dict[str, Any]:
    """Return the fate of all edits of a call that ended before it had any."""
    return {
        "presentation_id": presentation_id,
        "fate": "not_sent",
        "error_class": type(error).__name__,
        "error_text": str(error),
        "is_tls_failure": error.is_tls_failure,
    }


def main() -> None:
    """Do the job on standard input."""
    faulthandler.enable()
    spec = ClientSpec.from_json(sys.stdin.read())
    events = EventFile(Path(spec.events_file))
    try:
        asyncio.run(run_client(spec, events))
    finally:
        events.close()


if __name__ == "__main__":
    main()
