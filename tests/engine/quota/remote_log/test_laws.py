"""A log that is changed from afar, whatever happens: the law of the window."""

import asyncio

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.policy.pacing import Reservation
from engine.policy.sliding_log import SPAN_SECONDS
from engine.settings import EngineSettings
from tests.support.manual_clock import quiet
from tests.support.remote_quotas import MemoryKeeper, RemoteDoor
from tests.support.shared_quotas import ADA, StillClock

ATTEMPT_SECONDS, LONGEST_ANSWER_SECONDS = 30.0, 2.0


def _settings(writes_per_minute: int) -> EngineSettings:
    return EngineSettings(
        writes_per_minute=writes_per_minute, quota_use_share=1.0, http_connection_timeout=ATTEMPT_SECONDS
    )


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
