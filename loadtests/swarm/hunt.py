"""Many seeds over all cores, until they are used up or a promise breaks."""

from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from fakeslides.scenario.model import Scenario
from loadtests.simulation.trace import first_difference
from loadtests.swarm.failing_seeds import FailingSeeds
from loadtests.swarm.tally import Tally
from loadtests.swarm.trial import Trial, trace_of_seed, try_seed
from loadtests.workers import WorkerDied, compute_all, open_worker


@dataclass(frozen=True, slots=True)
class Order:
    """What to hunt for.

    Attributes:
        scenario: whose swarm.
        first_seed: where to begin.
        seeds_count: how many seeds, those that failed before not counted.
        workers_count: processes at once.
        goes_on: try all seeds, whatever breaks; else stop at the first broken promise.
        checks_determinism: run every seed twice, the second time in reverse order, and compare.
    """

    scenario: Scenario
    first_seed: int
    seeds_count: int
    workers_count: int
    goes_on: bool = False
    checks_determinism: bool = False

    def seeds(self, failing: Iterable[int]) -> Iterator[int]:
        """Yield the seeds to try, those that failed before first; none is kept, however many there are."""
        before = list(failing)
        yield from before
        yield from self._fresh(set(before), step=1)
        if self.checks_determinism:
            yield from self._fresh(set(before), step=-1)
            yield from reversed(before)

    def trials_count(self, failing: Iterable[int]) -> int:
        """Return how many trials that makes."""
        before = set(failing)
        known_count = sum(seed in self._range for seed in before)
        count = len(before) + self.seeds_count - known_count
        return 2 * count if self.checks_determinism else count

    @property
    def _range(self) -> range:
        return range(self.first_seed, self.first_seed + self.seeds_count)

    def _fresh(self, before: Container[int], step: int) -> Iterator[int]:
        return (seed for seed in self._range[::step] if seed not in before)


async def hunt(order: Order, failing: FailingSeeds, on_trial: Callable[[Tally], None]) -> Tally:
    """Try seeds and return what they came to.

    Args:
        order: which ones, and when to stop.
        failing: what failed before, kept up to date.
        on_trial: told after each trial.
    """
    tally = Tally()
    trials = compute_all(partial(try_seed, order.scenario), order.seeds(failing), order.workers_count)
    async with aclosing(trials):
        async for seed, found in trials:
            if isinstance(found, WorkerDied):
                tally.deaths[seed] = str(found)
            else:
                _take_in(found, tally, failing)
            on_trial(tally)
            if (tally.failed or tally.deaths or tally.unlike) and not order.goes_on:
                break
    return tally


async def first_unlike_event(scenario: Scenario, seed: int) -> str:
    """Run a seed in two processes and say where their traces part.

    Raises:
        WorkerDied: one of them did not come to its end.
    """
    traces = []
    for _ in range(2):
        async with open_worker() as worker:
            traces.append(await worker.ask(trace_of_seed, scenario, seed))
    return first_difference(*traces) or "this time both runs were the same"


def _take_in(trial: Trial, tally: Tally, failing: FailingSeeds) -> None:
    tally.add(trial)
    failing.settle(trial.seed, has_failed=bool(trial.broken))
