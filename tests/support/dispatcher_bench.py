"""A dispatcher on a bench of its own."""

from random import Random

from engine.admission.breakers import Breakers
from engine.admission.dispatcher import Dispatcher
from engine.admission.limiter import Limiter
from engine.admission.waits import Waits
from engine.events import Event
from engine.policy.pacing import CallKind, Pacing
from engine.settings import EngineSettings
from tests.support.held import admitted
from tests.support.manual_clock import ManualClock

FAR = 1e9


class Bench:
    """A dispatcher with everything it needs, and callers to put in front of it."""

    def __init__(self, ceiling: int = 1, **settings: object) -> None:
        chosen = EngineSettings(**{"writes_per_minute": 600, "quota_use_share": 1.0, **settings})
        self.clock = ManualClock()
        self.events = list[Event]()
        self.limiter = Limiter(ceiling, 100, self.events.append)
        self.pacing = Pacing(chosen)
        sequential = self.limiter.fall_back_to_sequential
        breakers = Breakers(chosen, "host", Random(3), self.events.append, sequential)
        self.dispatcher = Dispatcher(
            breakers=breakers, limiter=self.limiter, pacing=self.pacing, clock=self.clock
        )
        self.started: list[tuple[str, float]] = []

    async def call(
        self,
        name: str,
        kind: CallKind = CallKind.WRITE,
        *,
        seconds: float = 1.0,
        deadline: float = FAR,
        error: Exception | None = None,
        waits: Waits | None = None,
        tenant: str = "",
        is_begun: bool = False,
    ) -> None:
        """Make one call that takes `seconds` and ends with `error`."""
        waits = {} if waits is None else waits
        leave = admitted(self.dispatcher, kind, deadline, waits, tenant, is_begun=is_begun)
        async with leave as admission:
            self.started.append((name, self.clock.now() - 1_000.0))
            self.dispatcher.sent(admission)
            await self.clock.sleep(seconds)
            admission.ended(error)

    def assert_at_rest(self) -> None:
        """Fail if anybody waits, holds a slot, or has set an alarm."""
        assert self.dispatcher.waiting_count == 0
        assert self.dispatcher.in_flight_count == 0
        assert not self.dispatcher._alarm.is_set
