"""Several processes on one quota server, as far as one process can have them: each with a door of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random

from engine.errors import QuotaServerUnreachable
from engine.policy.pacing import CallKind, Reservation
from engine.quota.keeper import Keeper, Seen
from engine.quota.redis_quota import RedisQuota
from engine.quota.remote_pacing import RemotePacing
from engine.quota.sharing import Surroundings
from engine.quota.state import Held, QuotaState
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings
from tests.support.manual_clock import ManualClock
from tests.support.shared_quotas import StillClock

UP_FOR_LONG_SECONDS = 1e6


class RedisOnClock(RedisQuota):
    """A real Redis server that goes by a test's clock and was started long ago."""

    def __init__(self, url: str, clock: ManualClock) -> None:
        super().__init__(url)
        self._clock = clock

    async def _asked(self, key: str, known: Seen | None, *rest: object) -> Seen:
        seen = await super()._asked(key, known, *rest)
        return replace(seen, held=replace(seen.held, now=self._clock.now(), uptime_seconds=1e6))


@dataclass
class MemoryKeeper:
    """What a server does that keeps texts, and all that can go wrong with it.

    Attributes:
        clock: the server's.
        run_id: of this start of it.
        started_at: by its clock.
        is_down: it answers nothing.
        loses: answers that get lost from now on, of changes it has kept.
        late: changes that get lost, and arrive when `deliver` is called.
    """

    clock: ManualClock
    run_id: str = "first"
    started_at: float = -UP_FOR_LONG_SECONDS
    is_down: bool = False
    loses: int = 0
    delays: int = 0
    kept: dict[str, tuple[str, str]] = field(default_factory=dict)
    late: list[tuple[str, str, str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return "redis://memory:6379/0"

    async def look(self, key: str, known: Seen | None) -> Seen:
        """Return what is there."""
        await asyncio.sleep(0)
        if self.is_down:
            raise QuotaServerUnreachable(f"{self}: down")
        return self._seen(key)

    async def keep(self, key: str, known: Seen, version: str, text: str) -> Seen:
        """Keep a text in the place of what is known, or lose it, or the answer."""
        await asyncio.sleep(0)
        if self.is_down:
            raise QuotaServerUnreachable(f"{self}: down")
        if self.delays:
            self.delays -= 1
            self.late.append((key, known.version, version, text))
            raise QuotaServerUnreachable(f"{self}: no answer")
        self._set(key, known.version, version, text)
        if self.loses:
            self.loses -= 1
            raise QuotaServerUnreachable(f"{self}: no answer")
        return self._seen(key)

    def deliver(self) -> None:
        """Let changes arrive that were on their way."""
        while self.late:
            self._set(*self.late.pop())

    def restart(self, *, forgets: bool = True) -> None:
        """Start anew, with nothing or with what it had."""
        self.run_id, self.started_at = f"{self.run_id}'", self.clock.now()
        if forgets:
            self.kept.clear()

    def _set(self, key: str, known_version: str, version: str, text: str) -> None:
        if self.kept.get(key, ("", ""))[0] == known_version:
            self.kept[key] = version, text

    def _seen(self, key: str) -> Seen:
        version, text = self.kept.get(key, ("", None))
        now = self.clock.now()
        return Seen(version, Held(text, now, self.run_id, now - self.started_at))


class RemoteDoor:
    """A process at a quota server, which waits as a dispatcher does.

    Attributes:
        pacing: what it asks.
        told: the events.
    """

    def __init__(
        self, keeper: Keeper, subject: QuotaSubject, settings: EngineSettings, clock: ManualClock
    ) -> None:
        self.told: list[object] = []
        self.clock = clock
        self._waiting: tuple[CallKind, asyncio.Future[Reservation | float]] | None = None
        around = Surroundings(clock, Random(1), self.told.append, self._ring)
        self.pacing = RemotePacing(settings, subject, keeper, around)

    async def take(self, kind: CallKind = CallKind.WRITE) -> Reservation | float:
        """Return the place that was to be had, or when to ask again."""
        answer: asyncio.Future[Reservation | float] = asyncio.get_running_loop().create_future()
        self._waiting = kind, answer
        self._ring()
        try:
            return await answer
        finally:
            self._waiting = None

    async def taken(self, kind: CallKind = CallKind.WRITE) -> Reservation:
        """Take a place, which must be there."""
        answer = await self.take(kind)
        assert isinstance(answer, Reservation)
        return answer

    async def send(self, times: int = 1) -> list[Reservation]:
        """Take places and send at once."""
        reservations = []
        for _ in range(times):
            reservations.append(await self.taken())
            self.pacing.sent(reservations[-1], self.clock.now())
        await self.settled()
        return reservations

    async def settled(self) -> None:
        """Wait until all it has to say is said."""
        for log in self.pacing._logs.values():
            if log._worker is not None:
                await log._worker

    async def die(self) -> None:
        """Let go of everything, with no word to anybody."""
        for log in self.pacing._logs.values():
            if log._worker is not None:
                log._worker.cancel()
                await asyncio.wait([log._worker])

    def _ring(self) -> None:
        if self._waiting is None or self._waiting[1].done():
            return
        kind, answer = self._waiting
        found = self.pacing.take(self.clock.now(), kind)
        if isinstance(found, Reservation) or found < float("inf"):
            answer.set_result(found)


@asynccontextmanager
async def at_redis(
    url: str, clock: StillClock, *subjects: QuotaSubject, **settings: object
) -> AsyncIterator[list[RemoteDoor]]:
    """Open one door to a real server for each subject, on a connection of its own."""
    chosen = EngineSettings(**{"quota_use_share": 1.0, **settings})
    async with AsyncExitStack() as stack:
        doors = []
        for subject in subjects:
            quota = await stack.enter_async_context(RedisOnClock(url, clock))
            doors.append(RemoteDoor(quota, subject, chosen, clock))
            stack.push_async_callback(doors[-1].die)
        yield doors


async def as_if_up_for_long(url: str, subject: QuotaSubject) -> None:
    """Let a server that was just started look as if it had been there, with no calls."""
    hidden = subject.hidden()
    async with RedisQuota(url) as quota:
        for kind in CallKind:
            key = f"deckstorm:quota:{{{hidden.project}}}:{kind}"
            seen = await quota.look(key, None)
            held = replace(seen.held, uptime_seconds=UP_FOR_LONG_SECONDS)
            state = QuotaState(held, hidden.project, "long")
            await quota.keep(key, seen, "long", state.text("somebody", 1))
