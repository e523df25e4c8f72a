"""A caller that goes away leaves no lock, no slot, no place in the quota and no connection behind."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from engine.events import Fate, OperationAccepted, OperationSettled
from engine.results import BatchReport
from fakeslides.decks.deck import Deck
from tests.support.engines import assert_nothing_left
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors, outdoors
from tests.support.weather import weather

SLOW = weather(server={"latency": {"fixed": "20ms"}})


@pytest.mark.parametrize("milliseconds", [0, 5, 15, 25, 35, 45, 60, 80])
async def test_at_any_moment(milliseconds: int) -> None:
    """Real sockets and a real token refresh have more moments than a stand-in."""
    decks = [plain_deck("deck-0", 3), plain_deck("deck-1", 3)]

    async with outdoors(SLOW, decks, batch_strategy="per_slide", max_concurrent_slides=2) as world:
        calls = [asyncio.create_task(_edit(world, deck)) for deck in decks]
        await asyncio.sleep(milliseconds / 1_000)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        await asyncio.sleep(0)

        assert_nothing_left(world.engine)
        _assert_told_truly(world)
        reports = await world.edit_all()

    accepted = [e.operation_id for e in world.events if isinstance(e, OperationAccepted)]
    settled = [e.operation_id for e in world.events if isinstance(e, OperationSettled)]
    assert sorted(accepted) == sorted(settled)
    assert all(operation.fate is Fate.APPLIED for report in reports for operation in report.operations)


def _edit(world: Outdoors, deck: Deck) -> Coroutine[Any, Any, BatchReport]:
    return world.engine.replace_text(deck.presentation_id, deck.replacements)


def _assert_told_truly(world: Outdoors) -> None:
    """Fail unless the fate of every edit is known: the server answers long before the grace is over."""
    applied = [entry.identity for entry in world.writes() if entry.committed]
    told = {e.operation_id: e.fate for e in world.events if isinstance(e, OperationSettled)}

    assert set(told.values()) <= {Fate.APPLIED, Fate.NOT_SENT}
    assert {name for name in applied if told[name] is Fate.APPLIED} == set(applied)
    assert sum(fate is Fate.APPLIED for fate in told.values()) == 2 * len(applied)
