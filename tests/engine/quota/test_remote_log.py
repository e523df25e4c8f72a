"""A log that is changed from afar: by many at once, and while answers are lost."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.errors import QuotaScope
from engine.policy.pacing import CallKind, Reservation
from engine.policy.sliding_log import SPAN_SECONDS
from engine.quota.state import Held, QuotaState
from engine.settings import EngineSettings
from tests.support.manual_clock import quiet
from tests.support.remote_quotas import MemoryKeeper, RemoteDoor
from tests.support.shared_quotas import ADA, StillClock

WRITE, ATTEMPT_SECONDS, LONGEST_ANSWER_SECONDS = CallKind.WRITE, 30.0, 2.0


def _settings(writes_per_minute: int = 1) -> EngineSettings:
    return EngineSettings(
        writes_per_minute=writes_per_minute, quota_use_share=1.0, http_connection_timeout=ATTEMPT_SECONDS
    )


def _doors(keeper: MemoryKeeper, count: int, writes_per_minute: int = 1) -> list[RemoteDoor]:
    chosen = _settings(writes_per_minute)
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
    """Its places count as sent, which is safe."""
    [door] = _doors(keeper, 1)
    reservation = await door.taken()
    keeper.is_down = True
    door.pacing.sent(reservation, keeper.clock.now())
    closing = asyncio.create_task(door.pacing.close())
    await keeper.clock.advance(2 * LONGEST_ANSWER_SECONDS)

    await closing


class FarLaws(RuleBasedStateMachine):
    """Whatever processes, answers and the server do, in whatever order: the law of the window."""

    @initialize(quota=st.integers(1, 4), count=st.integers(1, 3))
    def begin(self, quota: int, count: int) -> None:
        """A quota of a few calls, so that it is full all the time."""
        self.runner = asyncio.Runner()
        self.most, self.keeper = quota, MemoryKeeper(StillClock())
        self.unsent: list[tuple[RemoteDoor, Reservation, float]] = []
        self.sent_at: list[float] = []
        self.doors = [self._door() for _ in range(count)]

    @property
    def now(self) -> float:
        """By every clock."""
        return self.keeper.clock.now()

    def _door(self) -> RemoteDoor:
        async def made() -> RemoteDoor:
            return RemoteDoor(self.keeper, ADA, _settings(self.most), self.keeper.clock)

        return self.runner.run(made())

    @rule(seconds=st.sampled_from([0.1, 1.0, 2.5, 29.0, ATTEMPT_SECONDS, SPAN_SECONDS]))
    def wait(self, seconds: float) -> None:
        """Time passes, and attempts that were not sent in time never are."""
        self.runner.run(self.keeper.clock.advance(seconds))
        self.unsent = [held for held in self.unsent if held[2] >= self.now]

    @rule(which=st.integers(0, 2), seconds=st.sampled_from([0.0, 4.0]), is_sent=st.booleans())
    def take(self, which: int, seconds: float, *, is_sent: bool) -> None:
        """A process asks for a place, waits for some time, and sends at once or later."""
        door = self.doors[which % len(self.doors)]

        async def asked() -> Reservation | float | None:
            asking = asyncio.create_task(door.take())
            await self.keeper.clock.advance(seconds)
            if asking.done():
                return asking.result()
            asking.cancel()
            await quiet()
            return None

        before = self.now
        answer = self.runner.run(asked())
        if isinstance(answer, Reservation):
            # It may leave at any moment since it was given; the latest one is what the law is hard on.
            self.unsent.append((door, answer, before + ATTEMPT_SECONDS))
            if is_sent:
                self.settle(-1, gives_back=False)

    @rule(which=st.integers(0, 2))
    def send(self, which: int) -> None:
        """A process makes a call if it may."""
        self.take(which, 0.0, is_sent=True)

    @precondition(lambda self: self.unsent)
    @rule(which=st.integers(0, 9), gives_back=st.booleans())
    def settle(self, which: int, *, gives_back: bool) -> None:
        """A call leaves, or never will."""
        door, reservation, _ = self.unsent.pop(which % len(self.unsent))

        async def settled() -> None:
            if gives_back:
                door.pacing.refund(reservation)
            else:
                door.pacing.sent(reservation, self.now)
            await quiet()

        self.runner.run(settled())
        if not gives_back:
            self.sent_at.append(self.now)

    @rule(which=st.integers(0, 2), has_sent=st.booleans())
    def die(self, which: int, *, has_sent: bool) -> None:
        """A process is killed, perhaps with calls sent that it had not noted, and started again."""
        dead = self.doors[which % len(self.doors)]
        self.runner.run(dead.die())
        if has_sent:
            self.sent_at += [self.now for door, *_ in self.unsent if door is dead]
        self.unsent = [held for held in self.unsent if held[0] is not dead]
        self.doors[which % len(self.doors)] = self._door()

    @rule(what=st.sampled_from(["loses", "delays", "delivers", "is down", "is well", "is well"]))
    def trouble(self, what: str) -> None:
        """Answers get lost, what was asked for arrives later, or nobody is there."""
        if what == "delivers":
            self.keeper.deliver()
        else:
            self.keeper.loses, self.keeper.delays = 2 * (what == "loses"), 2 * (what == "delays")
            self.keeper.is_down = what == "is down"

    @precondition(lambda self: not self.unsent)
    @rule(forgets=st.booleans())
    def restart_the_server(self, *, forgets: bool) -> None:
        """It comes back with nothing, or with what it had."""
        self.keeper.restart(forgets=forgets)

    @invariant()
    def no_window_holds_more_than_the_quota(self) -> None:
        """As the API counts, however close the calls arrive."""
        counts = [sum(start <= at < start + SPAN_SECONDS for at in self.sent_at) for start in self.sent_at]
        assert max(counts, default=0) <= self.most

    def teardown(self) -> None:
        """Whatever was left behind, in the end the whole quota is there."""
        if not hasattr(self, "runner"):
            return
        self.keeper.is_down, self.keeper.loses, self.keeper.delays = False, 0, 0
        places = self.runner.run(self._all_places())
        self.runner.close()
        assert [isinstance(place, Reservation) for place in places] == [*[True] * self.most, False]

    async def _all_places(self) -> list[Reservation | float]:
        door = RemoteDoor(self.keeper, ADA, _settings(self.most), self.keeper.clock)
        await door.take()  # a restart counts from when somebody looks
        await self.keeper.clock.advance(ATTEMPT_SECONDS + LONGEST_ANSWER_SECONDS + 2 * SPAN_SECONDS)
        return [await door.take() for _ in range(self.most + 1)]


TestFarLaws = FarLaws.TestCase
TestFarLaws.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
