"""One course of events in the real world and in the virtual one, told in words that can be held together."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from google.oauth2 import service_account

from engine.client import SlidesEngine
from engine.clock import MonotonicClock
from engine.events import AttemptSettled, Event, OperationSettled
from engine.settings import EngineSettings
from engine.wire.network import Network
from fakeslides.clock import ServerClock
from fakeslides.decks.deck import Deck
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from loadtests.client import Ground
from loadtests.simulation.identity import client_context, fixed_identity
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import simulated_world
from tests.support.plain_decks import texts_of

_SEED = 11
# Drawn in the order in which presentations are written to, which is a matter of microseconds.
_REVISION_ID = re.compile(r"(?<=revision ID ')[\w-]+")


@dataclass(frozen=True)
class Course:
    """What is to happen: engines that edit decks, all at once, in some weather.

    Attributes:
        scenario: the weather.
        decks: the decks to edit.
        settings: of the engines.
        speed: of the real world's clocks, which the virtual one does not need.
        has_own_engines: each deck has an engine to itself, so that none waits for what befell another.
    """

    scenario: Scenario
    decks: Sequence[Deck]
    settings: Mapping[str, object]
    speed: float
    has_own_engines: bool = False


@dataclass(frozen=True)
class Account:
    """What became of it.

    Attributes:
        attempts: how each try of the engines ended.
        fates: what the engines say became of each operation.
        ledger: what the server says of each request.
        strikes: how often each rule matched and fired.
        texts: what each deck says at last.
    """

    attempts: Mapping[tuple[object, ...], int]
    fates: Mapping[str, tuple[object, ...]]
    ledger: Mapping[tuple[object, ...], int]
    strikes: Mapping[str, Mapping[str, int]]
    texts: Mapping[str, Sequence[str]]


Told = TypeVar("Told")
Story = Callable[[Course, FakeSlides, Ground], Coroutine[Any, Any, Told]]


class Halfway(Random):
    """Draws the middle each time, so that nobody's backoff depends on who else has drawn before."""

    def random(self) -> float:
        """Return one half."""
        return 0.5


async def edit_all(course: Course, fake: FakeSlides, ground: Ground) -> Account:
    """Edit every deck, wait until the server is at rest, and tell what became of it."""
    events: list[Event] = []
    groups = [[deck] for deck in course.decks] if course.has_own_engines else [course.decks]
    engines = [(engine_on(course, fake, ground, events), decks) for decks in groups]
    await asyncio.gather(*(_edit(engine, decks) for engine, decks in engines))
    while fake.front.live():  # a late commit, or a stalled call whose client has left
        await ground.clock.sleep(0.1)
    return Account(
        attempts=Counter(_attempt(event) for event in events if isinstance(event, AttemptSettled)),
        fates={
            event.operation_id: (event.fate, event.error_class)
            for event in events
            if isinstance(event, OperationSettled)
        },
        ledger=Counter(map(_request, fake.ledger)),
        strikes=fake.fault_counts(),
        texts={name: texts_of(fake.store.get(name).to_json()) for name in fake.presentations},
    )


def in_virtual_time(course: Course, story: Story[Told] = edit_all) -> Told:
    """Let a story take place in a world of memory."""

    async def live(loop: VirtualLoop) -> Told:
        async with simulated_world(loop, course.scenario, course.decks, _SEED) as world:
            return await story(course, world.fake, world.ground)

    return run_in_virtual_time(live, seed=_SEED)


def in_reality(*courses: Course, story: Story[Told] = edit_all) -> list[Told]:
    """Let a story take place on loopback, for all courses at once, when every world is ready for it."""

    async def live_all() -> list[Told]:
        async with AsyncExitStack() as stack:
            worlds = [await stack.enter_async_context(_real_world(course)) for course in courses]
            return await asyncio.gather(
                *(story(course, *world) for course, world in zip(courses, worlds, strict=True))
            )

    return asyncio.run(live_all())


def engine_on(course: Course, fake: FakeSlides, ground: Ground, events: list[Event]) -> SlidesEngine:
    """Return an engine with the course's settings, not yet open, which tells its events."""
    return SlidesEngine(
        EngineSettings(**course.settings),
        credentials=ground.credentials,
        endpoint=fake.endpoint,
        clock=ground.clock,
        random=Halfway(),
        listeners=[events.append],
        network=ground.network,
    )


@asynccontextmanager
async def _real_world(course: Course) -> AsyncIterator[tuple[FakeSlides, Ground]]:
    clock = ServerClock(1 / course.speed)
    decks = course.decks
    async with FakeSlides(
        course.scenario, decks=decks, seed=_SEED, clock=clock, identity=fixed_identity()
    ) as fake:
        credentials = service_account.Credentials.from_service_account_file(str(fake.credentials_file))
        network = Network(make_context=lambda _: client_context())
        yield fake, Ground(MonotonicClock(course.speed), credentials, network)


async def _edit(engine: SlidesEngine, decks: Sequence[Deck]) -> None:
    async with engine:
        calls = (engine.replace_text(deck.presentation_id, deck.replacements) for deck in decks)
        await asyncio.gather(*calls)


def _attempt(event: AttemptSettled) -> tuple[object, ...]:
    return (
        event.method,
        event.identity,
        event.attempt,
        event.outcome,
        event.http_status,
        event.error_class,
        event.is_tls_failure,
    )


def _request(entry: Entry) -> tuple[object, ...]:
    try_ = (entry.method, entry.identity, entry.attempt)
    struck = (entry.rule_id, entry.fault, entry.point, entry.organic)
    return *try_, entry.http_status, entry.committed, *struck, _REVISION_ID.sub("...", entry.message or "")
