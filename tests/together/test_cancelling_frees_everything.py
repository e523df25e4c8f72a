"""A caller that goes away leaves no lock, no slot, no place in the quota and no connection behind."""

import asyncio

import pytest

from engine.events import Fate, OperationAccepted, OperationSettled
from tests.support.engines import assert_nothing_left
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import outdoors
from tests.support.weather import weather

SLOW = weather(server={"latency": {"fixed": "20ms"}})


@pytest.mark.parametrize("milliseconds", [0, 5, 15, 25, 35, 45, 60, 80])
async def test_at_any_moment(milliseconds: int) -> None:
    """Real sockets and a real token refresh have more moments than a stand-in."""
    decks = [plain_deck("deck-0", 3), plain_deck("deck-1", 3)]

    async with outdoors(SLOW, decks, batch_strategy="per_slide", max_concurrent_slides=2) as world:
        work = asyncio.create_task(world.edit_all())
        await asyncio.sleep(milliseconds / 1_000)
        work.cancel()
        await asyncio.wait([work])
        await asyncio.sleep(0)

        assert_nothing_left(world.engine)
        reports = await world.edit_all()

    accepted = [e.operation_id for e in world.events if isinstance(e, OperationAccepted)]
    settled = [e.operation_id for e in world.events if isinstance(e, OperationSettled)]
    assert sorted(accepted) == sorted(settled)
    assert all(operation.fate is Fate.APPLIED for report in reports for operation in report.operations)
