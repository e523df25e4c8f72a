"""What is wrong with one slide, or with one deck, stays there."""

import pytest

from engine.events import Fate
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import outdoors
from tests.support.weather import weather

DECK = plain_deck("deck-0", 4)


@pytest.mark.parametrize("strategy", ["sequential", "per_slide", "semaphore", "coalesced"])
async def test_a_slide_that_somebody_deletes_meanwhile_fails_alone(strategy: str) -> None:
    """The batch is refused as a whole; the other slides must land all the same."""
    async with outdoors(
        None, [DECK], batch_strategy=strategy, max_concurrent_slides=2, writes_per_minute=1_000
    ) as world:
        plain_read = world.engine._parts.recovery.read

        async def read_and_lose_a_slide(errand: object) -> object:
            snapshot = await plain_read(errand)
            if "deck-0-s1" in {slide["objectId"] for slide in _document(world)["slides"]}:
                world.fake.store.batch_update("deck-0", [{"deleteObject": {"objectId": "deck-0-s1"}}])
            return snapshot

        world.engine._parts.recovery.read = read_and_lose_a_slide
        (report,) = await world.edit_all()

        applied = {slide_id: slide.applied for slide_id, slide in report.slides.items()}
        assert applied == {"deck-0-s0": True, "deck-0-s1": False, "deck-0-s2": True, "deck-0-s3": True}
        assert world.texts(DECK) == {"Ada 12 €"}


async def test_a_deck_whose_writes_are_refused_does_not_stop_the_other_decks() -> None:
    """A customer whose deck is locked must not hold up all others."""
    refused = weather(
        {"kind": "http.status", "code": 403, "point": "before_commit"},
        where={"presentation": "deck-1", "method": "presentations.batchUpdate"},
    )
    decks = [plain_deck(f"deck-{number}", 2) for number in range(3)]

    async with outdoors(refused, decks) as world:
        reports = await world.edit_all()

    fates = [{operation.fate for operation in report.operations} for report in reports]
    assert fates == [{Fate.APPLIED}, {Fate.REJECTED}, {Fate.APPLIED}]


def _document(world: object) -> dict[str, object]:
    return world.fake.store.get("deck-0").to_json()
