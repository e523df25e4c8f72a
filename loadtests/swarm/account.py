"""What a run has shown so far; it stays when the world breaks in the midst of it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.events import Event
from engine.settings import EngineSettings
from fakeslides.api.wire import ACCIDENTS
from fakeslides.ledger import Entry
from loadtests.client_log import log_of
from loadtests.measurements import ClientLog
from loadtests.simulation.process import Process
from loadtests.simulation.world import SimulatedWorld, Told
from loadtests.swarm.promises import Terms
from loadtests.swarm.watch import Watch

PROCESS_KILLED, PROCESS_STARTED = "ProcessKilled", "ProcessStarted"


@dataclass(slots=True)
class Account:
    """Takes down one run, and lets every promise watch.

    Attributes:
        started_at_seconds: when the server started, on the world's clock.
        facts: what the client told.
        ledger: the server's.
        strikes: how often each rule struck; complete once the run is over.
        surprises: errors that nobody caught, wherever on the loop they were raised.
        lives_began_at_seconds: when each process of the client was started, on the world's clock.
    """

    started_at_seconds: float = 0.0
    facts: Sequence[Mapping[str, Any]] = ()
    ledger: list[Entry] = field(default_factory=list)
    strikes: dict[str, int] = field(default_factory=dict)
    watch: Watch | None = None
    told: Told | None = None
    surprises: list[str] = field(default_factory=list)
    lives_began_at_seconds: list[float] = field(default_factory=list)
    _facts_before_count: int = 0  # told by processes that are dead
    _accidents: logging.Handler = field(init=False)

    def __post_init__(self) -> None:
        self._accidents = _Listener(self.surprises)

    def begin(
        self,
        world: SimulatedWorld,
        settings: EngineSettings,
        engines_count: int = 1,
        tenants: Mapping[str, str] | None = None,
    ) -> Watch:
        """Listen to a world of some engines and tenants from its first moment on; return who watches."""
        self.started_at_seconds = world.clock.now()
        self.told = Told(world.loop)
        self.facts = self.told.facts
        scenario, started_at = world.fake.scenario, self.started_at_seconds
        self.watch = Watch(Terms(settings, scenario, started_at, engines_count, tenants or {}))
        world.loop.set_exception_handler(self._surprised)
        ACCIDENTS.addHandler(self._accidents)
        world.fake.ledger.listeners += [self.ledger.append, self.watch.seen, self._count]
        return self.watch

    def tell(self, event: Event) -> None:
        """Take an event of the engine."""
        assert self.told is not None, "the run has begun"
        assert self.watch is not None, "likewise"
        self.told.tell(event)
        self.watch.heard(event)

    def write(self, name: str, facts: Mapping[str, Any]) -> None:
        """Take a fact of the client's own."""
        assert self.told is not None, "the run has begun"
        self.told.write(name, facts)

    def started(self) -> None:
        """Note that a process of the client begins to live."""
        self._note_life(PROCESS_STARTED, "the client starts", is_told=bool(self.lives_began_at_seconds))
        self.lives_began_at_seconds.append(self._now)

    def killed(self, text: str, *, loses_power: bool) -> None:
        """Note that the process of the client is dead, and why."""
        assert self.watch is not None, "the run has begun"
        self._note_life(PROCESS_KILLED, f"the client {text}")
        self._facts_before_count = len(self.facts)
        self.watch.killed(self._now, loses_power=loses_power)

    def log_so_far(self) -> ClientLog:
        """Return what the process that lives has told until now."""
        return log_of([dict(fact) for fact in self.facts[self._facts_before_count :]])

    def end(self) -> None:
        """Listen no more."""
        ACCIDENTS.removeHandler(self._accidents)

    @property
    def _now(self) -> float:
        assert self.told is not None, "the run has begun"
        return self.told.now

    def _note_life(self, name: str, text: str, *, is_told: bool = True) -> None:
        if is_told:
            self.write(name, {"at_seconds": self._now, "text": text})

    def _surprised(self, _loop: object, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        self.surprises.append(f"{context['message']}: {type(error).__name__}: {error}")

    def _count(self, entry: Entry) -> None:
        if entry.rule_id is not None:
            self.strikes[entry.rule_id] = self.strikes.get(entry.rule_id, 0) + 1


@dataclass(frozen=True, slots=True)
class Voice:
    """What one process of the client tells; the dead tell nothing."""

    account: Account
    process: Process

    def tell(self, event: Event) -> None:
        """Take an event of the engine."""
        if not self.process.is_dead:
            self.account.tell(event)

    def write(self, name: str, facts: Mapping[str, Any]) -> None:
        """Take a fact of the client's own."""
        if not self.process.is_dead:
            self.account.write(name, facts)


class _Listener(logging.Handler):
    """Hears of errors inside the fake, which its servers only log."""

    def __init__(self, surprises: list[str]) -> None:
        super().__init__()
        self._surprises = surprises

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._surprises.append(f"the fake: {record.getMessage()}: {type(error).__name__}: {error}")
