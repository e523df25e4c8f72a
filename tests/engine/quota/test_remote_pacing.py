"""Several machines, one quota: what one did, all know, through a real Redis server."""

import asyncio

import pytest

from engine.errors import QuotaScope
from engine.events import QuotaServerFound, QuotaServerLost
from engine.policy.pacing import CallKind, Reservation
from engine.settings import EngineSettings
from tests.support.remote_quotas import MemoryKeeper, RemoteDoor, at_redis
from tests.support.shared_quotas import ADA, BOB, StillClock

SPAN_SECONDS, LONGEST_ANSWER_SECONDS = 61.0, 2.0
READ, WRITE = CallKind.READ, CallKind.WRITE
ATTEMPT_SECONDS = 30.0


@pytest.fixture
def clock() -> StillClock:
    """Return the time of all machines and of the server."""
    return StillClock()


class TestSharing:
    async def test_what_one_process_sent_all_have_sent(self, redis_url: str, clock: StillClock) -> None:
        """Two of them with sixty writes each would be refused half of the time."""
        async with at_redis(redis_url, clock, ADA, ADA, writes_per_minute=3) as (one, other):
            await one.send(2)
            await other.send()

            assert await one.take() == await other.take() == clock.now() + SPAN_SECONDS
            assert one.pacing.eta_seconds(1, clock.now(), WRITE) == SPAN_SECONDS
            assert isinstance(await one.take(READ), Reservation)

    async def test_it_survives_a_restart(self, redis_url: str, clock: StillClock) -> None:
        """A crash loop must not write a quota's worth each time it starts."""
        async with at_redis(redis_url, clock, ADA, writes_per_minute=3) as (before,):
            await before.send(3)

        async with at_redis(redis_url, clock, ADA, writes_per_minute=3) as (after,):
            assert await after.take() == clock.now() + SPAN_SECONDS

    async def test_users_of_one_project_share_its_quota_and_have_their_own(
        self, redis_url: str, clock: StillClock
    ) -> None:
        """Google counts both."""
        quotas = {"writes_per_minute": 2, "project_writes_per_minute": 3}
        async with at_redis(redis_url, clock, ADA, BOB, **quotas) as (ada, bob):
            await ada.send(2)
            assert await ada.take() == clock.now() + SPAN_SECONDS

            await bob.send()

            assert await bob.take() == clock.now() + SPAN_SECONDS

    async def test_what_one_learned_from_a_refusal_all_know(self, redis_url: str, clock: StillClock) -> None:
        """Each would have to be refused by itself, again and again."""
        async with at_redis(redis_url, clock, ADA, ADA, BOB) as (one, other, bob):
            [*_, last] = await one.send(20)
            one.pacing.throttled(last, clock.now(), retry_after_seconds=7.0, scope=QuotaScope.USER)
            await one.settled()

            assert await other.take() == clock.now() + SPAN_SECONDS
            assert other.pacing.allowed_count(clock.now(), WRITE) == 14
            assert isinstance(await bob.take(), Reservation)

    async def test_the_time_that_a_refusal_asked_for_holds_for_all(
        self, redis_url: str, clock: StillClock
    ) -> None:
        """The server said when; sooner would be refused again."""
        async with at_redis(redis_url, clock, ADA, ADA) as (one, other):
            [number] = await one.send()
            one.pacing.throttled(number, clock.now(), retry_after_seconds=7.0)
            await one.settled()
            clock.put(clock.now() + 6.0)

            assert await other.take() >= clock.now() + 1.0

    async def test_an_estimate_counts_the_calls_of_all(self, redis_url: str, clock: StillClock) -> None:
        """A caller who is promised a time plans with it; nothing is known before the first answer."""
        async with at_redis(redis_url, clock, ADA, ADA, writes_per_minute=3) as (one, other):
            assert other.pacing.eta_seconds(5, clock.now(), WRITE) == 0.0
            assert other.pacing.eta_seconds(1, clock.now(), WRITE) == 0.0
            await one.send(2)
            await other.take(READ)
            await other.settled()

            etas = [other.pacing.eta_seconds(count, clock.now(), WRITE) for count in (1, 2, 5)]
            assert etas == [0.0, 61.0, 122.0]


class TestUnsent:
    async def test_a_place_that_is_given_back_is_found_by_looking_again(
        self, redis_url: str, clock: StillClock
    ) -> None:
        """Nobody rings on another machine; and who looks all the time burns a processor."""
        async with at_redis(redis_url, clock, ADA, ADA, writes_per_minute=1) as (one, other):
            reservation = await one.taken()
            looks_at = await other.take()
            one.pacing.refund(reservation)
            await one.settled()

            assert clock.now() + 0.2 <= looks_at <= clock.now() + 0.4
            clock.put(looks_at)
            assert isinstance(await other.take(), Reservation)

    async def test_the_place_of_a_process_that_died_is_free_a_window_after_its_lease(
        self, redis_url: str, clock: StillClock
    ) -> None:
        """Nobody knows whether its call was sent, so it counts; and not for ever."""
        settings = {"writes_per_minute": 1, "http_connection_timeout": ATTEMPT_SECONDS}
        async with at_redis(redis_url, clock, ADA, **settings) as (dead,):
            await dead.taken()

        free_at = clock.now() + ATTEMPT_SECONDS + LONGEST_ANSWER_SECONDS + SPAN_SECONDS
        async with at_redis(redis_url, clock, ADA, **settings) as (alive,):
            clock.put(free_at - SPAN_SECONDS)
            assert await alive.take() == free_at
            clock.put(free_at)
            assert isinstance(await alive.take(), Reservation)


class TestTrouble:
    async def test_a_server_that_is_lost_admits_nobody_and_is_told_of_once(self, clock: StillClock) -> None:
        """Rather later than more than the quota; and whoever waits learns for what."""
        keeper = MemoryKeeper(clock)
        door = RemoteDoor(keeper, ADA, EngineSettings(), clock)
        assert door.pacing.held_up_by() == "quota"
        await door.send()
        keeper.is_down = True
        asking = asyncio.create_task(door.take())
        await clock.advance(10.0)

        assert not asking.done()
        assert door.told == [QuotaServerLost(str(keeper), f"{keeper}: down", 1_000.0)]
        assert door.pacing.held_up_by() == f"quota; {keeper}: down"

        keeper.is_down = False
        await clock.advance(1.0)

        assert isinstance(await asking, Reservation)
        assert [type(event) for event in door.told] == [QuotaServerLost, QuotaServerFound]
        assert door.pacing.held_up_by() == "quota"
        await door.die()

    async def test_something_else_on_the_server_admits_nobody(self, clock: StillClock) -> None:
        """Nobody can say what is in it."""
        keeper = MemoryKeeper(clock)
        door = RemoteDoor(keeper, ADA, EngineSettings(), clock)
        await door.send()
        [key] = [key for key in keeper.kept if key.endswith(":write")]
        keeper.kept[key] = "1", "something else"
        asking = asyncio.create_task(door.take())
        await clock.advance(10.0)

        assert not asking.done()
        assert door.pacing.held_up_by().endswith(f"{key} holds something else than calls")
        asking.cancel()
        await door.die()


async def test_many_doors_fill_the_quota_and_never_more(redis_url: str, clock: StillClock) -> None:
    """They ask all at once, on connections of their own."""
    async with at_redis(redis_url, clock, *[ADA] * 6, writes_per_minute=20) as doors:
        taken: list[Reservation] = []

        async def fill(door: RemoteDoor) -> None:
            while isinstance(answer := await door.take(), Reservation):
                door.pacing.sent(answer, clock.now())
                taken.append(answer)

        await asyncio.gather(*map(fill, doors))

        assert len({reservation.number for reservation in taken}) == len(taken) == 20
