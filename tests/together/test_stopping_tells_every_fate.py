"""An engine that is told to stop sends nothing new, sees through what it sent, and tells every fate truly."""

import asyncio
import re
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.oauth2 import service_account

from engine import EngineSettings, Journal, SlidesEngine
from engine.errors import EngineClosed
from engine.events import Fate
from engine.results import BatchReport
from fakeslides.ledger import Entry
from fakeslides.scenario.loader import find_scenario, load_scenario
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from loadtests.simulation.clock import VirtualClock
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import SimulatedWorld, simulated_world
from loadtests.swarm.profile import swarm_profile
from tests.support.drained_engines import Lives, live_and_drain
from tests.support.engines import assert_nothing_left
from tests.support.patience import until
from tests.support.plain_decks import plain_deck, texts_of
from tests.support.source_tree import ROOT
from tests.support.weather import weather

PAGE = (ROOT / "docs" / "stopping.md").read_text("utf-8")
SEED, DECK, SLIDES_COUNT = 11, "deck-a", 6
KEYS = {"{{price}}": "12 €", "go": "go go"}
SLOW = {"latency": {"fixed": "2s"}}
SEEDS_COUNT, SEEDS_AT_ONCE = 50, 10


@dataclass
class Stopped:
    """What a call came to whose engine was drained, and what the next engine made of the rest.

    Attributes:
        report: of the call.
        drain_seconds: what draining took.
        closing_seconds: what closing took after that.
        sent_later: writes that arrived after draining had begun.
        resumed: the report of the engine that went on; None without a journal.
        commits_count: of all writes.
        texts: of the deck in the end.
    """

    report: BatchReport | None = None
    drain_seconds: float = 0.0
    closing_seconds: float = 0.0
    sent_later: list[Entry] = field(default_factory=list)
    resumed: BatchReport | None = None
    commits_count: int = 0
    texts: set[str] = field(default_factory=set)

    def fates(self) -> list[Fate]:
        """Return the fate of each edit, in order."""
        assert self.report is not None
        return [operation.fate for operation in self.report.operations]


def test_what_was_sent_is_answered_and_the_rest_is_left_unsent() -> None:
    """The write under way ends as it would have, and the five that wait for it are never sent."""
    stopped = _stopped(weather(server=SLOW), after_seconds=3.0)

    assert stopped.fates() == [Fate.APPLIED] * 2 + [Fate.NOT_SENT] * 10
    assert {type(each.error) for each in stopped.report.operations[2:]} == {EngineClosed}
    assert stopped.sent_later == []
    assert stopped.commits_count == 1
    assert stopped.drain_seconds < 2.0


def test_the_journal_has_the_rest_and_the_next_process_goes_on_with_it(tmp_path: Path) -> None:
    """Stopping a job for a deployment costs nothing but the pause."""
    stopped = _stopped(weather(server=SLOW), after_seconds=5.0, journal_file=tmp_path / "journal")

    assert Fate.NOT_SENT in stopped.fates()
    assert stopped.resumed is not None
    assert stopped.resumed.applied
    assert stopped.texts == {"12 € go go"}
    assert stopped.commits_count == SLIDES_COUNT


def test_an_answer_that_is_lost_while_stopping_is_asked_for_again(tmp_path: Path) -> None:
    """The same bytes with the same fence: that is how the fate of what was sent is learned."""
    lost = weather({"kind": "tcp.reset", "point": "after_commit"}, often={"count": 1}, server=SLOW)

    stopped = _stopped(lost, after_seconds=3.0, journal_file=tmp_path / "journal")

    assert stopped.fates() == [Fate.APPLIED] * 2 + [Fate.NOT_SENT] * 10
    assert [entry.attempt for entry in stopped.sent_later] == [2]
    assert stopped.commits_count == SLIDES_COUNT


def test_what_is_not_answered_in_time_is_indeterminate_and_found_out_by_the_next_process(
    tmp_path: Path,
) -> None:
    """The wait has a bound, and the bound is kept to the instant."""
    stalled = weather({"kind": "http.stall", "point": "after_commit"}, often={"count": 1})

    stopped = _stopped(stalled, after_seconds=5.0, drain_timeout=7.0, journal_file=tmp_path / "journal")

    assert stopped.fates() == [Fate.INDETERMINATE] * 2 + [Fate.NOT_SENT] * 10
    assert stopped.drain_seconds == pytest.approx(7.0, abs=0.05)
    assert stopped.closing_seconds < 1.5
    assert stopped.resumed is not None
    assert stopped.resumed.applied
    assert stopped.commits_count == SLIDES_COUNT


QUOTA_REFUSED = weather({"kind": "api.rate_limit"})


@pytest.mark.parametrize(
    ("storm", "settings"),
    [
        (weather(), {"writes_per_minute": 2, "quota_use_share": 1.0}),
        (QUOTA_REFUSED, {"pacer_enabled": False, "batch_retry_attempts": 50, "batch_retry_delay": 30.0}),
        (QUOTA_REFUSED, {}),
    ],
    ids=["quota", "backoff", "quota of others"],
)
def test_whoever_waits_for_leave_to_send_waits_no_more(storm: Scenario, settings: dict[str, object]) -> None:
    """A minute of waiting for the quota would be a minute of holding up the exit, for nothing."""
    stopped = _stopped(storm, after_seconds=20.0, **settings)

    assert stopped.drain_seconds < 1.0
    assert set(stopped.fates()) <= {Fate.APPLIED, Fate.NOT_SENT}
    assert Fate.NOT_SENT in stopped.fates()


def test_a_drained_engine_takes_no_more_calls() -> None:
    """Whoever calls is told that it is closed, and nothing is sent."""

    async def call_again(engine: SlidesEngine) -> None:
        with pytest.raises(EngineClosed):
            await engine.replace_text(DECK, KEYS)

    stopped = _stopped(weather(), after_seconds=0.0, then=call_again)

    assert stopped.commits_count == 0


def test_draining_that_is_cancelled_gives_up_what_has_no_answer_at_once() -> None:
    """A second signal means that nobody has the patience any more."""
    stopped = _stopped(weather({"kind": "http.stall", "point": "before_commit"}), 5.0, patience_seconds=1.0)

    assert stopped.fates() == [Fate.INDETERMINATE] * 2 + [Fate.NOT_SENT] * 10
    assert stopped.drain_seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("first_seed", range(0, SEEDS_COUNT, SEEDS_AT_ONCE))
def test_engines_drained_at_random_moments_of_a_storm_and_resumed_lose_and_double_nothing(
    tmp_path: Path, first_seed: int
) -> None:
    """What a drained engine said of an edit is true whatever the weather; what it left, the next one ends."""
    lives = [_lives(seed, tmp_path) for seed in range(first_seed, first_seed + SEEDS_AT_ONCE)]

    wrong = [(life.seed, found) for life in lives if (found := life.wrong()) != ((),) * 5]
    assert wrong == []
    assert sum(life.drains_count for life in lives) > SEEDS_AT_ONCE


async def test_the_service_of_the_page_stops_as_the_page_says() -> None:
    """It is what somebody copies who has never thought about stopping."""
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], names)
    slow = weather({"kind": "http.delay", "by": "1s", "point": "before_commit"})
    reports: list[BatchReport] = []

    async with FakeSlides(slow, decks=[plain_deck(DECK, 3, KEYS)]) as fake:

        async def fill_decks(slides: SlidesEngine) -> None:
            work = asyncio.create_task(slides.replace_text(DECK, KEYS))
            await until(lambda: fake.fault_counts()["struck"]["fired"])
            signal.raise_signal(signal.SIGTERM)
            reports.append(await work)

        slides = SlidesEngine(
            EngineSettings(batch_strategy="per_slide"),
            credentials=service_account.Credentials.from_service_account_file(str(fake.credentials_file)),
            endpoint=fake.endpoint,
            ca_file=fake.ca_file,
        )
        await names["serve"](slides, fill_decks)

    assert [operation.fate for operation in reports[0].operations] == ["applied"] * 2 + ["not_sent"] * 4


def _lives(seed: int, folder: Path) -> Lives:
    (folder / str(seed)).mkdir()
    profile = swarm_profile(load_scenario(find_scenario("production_incident")), seed)
    return live_and_drain(profile, folder / str(seed), drains=1 + seed % 3)


def _stopped(
    storm: Scenario,
    after_seconds: float,
    *,
    journal_file: Path | None = None,
    patience_seconds: float | None = None,
    then: Callable[[SlidesEngine], Awaitable[None]] | None = None,
    **settings: object,
) -> Stopped:
    """Return what a call comes to in virtual time when its engine is drained after a while."""

    async def live(loop: VirtualLoop) -> Stopped:
        decks = [plain_deck(DECK, SLIDES_COUNT, KEYS)]
        async with simulated_world(loop, storm, decks, SEED) as world:
            course = _Course(world, EngineSettings(batch_strategy="per_slide", **settings), journal_file)
            await course.stop_after(after_seconds, patience_seconds, then)
            if journal_file is not None:
                await course.go_on()
        return course.ended()

    return run_in_virtual_time(live, seed=SEED)


class _Course:
    def __init__(self, world: SimulatedWorld, settings: EngineSettings, journal_file: Path | None) -> None:
        self._world, self._settings, self._journal_file = world, settings, journal_file
        self._stopped, self._started_at = Stopped(), world.clock.now()

    async def stop_after(
        self,
        seconds: float,
        patience_seconds: float | None,
        then: Callable[[SlidesEngine], Awaitable[None]] | None,
    ) -> None:
        clock, stopped = self._world.clock, self._stopped
        with _journal_at(self._journal_file) as journal:
            engine = self._engine(journal)
            async with engine:
                call = asyncio.create_task(engine.replace_text(DECK, KEYS)) if seconds else None
                await clock.sleep(seconds)
                began = clock.now()
                await _drain(engine, clock, patience_seconds)
                stopped.report = None if call is None else await call
                stopped.drain_seconds = clock.now() - began
                if then is not None:
                    await then(engine)
                assert_nothing_left(engine)
                closes_at = clock.now()
            stopped.closing_seconds = clock.now() - closes_at
        since = began - self._started_at
        stopped.sent_later = [entry for entry in self._writes() if entry.arrived_at_seconds > since]

    async def go_on(self) -> None:
        with _journal_at(self._journal_file) as journal:
            async with self._engine(journal) as engine:
                self._stopped.resumed = await engine.resume(DECK)

    def ended(self) -> Stopped:
        self._stopped.commits_count = sum(entry.committed for entry in self._writes())
        self._stopped.texts = set(texts_of(self._world.fake.store.get(DECK).to_json()))
        return self._stopped

    def _writes(self) -> list[Entry]:
        return [entry for entry in self._world.fake.ledger if entry.method == "presentations.batchUpdate"]

    def _engine(self, journal: Journal | None) -> SlidesEngine:
        return SlidesEngine(
            self._settings,
            credentials=self._world.ground.credentials,
            endpoint=self._world.fake.endpoint,
            clock=self._world.clock,
            random=Random(SEED),
            network=self._world.ground.network,
            journal=journal,
        )


async def _drain(engine: SlidesEngine, clock: VirtualClock, patience_seconds: float | None) -> None:
    """Drain the engine, and cancel that if it takes longer than somebody's patience."""
    try:
        async with clock.timeout(patience_seconds):
            await engine.drain()
    except TimeoutError:
        assert patience_seconds is not None


def _journal_at(file: Path | None) -> AbstractContextManager[Journal | None]:
    return nullcontext() if file is None else Journal(file)
