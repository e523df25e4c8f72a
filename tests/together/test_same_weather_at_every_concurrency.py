"""One seed strikes the same tries at every concurrency, so that settings can be compared pair by pair."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import pytest

from fakeslides.server import FakeSlides
from tests.support.fake_client import create_deck, open_session, post_batch, scenario_of

OPERATIONS_COUNT = 250
MOST_ATTEMPTS = 4
WRITES = "where: {method: presentations.batchUpdate}"
RATES = {"busy": 0.2, "resets": 0.1, "sick": 0.05}
WEATHER = scenario_of(f"""
faults:
  - {{id: busy, {WRITES}, often: {{rate: 20%}}, fault: {{kind: http.status, code: 503}}}}
  - {{id: resets, {WRITES}, often: {{rate: 10%}}, fault: {{kind: tcp.reset, point: after_commit}}}}
  - {{id: sick, {WRITES}, often: {{rate: 5%}}, draw: operation, fault: {{kind: tcp.reset}}}}
  - {{id: bursts, {WRITES}, often: {{burst: {{enter: 5%, leave: 50%}}}}, draw: operation,
     fault: {{kind: http.status, code: 500}}}}
""")
Struck = set[tuple[str | None, int | None, str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What struck whom, and how often each rule looked and struck."""

    struck: Struck
    counts: dict[str, dict[str, int]]


async def write(session: aiohttp.ClientSession, deck: str, operation: str) -> None:
    """Send a write until it is answered with 200, as a client does that names its tries."""
    for attempt in range(1, MOST_ATTEMPTS + 1):
        named = {"X-Deckstorm-Operation": operation, "X-Deckstorm-Attempt": str(attempt)}
        try:
            status, _ = await post_batch(session, deck, **named)
        except aiohttp.ClientError:
            continue
        if status == 200:
            return


async def run(concurrency: int, seed: int) -> Outcome:
    """Send all writes, `concurrency` at a time."""
    gate = asyncio.Semaphore(concurrency)
    async with FakeSlides(WEATHER, seed=seed) as fake, open_session(fake) as session:
        deck = await create_deck(session)

        async def in_turn(number: int) -> None:
            async with gate:
                await write(session, deck, f"operation-{number}")

        await asyncio.gather(*map(in_turn, range(OPERATIONS_COUNT)))
        struck = {(e.identity, e.attempt, e.fault, e.point) for e in fake.ledger if e.rule_id is not None}
        return Outcome(struck, fake.fault_counts())


def overlap(one: Struck, other: Struck) -> float:
    """Return which share of what was struck in either was struck in both."""
    return len(one & other) / len(one | other)


async def test_one_seed_strikes_the_same_tries_at_every_concurrency_and_each_time() -> None:
    """With dice that all calls share, two runs at concurrency 32 overlap by some 6 %."""
    runs = [await run(concurrency, seed=1) for concurrency in (1, 8, 32, 32)]

    assert len(runs[0].struck) > 50
    assert [overlap(runs[0].struck, each.struck) for each in runs] == [1.0] * 4


async def test_another_seed_strikes_others() -> None:
    """Else a hundred seeds would be one."""
    first, second = [await run(8, seed=seed) for seed in (1, 2)]

    assert overlap(first.struck, second.struck) < 0.4


@pytest.mark.parametrize("rule", RATES)
async def test_every_rate_is_kept_on_the_wire(rule: str, shared_run: Callable[[], Outcome]) -> None:
    """Within four sigma of the binomial distribution, as drawn by operation: its tries share one draw."""
    counts, rate = shared_run().counts[rule], RATES[rule]

    draws = OPERATIONS_COUNT if rule == "sick" else counts["matched"]
    tries_per_draw = MOST_ATTEMPTS if rule == "sick" else 1

    spread = tries_per_draw * (draws * rate * (1 - rate)) ** 0.5
    assert abs(counts["fired"] - counts["matched"] * rate) < 4 * spread


@pytest.fixture(scope="module")
def shared_run() -> Callable[[], Outcome]:
    """Return a run that the tests of the rates share."""
    outcome = asyncio.run(run(16, seed=3))
    return lambda: outcome
