"""The real engine on the real fake, over real TLS, on clocks that run fast together."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from google.oauth2 import service_account

from engine.client import SlidesEngine
from engine.clock import MonotonicClock
from engine.events import AttemptSettled, Event
from engine.results import BatchReport
from engine.settings import EngineSettings
from fakeslides.clock import ServerClock
from fakeslides.decks.deck import Deck
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from tests.support.plain_decks import texts_of


@dataclass
class Outdoors:
    """A fake, an engine on it, and what both of them say.

    Attributes:
        events: the engine's word.
        reports: what the last `edit_all` came to, deck by deck.
    """

    fake: FakeSlides
    engine: SlidesEngine
    decks: Sequence[Deck]
    events: list[Event] = field(default_factory=list)
    reports: list[BatchReport] = field(default_factory=list)

    async def edit_all(self, **options: object) -> list[BatchReport]:
        """Replace in every deck at once what belongs there."""
        calls = (
            self.engine.replace_text(deck.presentation_id, deck.replacements, **options)
            for deck in self.decks
        )
        self.reports = await asyncio.gather(*calls)
        return self.reports

    def writes(self) -> list[Entry]:
        """Return the server's word on every write it saw, in order of arrival."""
        found = [entry for entry in self.fake.ledger if entry.method == "presentations.batchUpdate"]
        return sorted(found, key=lambda entry: entry.arrived_at_seconds)

    def commits_of(self, deck: Deck) -> list[Entry]:
        """Return the writes that changed `deck`."""
        return [e for e in self.writes() if e.committed and e.presentation_id == deck.presentation_id]

    def attempts(self) -> list[AttemptSettled]:
        """Return the engine's word on every try."""
        return [event for event in self.events if isinstance(event, AttemptSettled)]

    def texts(self, deck: Deck) -> set[str]:
        """Return what the slides and notes of `deck` say now."""
        return set(texts_of(self.fake.store.get(deck.presentation_id).to_json()))


@asynccontextmanager
async def outdoors(
    scenario: Scenario | None,
    decks: Iterable[Deck],
    *,
    speed: float = 1.0,
    environ: Mapping[str, str] | None = None,
    **settings: object,
) -> AsyncIterator[Outdoors]:
    """Open a fake and an engine on it; both clocks run `speed` times as fast as the wall's."""
    held = tuple(decks)
    chosen = EngineSettings.from_environment(environ or {}, **settings)
    async with FakeSlides(scenario, decks=held, clock=ServerClock(1 / speed)) as fake:
        events: list[Event] = []
        engine = SlidesEngine(
            chosen,
            credentials=service_account.Credentials.from_service_account_file(str(fake.credentials_file)),
            endpoint=fake.endpoint,
            ca_file=fake.ca_file,
            clock=MonotonicClock(speed),
            random=Random(11),
            listeners=[events.append],
        )
        async with engine:
            yield Outdoors(fake, engine, held, events)
