"""One sick presentation, or a person's word, stops what it is about and nothing else."""

import asyncio
import math

import pytest

from engine.errors import CircuitOpen
from engine.events import AttemptSettled, BreakerChanged, BreakerControlled, BreakerMode
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from tests.support.engines import assert_nothing_left
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors
from tests.support.virtual_worlds import outdoors_in_virtual_time
from tests.support.weather import weather

FAILS = {"kind": "http.status", "code": 503, "point": "before_commit"}
PHASES = [{"name": "sick", "for": "120s"}, {"name": "well", "for": "600s"}]
SKY = weather(
    FAILS,
    where={"presentation": "deck-sick"},
    when={"phase": "sick"},
    phases=PHASES,
    server={"latency": {"fixed": "200ms"}},
)
DECKS = [plain_deck(name, 1) for name in ("deck-sick", *(f"deck-{number}" for number in range(30)))]


async def _one_by_one(loop: VirtualLoop) -> tuple[Outdoors, list[float]]:
    """Edit the sick deck, and meanwhile one deck after the other, every four seconds."""
    async with outdoors_in_virtual_time(loop, SKY, DECKS, max_concurrent_slides=3) as world:
        sick = asyncio.create_task(world.engine.replace_text("deck-sick", DECKS[0].replacements))
        took = []
        for deck in DECKS[1:]:
            await asyncio.sleep(4.0)
            began = loop.time()
            report = await world.engine.replace_text(deck.presentation_id, deck.replacements)
            assert report.applied
            took.append(loop.time() - began)
        world.reports = [await sick]
        assert_nothing_left(world.engine)
        return world, took


def test_a_presentation_that_always_fails_parks_alone_and_lands_when_it_is_well() -> None:
    """A thousand customers do not wait for the one whose deck Google chokes on."""
    world, took = run_in_virtual_time(_one_by_one, seed=5)

    opened = [
        event.key for event in world.events if isinstance(event, BreakerChanged) and event.after == "open"
    ]
    tries = [
        event for event in world.events if isinstance(event, AttemptSettled) and event.http_status == 503
    ]
    assert set(opened) == {"presentation:deck-sick"}
    assert max(took) < 1.0
    assert len(tries) <= 3 + len(opened)
    assert world.reports[0].applied


def test_a_person_can_stop_everything_or_one_presentation_and_let_it_go_on() -> None:
    """The emergency switch: what it stops waits, and goes on when it is released."""

    async def live(loop: VirtualLoop) -> tuple[Outdoors, list[float]]:
        async with outdoors_in_virtual_time(loop, None, DECKS) as world:
            world.engine.control_breaker("host", BreakerMode.FORCED_OPEN)
            world.engine.control_breaker("presentation:deck-1", BreakerMode.FORCED_OPEN)
            ended = {}

            async def edit(name: str) -> None:
                assert (await world.engine.replace_text(name, DECKS[0].replacements)).applied
                ended[name] = loop.time() - began

            began = loop.time()
            calls = [asyncio.create_task(edit(name)) for name in ("deck-0", "deck-1")]
            await asyncio.sleep(50.0)
            sent_while_open = world.attempts()
            world.engine.control_breaker("host", BreakerMode.AUTO)
            await asyncio.sleep(50.0)
            world.engine.control_breaker("presentation:deck-1", BreakerMode.AUTO)
            await asyncio.gather(*calls)
            assert sent_while_open == []
            return world, [ended["deck-0"], ended["deck-1"]]

    world, (first, second) = run_in_virtual_time(live, seed=5)

    assert 50.0 <= first < 52.0
    assert 100.0 <= second < 103.0
    assert sum(isinstance(event, BreakerControlled) for event in world.events) == 4


def test_what_a_person_stopped_ends_at_its_deadline_and_says_so() -> None:
    """A switch that was forgotten must not hold calls for ever."""

    async def live(loop: VirtualLoop) -> CircuitOpen:
        async with outdoors_in_virtual_time(loop, None, DECKS) as world:
            world.engine.control_breaker("host", BreakerMode.FORCED_OPEN)
            with pytest.raises(CircuitOpen, match="held open by hand") as stopped:
                await world.engine.replace_text("deck-0", {"{{price}}": "1"}, deadline_seconds=30.0)
            assert_nothing_left(world.engine)
            return stopped.value

    error = run_in_virtual_time(live, seed=5)

    assert error.retry_after_seconds == math.inf


NO_TOKENS = weather(
    {"kind": "tcp.reset", "point": "before_commit"},
    where={"method": "token"},
    often={"count": 7},
)


async def _without_tokens(loop: VirtualLoop) -> Outdoors:
    async with outdoors_in_virtual_time(loop, NO_TOKENS, DECKS) as world:
        await world.edit_all()
        return world


def test_a_token_endpoint_that_is_down_opens_the_credentials_breaker_and_never_the_host_s() -> None:
    """It is another host than the API's, whose state it says nothing of."""
    world = run_in_virtual_time(_without_tokens, seed=5)

    opened = {
        event.key for event in world.events if isinstance(event, BreakerChanged) and event.after == "open"
    }
    assert opened == {"credentials"}
    assert all(report.applied for report in world.reports)
