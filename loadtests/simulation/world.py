"""A fake and whatever a client needs to reach it, in a simulated world."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.auth import crypt
from google.oauth2 import service_account

from engine.events import Event
from engine.wire.network import Network
from fakeslides.decks import Deck
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from fakeslides.service_account import CLIENT_EMAIL
from loadtests.client import SCOPE, Ground
from loadtests.measurements import Document
from loadtests.simulation.clock import VirtualClock
from loadtests.simulation.identity import client_context, fixed_identity, fixed_key
from loadtests.simulation.loop import VirtualLoop


@dataclass(frozen=True, slots=True)
class SimulatedWorld:
    """What runs on one loop.

    Attributes:
        loop: the world's.
        clock: its time.
        fake: the server.
        ground: what a client of it stands on.
    """

    loop: VirtualLoop
    clock: VirtualClock
    fake: FakeSlides
    ground: Ground


@asynccontextmanager
async def simulated_world(
    loop: VirtualLoop, scenario: Scenario, decks: Sequence[Deck], seed: int
) -> AsyncIterator[SimulatedWorld]:
    """Open a fake on the world's network, and note in the world's trace all that its ledger holds."""
    clock = VirtualClock(loop)
    fake = FakeSlides(
        scenario, decks=decks, seed=seed, clock=clock, identity=fixed_identity(), sockets=loop.network
    )
    fake.ledger.listeners.append(lambda entry: loop.note(_told(entry)))
    async with fake:
        yield SimulatedWorld(loop, clock, fake, _ground(loop, clock, fake))


def documents_of(world: SimulatedWorld) -> dict[str, Document]:
    """Return the decks that the fake began with, as they are now."""
    return {name: world.fake.store.get(name).to_json() for name in world.fake.presentations}


class Told:
    """What a client tells, kept in memory and noted in the world's trace."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.facts: list[dict[str, Any]] = []

    @property
    def now(self) -> float:
        """The world's time."""
        return self._loop.time()

    def tell(self, event: Event) -> None:
        """Take an event of the engine."""
        name, values = type(event).__name__, {field: getattr(event, field) for field in _fields_of(event)}
        self._loop.note(f"{name} {values}")
        self.facts.append({"event": name, **values})

    def write(self, name: str, facts: Mapping[str, Any]) -> None:
        """Take a fact of the client's own; how long it took the processor is no part of the trace."""
        self._loop.note(name)
        self.facts.append({"event": name, **facts})


def _fields_of(event: Event) -> tuple[str, ...]:
    names: tuple[str, ...] = type(event).__match_args__  # of a dataclass, all that its constructor takes
    return names


def _told(entry: Entry) -> str:
    return (
        f"ledger {entry.method} {entry.identity} {entry.attempt} {entry.http_status} {entry.committed} "
        f"{entry.rule_id} {entry.organic} {entry.revision_after}"
    )


def _ground(loop: VirtualLoop, clock: VirtualClock, fake: FakeSlides) -> Ground:
    credentials = service_account.Credentials(  # type: ignore[no-untyped-call]  # google-auth publishes no types
        _signer(), CLIENT_EMAIL, f"{fake.endpoint}/token", scopes=[SCOPE]
    )
    return Ground(clock, credentials, Network(loop.network.make_socket, lambda _: client_context()))


@cache
def _signer() -> Any:  # noqa: ANN401 - google-auth publishes no types
    return crypt.RSASigner(fixed_key())  # type: ignore[no-untyped-call]  # google-auth publishes no types
