"""One writer per presentation."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.admission.locks import PresentationLock
from tests.support.held import held
from tests.support.manual_clock import quiet


async def test_waiters_are_served_in_order_of_arrival() -> None:
    """A writer that is overtaken again and again would never be done."""
    locks = PresentationLock()
    served: list[int] = []

    async def write(number: int) -> None:
        async with held(locks, "deck"):
            await asyncio.sleep(0)
            served.append(number)

    await asyncio.gather(*(write(number) for number in range(20)))

    assert served == list(range(20))


async def test_other_presentations_do_not_wait() -> None:
    """Only writes to one presentation get in each other's way."""
    locks = PresentationLock()

    async with held(locks, "one"), asyncio.timeout(1), held(locks, "other"):
        held_count = len(locks)

    assert held_count == 2


async def test_nothing_is_kept_of_presentations_at_rest() -> None:
    """A service sees millions of presentations in its life."""
    locks = PresentationLock()

    for number in range(1_000):
        async with held(locks, f"deck-{number}"):
            pass

    assert len(locks) == 0


async def test_a_cancelled_waiter_leaves_the_line_to_the_next() -> None:
    """Otherwise the presentation would be locked for ever."""
    locks = PresentationLock()
    served: list[str] = []

    async def write(name: str) -> None:
        async with held(locks, "deck"):
            served.append(name)

    async with held(locks, "deck"):
        waiters = [asyncio.create_task(write(name)) for name in ("first", "second")]
        await quiet()
        waiters[0].cancel()
    await asyncio.wait(waiters)

    assert served == ["second"]
    assert len(locks) == 0


async def test_a_holder_that_fails_lets_go() -> None:
    """An error in one write must not stop the next."""
    locks = PresentationLock()

    with pytest.raises(RuntimeError):
        async with held(locks, "deck"):
            raise RuntimeError

    assert len(locks) == 0


async def test_holders_hand_on_the_revision_while_somebody_waits() -> None:
    """The next writer then needs no read to know what to fence its write with."""
    locks = PresentationLock()
    seen: list[str | None] = []

    async def write(revision_id: str) -> None:
        async with held(locks, "deck") as hold:
            seen.append(hold.revision_id)
            await asyncio.sleep(0)
            hold.revision_id = revision_id

    await asyncio.gather(write("r1"), write("r2"))
    await write("r3")

    assert seen == [None, "r1", None]


async def test_a_hundred_thousand_presentations_leave_an_empty_table() -> None:
    """A table that keeps one entry in a thousand is a leak that shows after months."""
    locks = PresentationLock()

    for number in range(100_000):
        async with held(locks, f"deck-{number}"):
            if number % 10_000 == 0:
                assert len(locks) == 1

    assert len(locks) == 0


DEEDS = st.lists(
    st.tuples(st.sampled_from(["come", "cancel", "leave", "turn"]), st.integers(0, 5), st.sampled_from("ab")),
    max_size=40,
)


@given(DEEDS)
def test_whoever_is_cancelled_whenever_the_others_have_their_turn_in_order(
    deeds: list[tuple[str, int, str]],
) -> None:
    """Waiting, just handed the lock, or holding it: a cancellation frees the presentation."""
    asyncio.run(_live_through(deeds))


async def _live_through(deeds: list[tuple[str, int, str]]) -> None:
    locks, served = PresentationLock(), dict[str, list[int]](a=[], b=[])
    holding = {"a": 0, "b": 0}
    come: list[tuple[asyncio.Task[None], asyncio.Event]] = []

    async def write(number: int, deck: str, may_leave: asyncio.Event) -> None:
        async with held(locks, deck):
            served[deck].append(number)
            holding[deck] += 1
            assert holding[deck] == 1
            try:
                await may_leave.wait()
            finally:
                holding[deck] -= 1

    for deed, which, deck in deeds:
        if deed == "come":
            may_leave = asyncio.Event()
            come.append((asyncio.create_task(write(len(come), deck, may_leave)), may_leave))
        elif deed == "turn":
            await asyncio.sleep(0)
        elif come and deed == "cancel":
            come[which % len(come)][0].cancel()
        elif come:
            come[which % len(come)][1].set()

    for _, may_leave in come:
        may_leave.set()
    await quiet()
    ends = await asyncio.gather(*(task for task, _ in come), return_exceptions=True)
    assert all(end is None or isinstance(end, asyncio.CancelledError) for end in ends)
    assert all(numbers == sorted(numbers) for numbers in served.values())
    assert len(locks) == 0
