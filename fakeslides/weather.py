"""The weather that rules now: a scenario, faults injected on top of it, and what load has done so far.

Pure: `now` is an argument, in seconds of the server's clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fakeslides.api.latency import ServiceQueue, service_seconds
from fakeslides.api.overlaps import OverlapWatch
from fakeslides.api.quota import QuotaKeeper
from fakeslides.draws import draw_share
from fakeslides.faults.calls import CallFacts, Judgement, Verdict
from fakeslides.faults.rules import Rulebook
from fakeslides.progress import Progress
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import FaultRule


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """A rule that is no part of the scenario, looks at calls before the scenario's, and ends by itself."""

    rule: FaultRule
    expires_at_seconds: float
    rulebook: Rulebook


class Weather:
    """What the server asks of each call; it can change while calls are being served.

    Args:
        scenario: what rules at first.
        seed: of every draw; None is the scenario's own, also of those that follow.

    Attributes:
        scenario: what rules now.
        seed: of the draws.
        revision: which scenario this is, from 1; each replacement counts.
        quota: calls counted so far.
        overlaps: writes that met each other.
        progress: phases.
    """

    scenario: Scenario
    seed: int
    quota: QuotaKeeper
    progress: Progress

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self._given_seed = seed
        self.revision = 0
        self.overlaps = OverlapWatch()
        self._injected: dict[str, InjectedFault] = {}
        self._injected_count = 0
        # By the verdict's own identity: one that a later scenario gives may be equal, but is another one.
        self._judges: dict[int, Rulebook] = {}
        self.replace(scenario)

    def replace(self, scenario: Scenario) -> None:
        """Let another scenario rule from the next call on; it begins at its beginning.

        Injected faults stay until their time is over.
        """
        self.scenario = scenario
        self.seed = scenario.seed if self._given_seed is None else self._given_seed
        self.revision += 1
        self._begin()

    def restart(self) -> None:
        """Begin the scenario anew, without the injected faults."""
        self._injected.clear()
        self._begin()

    def judge(self, call: CallFacts, now: float) -> Judgement:
        """Return which rules looked at a call, and which of them strikes it.

        Whoever carries a verdict out says so with `ended`, once nothing of it goes on any more.
        """
        matched: list[str] = []
        for book in self._rulebooks(now):
            judgement = book.judge(call)
            matched.extend(judgement.matched)
            if judgement.verdict is not None:
                self._judges[id(judgement.verdict)] = book
                return Judgement(tuple(matched), judgement.verdict)
        return Judgement(tuple(matched))

    def ended(self, verdict: Verdict) -> None:
        """Tell whichever rules gave a verdict that nothing of it goes on any more."""
        self._judges.pop(id(verdict)).ended(verdict)

    def work_seconds(self, now: float, *identity: object) -> float:
        """Return how long the server takes for a call that arrives now, waiting for its turn included."""
        latency = self.scenario.server.latency
        service = latency.queue.service if latency.queue else latency
        seconds = service_seconds(service, draw_share(self.seed, "latency", *identity))
        return seconds if self._queue is None else self._queue.enter(now, seconds)

    def inject(self, rule: FaultRule, for_seconds: float, now: float) -> str:
        """Let a rule look at calls before all others for `for_seconds`; return the id it gets."""
        self._injected_count += 1
        fault_id = f"injected-{self._injected_count}"
        named = rule.model_copy(update={"id": fault_id})
        book = Rulebook([named], self.scenario.phases, self.seed)
        self._injected[fault_id] = InjectedFault(named, now + for_seconds, book)
        return fault_id

    def revoke(self, fault_id: str, now: float) -> bool:
        """End an injected fault before its time; say whether it was still there."""
        was_there = any(each.rule.id == fault_id for each in self.injected(now))
        self._injected.pop(fault_id, None)
        return was_there

    def injected(self, now: float) -> Sequence[InjectedFault]:
        """Return the injected faults that are not over, the newest first."""
        over = [name for name, each in self._injected.items() if each.expires_at_seconds <= now]
        for name in over:
            del self._injected[name]
        return tuple(reversed(self._injected.values()))

    def _rulebooks(self, now: float) -> Sequence[Rulebook]:
        if not self._injected:  # as nearly always, and this is asked for every call
            return (self._rules,)
        return (*(each.rulebook for each in self.injected(now)), self._rules)

    def _begin(self) -> None:
        scenario, server = self.scenario, self.scenario.server
        self._rules = Rulebook(scenario.faults, scenario.phases, self.seed)
        self.progress = Progress(scenario.phases)
        self.quota = QuotaKeeper(server.quota)
        self.overlaps.change(server.conflicts.overlapping_writes, self.seed)
        queue = server.latency.queue
        self._queue = None if queue is None else ServiceQueue(queue.workers)
