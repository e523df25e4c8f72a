"""What a rule asks of a call is what the server knows of it, over a real connection."""

import asyncio
from typing import Any

import aiohttp
import pytest

from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import Limit
from fakeslides.server import FakeSlides
from fakeslides.service_account import CLIENT_EMAIL
from tests.support.fake_client import create_deck, open_session, post_batch
from tests.support.patience import until
from tests.support.weather import weather

BUSY = {"kind": "http.status", "code": 503}


async def statuses(scenario: Scenario, calls: list[dict[str, str]]) -> list[int]:
    """Return how each of some writes to one deck is answered; each brings its own headers."""
    async with FakeSlides(scenario) as fake, open_session(fake) as session:
        deck = await create_deck(session)
        return [(await post_batch(session, deck, **headers))[0] for headers in calls]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"header": {"x-tenant": "blue*"}}, [503, 200]),
        ({"user": CLIENT_EMAIL}, [503, 503]),
        ({"user": "somebody-else@*"}, [200, 200]),
        ({"request": "replaceAllText"}, [503, 503]),
        ({"request": "insertText"}, [200, 200]),
        ({"connection": 1}, [503, 503]),
        ({"connection": [2, 3]}, [200, 200]),
    ],
)
async def test_a_rule_looks_only_where_it_is_told_to(where: dict[str, Any], expected: list[int]) -> None:
    """Headers, the user behind the token, kinds of requests, and the connection's number."""
    scenario = weather(BUSY, where={"method": "presentations.batchUpdate", **where})

    assert await statuses(scenario, [{"X-Tenant": "blue-1"}, {"X-Tenant": "red"}]) == expected


async def test_the_n_th_call_is_struck_and_no_other() -> None:
    """By order of arrival."""
    assert await statuses(weather(BUSY, when={"nth": 2}), [{}, {}, {}]) == [200, 503, 200]


async def test_an_offset_counts_from_the_first_call_of_the_api() -> None:
    """Starting a server and getting a token take their time, which is nobody's business."""
    from_the_first = weather(BUSY, when={"offset": {"to": "60s"}})
    later = weather(BUSY, when={"offset": {"from": "60s"}})

    assert await statuses(from_the_first, [{}]) == [503]
    assert await statuses(later, [{}]) == [200]


async def test_a_connection_that_was_drawn_is_struck_in_all_its_calls() -> None:
    """With `draw: connection`, by the server's own count of connections."""
    base = weather(BUSY, often={"rate": "50%"})
    drawn = base.model_copy(update={"faults": (base.faults[0].model_copy(update={"draw": "connection"}),)})

    answered = [await statuses(drawn.model_copy(update={"seed": seed}), [{}, {}, {}]) for seed in range(12)]

    assert {frozenset(each) for each in answered} == {frozenset({200}), frozenset({503})}


async def test_no_more_strikes_are_under_way_at_once_than_the_limit_allows() -> None:
    """A stalled call keeps its place until its client goes away; then another one may stall."""
    stall = weather({"kind": "http.stall"})
    limited = stall.faults[0].model_copy(update={"limit": Limit(active=1)})
    scenario = stall.model_copy(update={"faults": (limited,)})

    async with FakeSlides(scenario) as fake, open_session(fake) as session:
        deck = await create_deck(session)
        first = asyncio.create_task(post_batch(session, deck))
        await until(lambda: fake.fault_counts()["struck"]["fired"])
        beside, _ = await post_batch(session, deck)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        with pytest.raises((TimeoutError, aiohttp.ServerTimeoutError)):
            await _until_stalled(session, deck)

    assert beside == 200


async def _until_stalled(session: aiohttp.ClientSession, deck: str) -> None:
    """Write until an answer stays out; the server takes a moment to see that a client has gone."""
    for _ in range(100):
        async with asyncio.timeout(0.2):
            await post_batch(session, deck)
