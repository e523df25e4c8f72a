"""A log that is changed from afar: by many at once, and while answers are lost."""

import asyncio

import pytest

from engine.errors import QuotaScope
from engine.policy.pacing import CallKind, Reservation
from engine.policy.sliding_log import SPAN_SECONDS
from engine.quota.state import Held, QuotaState
from engine.settings import EngineSettings
from tests.support.manual_clock import quiet
from tests.support.remote_quotas import MemoryKeeper, RemoteDoor
from tests.support.shared_quotas import ADA, StillClock

WRITE, LONGEST_ANSWER_SECONDS = CallKind.WRITE, 2.0


def _doors(keeper: MemoryKeeper, count: int, writes_per_minute: int = 1) -> list[RemoteDoor]:
    chosen = EngineSettings(writes_per_minute=writes_per_minute, quota_use_share=1.0)
    return [RemoteDoor(keeper, ADA, chosen, keeper.clock) for _ in range(count)]


def _taken_count(keeper: MemoryKeeper) -> int:
    """Return how many calls the server knows of."""
    [text] = [text for key, (_, text) in keeper.kept.items() if key.endswith(":write")]
    state = QuotaState(Held(text, keeper.clock.now(), keeper.run_id, 1e6), ADA.hidden().project, "new")
    return len(state.taken_at(QuotaScope.PROJECT, ADA.hidden().project, WRITE))


@pytest.fixture
def keeper() -> MemoryKeeper:
    """Return a server that was started long ago."""
    return MemoryKeeper(StillClock())


async def test_of_many_who_ask_at_once_one_gets_the_last_place(keeper: MemoryKeeper) -> None:
    """All have read that there is one."""
    answers = await asyncio.gather(*(door.take() for door in _doors(keeper, 5)))

    assert [isinstance(answer, Reservation) for answer in answers].count(True) == 1


async def test_a_change_whose_answer_was_lost_is_made_once(keeper: MemoryKeeper) -> None:
    """Made again, a call would count twice, and twenty of them would stop everybody for a minute."""
    [door] = _doors(keeper, 1, writes_per_minute=9)
    reservation = await door.taken()
    keeper.loses = 1
    door.pacing.sent(reservation, keeper.clock.now())
    await keeper.clock.advance(1.0)
    await door.settled()

    assert _taken_count(keeper) == 1


async def test_a_place_whose_answer_was_lost_is_given_back_and_another_one_taken(
    keeper: MemoryKeeper,
) -> None:
    """Nobody knows how long ago it was, and its call must leave within its lease."""
    [door] = _doors(keeper, 1)
    keeper.loses = 1
    asking = asyncio.create_task(door.take())
    await keeper.clock.advance(1.0)
    await keeper.clock.advance(1.0)

    assert isinstance(await asking, Reservation)
    assert _taken_count(keeper) == 1


@pytest.mark.parametrize("comes", ["before the next one", "after it"])
async def test_a_change_that_arrives_late_is_not_made_twice(keeper: MemoryKeeper, comes: str) -> None:
    """Networks keep what nobody waits for any more, and deliver it."""
    [door] = _doors(keeper, 1, writes_per_minute=9)
    reservation = await door.taken()
    keeper.delays = 1
    door.pacing.sent(reservation, keeper.clock.now())
    await quiet()
    if comes == "before the next one":
        keeper.deliver()
    await keeper.clock.advance(1.0)
    await door.settled()
    keeper.deliver()

    assert _taken_count(keeper) == 1


async def test_a_place_that_nobody_wants_any_more_is_given_back(keeper: MemoryKeeper) -> None:
    """A caller whose deadline came while the server was asked."""
    doors = _doors(keeper, 2)
    asking = asyncio.create_task(doors[0].take())
    await asyncio.sleep(0)
    asking.cancel()
    await doors[0].settled()

    assert _taken_count(keeper) == 0
    assert isinstance(await doors[1].take(), Reservation)


async def test_a_place_that_was_given_too_long_ago_is_not_used(keeper: MemoryKeeper) -> None:
    """Its lease would end before the last moment at which its call may leave."""
    [door] = _doors(keeper, 1, writes_per_minute=9)
    await door.settled()
    was_kept = keeper.keep

    async def slow(*arguments: object) -> object:
        seen = await was_kept(*arguments)
        await keeper.clock.sleep(LONGEST_ANSWER_SECONDS + 0.1)
        keeper.keep = was_kept
        return seen

    keeper.keep = slow
    asking = asyncio.create_task(door.take())
    await keeper.clock.advance(LONGEST_ANSWER_SECONDS + 1.0)

    reservation = await asking
    await door.settled()
    assert (reservation.number, _taken_count(keeper)) == (2, 1)


async def test_a_call_counts_from_when_it_left_and_not_from_when_the_server_heard_of_it(
    keeper: MemoryKeeper,
) -> None:
    """A server that was away for long must not close the gates for as long again."""
    [door] = _doors(keeper, 1)
    reservation = await door.taken()
    keeper.is_down = True
    door.pacing.sent(reservation, keeper.clock.now())
    sent_at = keeper.clock.now()
    await keeper.clock.advance(20.0)
    keeper.is_down = False
    await keeper.clock.advance(1.0)
    await door.settled()

    assert await door.take() == pytest.approx(sent_at + SPAN_SECONDS, abs=0.002)


async def test_who_flushes_the_server_makes_all_wait_who_knew_better(keeper: MemoryKeeper) -> None:
    """What was sent in the last minute still counts, and nobody can look it up."""
    [door] = _doors(keeper, 1)
    await door.send()
    keeper.kept.clear()
    await keeper.clock.advance(SPAN_SECONDS + 1.0)

    assert await door.take() == keeper.clock.now() + SPAN_SECONDS


async def test_a_log_that_ended_since_nobody_needed_it_is_not_missed(keeper: MemoryKeeper) -> None:
    """A service that did nothing for a day need not wait for a minute then."""
    [door] = _doors(keeper, 1)
    await door.send()
    keeper.kept.clear()
    await keeper.clock.advance(86_400.0)

    assert isinstance(await door.take(), Reservation)


async def test_it_closes_with_its_last_word_said(keeper: MemoryKeeper) -> None:
    """The next process need not wait for a lease to end."""
    [door] = _doors(keeper, 1)
    door.pacing.refund(await door.taken())
    await door.pacing.close()

    assert _taken_count(keeper) == 0


async def test_it_closes_without_a_server(keeper: MemoryKeeper) -> None:
    """Its places count as sent, which is safe; and nobody waits for a server that is known to be lost."""
    [door] = _doors(keeper, 1)
    reservation = await door.taken()
    keeper.is_down = True
    door.pacing.sent(reservation, keeper.clock.now())
    await quiet()
    closed_at = keeper.clock.now()
    await door.pacing.close()

    assert keeper.clock.now() == closed_at
