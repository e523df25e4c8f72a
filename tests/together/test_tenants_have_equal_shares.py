"""A tenant who brings much waits for itself: the others hardly notice, and equals get equal shares."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.events import AttemptOutcome, AttemptSettled, Event
from fakeslides.decks.deck import Deck
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from tests.support.plain_decks import plain_deck
from tests.support.virtual_worlds import outdoors_in_virtual_time
from tests.support.weather import weather

SKY = weather(server={"latency": {"fixed": "400ms"}, "quota": {"preset": "google-default"}})
WRITE = "presentations.batchUpdate"
SMALL_COUNT = 50
FEW_COUNT = 30  # with what others have had of the minute, still no more than the quota allows


@dataclass(frozen=True)
class Wish:
    """A deck to edit, in whose name, and when that is asked for."""

    deck: Deck
    tenant: str | None = None
    after_seconds: float = 0.0


@dataclass
class Lived:
    """How long each deck took, and what the engine told."""

    seconds: dict[str, float]
    events: Sequence[Event]


def lived(wishes: Iterable[Wish], **settings: object) -> Lived:
    """Return what becomes of wishes in virtual time, under Google's quota."""
    wishes, seconds = list(wishes), dict[str, float]()

    async def live(loop: VirtualLoop) -> Lived:
        decks = [wish.deck for wish in wishes]
        options = {"batch_strategy": "per_slide", "max_concurrent_slides": 3, "operation_deadline": 7_200}
        async with outdoors_in_virtual_time(loop, SKY, decks, **{**options, **settings}) as world:

            async def edit(wish: Wish) -> None:
                await asyncio.sleep(wish.after_seconds)
                began, name = loop.time(), wish.deck.presentation_id
                report = await world.engine.replace_text(name, wish.deck.replacements, tenant=wish.tenant)
                assert report.applied
                seconds[name] = loop.time() - began

            await asyncio.gather(*map(edit, wishes))
            return Lived(seconds, tuple(world.events))

    return run_in_virtual_time(live, seed=3)


def small(count: int, after_seconds: float = 0.0) -> list[Wish]:
    """Return the wishes of tenants with one small deck each."""
    names = [f"small-{number}" for number in range(count)]
    return [Wish(plain_deck(name, 1), name, after_seconds) for name in names]


def seconds_alone(count: int) -> float:
    """Return how long all but the slowest of the small ones take when nobody else is there."""
    return _p95(lived(small(count)))


def test_one_with_three_hundred_batches_does_not_hold_up_fifty_with_one_each() -> None:
    """They share a quota, and each of them needs one write of it."""
    crowded = lived([Wish(plain_deck("big", 300), "big"), *small(SMALL_COUNT)])

    assert _p95(crowded) <= 2 * seconds_alone(SMALL_COUNT)


def test_nor_does_one_with_three_hundred_presentations_that_were_there_first() -> None:
    """In order of arrival they would wait for five minutes, and each for all that were before it."""
    nightly = [Wish(plain_deck(f"nightly-{number}", 1), "nightly") for number in range(300)]

    crowded = lived([*nightly, *small(FEW_COUNT, after_seconds=5.0)])

    assert _p95(crowded) <= 2 * seconds_alone(FEW_COUNT)
    assert crowded.seconds["nightly-299"] > 300.0


def test_nor_does_one_whose_long_calls_would_fill_the_room() -> None:
    """All of them come to their end together, and whoever waited for the first would wait for them all."""
    long = [Wish(plain_deck(f"long-{number}", 20), "long") for number in range(20)]

    crowded = lived([*long, *small(3, after_seconds=5.0)], max_calls_under_way=20)
    roomy = lived([*long, *small(3, after_seconds=5.0)])

    assert _p95(crowded) <= 1.05 * _p95(roomy)
    assert max(crowded.seconds.values()) <= 1.05 * max(roomy.seconds.values())


def test_tenants_who_want_more_than_there_is_get_equal_shares_however_much_they_ask_for() -> None:
    """Whoever asks in forty places at once gets no more than whoever asks in five."""
    asked = {"modest": 12, "usual": 20, "greedy": 50}
    wishes = [
        Wish(plain_deck(f"{tenant}-{number}", 4), tenant)
        for tenant, count in asked.items()
        for number in range(count)
    ]

    events = lived(wishes).events

    served = Counter(event.presentation_id.partition("-")[0] for event in _writes(events)[:120])
    assert _jain(list(served.values())) >= 0.95
    assert set(served) == set(asked)


def _p95(what: Lived) -> float:
    seconds = sorted(took for name, took in what.seconds.items() if name.startswith("small"))
    return seconds[int(0.95 * len(seconds))]


def _writes(events: Iterable[Event]) -> list[AttemptSettled]:
    return [
        event
        for event in events
        if isinstance(event, AttemptSettled)
        and event.method == WRITE
        and event.outcome is AttemptOutcome.ANSWERED
    ]


def _jain(shares: Sequence[float]) -> float:
    """Return Jain's index of fairness: 1 where all are equal, 1/n where one has everything."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))
