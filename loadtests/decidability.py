"""Whether a gate can pass, and whether it can fail, at the size of a workload.  A thinking room.

A gate that cannot fail proves nothing, and one that cannot pass stops everybody; both can be told before any
run.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from fakeslides.scenario.gates import Comparison, Gate
from loadtests.gates import BASELINE, SPEEDUP, Verdict, judge
from loadtests.statistics import share

_MORE_IS_BETTER = frozenset({Comparison.ABOVE, Comparison.AT_LEAST})
_LESS_IS_BETTER = frozenset({Comparison.BELOW, Comparison.AT_MOST})


@dataclass(frozen=True, slots=True)
class Decidable:
    """What a gate can come to.

    Attributes:
        gate: which one.
        samples_count: what it is measured on; None for what is no share.
        can_pass: some measurement passes it.
        can_fail: some measurement fails it.
        most_bad_count: how many samples may go wrong at most for it to pass; None where that is not the
            question.
    """

    gate: Gate
    samples_count: int | None
    can_pass: bool
    can_fail: bool
    most_bad_count: int | None = None

    @property
    def is_decidable(self) -> bool:
        """It can go either way."""
        return self.can_pass and self.can_fail


def decidable(gate: Gate, samples: Mapping[str, int], strategies: Iterable[str]) -> Decidable:
    """Return what a gate can come to.

    Args:
        gate: which one.
        samples: for each metric that is a share, on how many samples it is measured.
        strategies: that are run; the baseline is held to no speed-up over itself.
    """
    count = samples.get(gate.metric)
    if count is not None:
        return _share_gate(gate, count)
    can_be_faster = gate.metric != SPEEDUP or any(strategy != BASELINE for strategy in strategies)
    threshold = gate.require.threshold
    verdicts = {judge(gate, {gate.metric: value}, {}).verdict for value in _counts_around(threshold)}
    return Decidable(
        gate, None, can_be_faster and Verdict.PASS in verdicts, can_be_faster and Verdict.FAIL in verdicts
    )


def _share_gate(gate: Gate, count: int) -> Decidable:
    def verdict_of(successes: int) -> Verdict:
        measured = share(successes, count)
        return judge(gate, {gate.metric: measured.value}, {gate.metric: measured}).verdict

    verdicts = {verdict_of(successes) for successes in _successes_around(gate.require.threshold, count)}
    can_pass = Verdict.PASS in verdicts
    most_bad = _most_bad(gate.require.comparison, verdict_of, range(count + 1)) if can_pass else None
    return Decidable(gate, count, can_pass, Verdict.FAIL in verdicts, most_bad)


def _successes_around(threshold: float, count: int) -> set[int]:
    """Return the counts at which a verdict could change: both ends, and the threshold's neighbours."""
    near = range(floor(threshold * count) - 1, ceil(threshold * count) + 2)
    return {0, count, *(successes for successes in near if 0 <= successes <= count)}


def _counts_around(threshold: float) -> set[float]:
    """Return measurements on both sides of a threshold; what is counted is never below nothing."""
    return {value for value in (0, threshold - 1, threshold, threshold + 1) if value >= 0}


def _most_bad(
    comparison: Comparison, verdict_of: Callable[[int], Verdict], counts: Sequence[int]
) -> int | None:
    """Return how many samples may go wrong, by halving, as verdicts change only once along the counts."""
    if comparison in _MORE_IS_BETTER:
        return counts[-1] - bisect_left(counts, 1, key=lambda good: int(verdict_of(good) is Verdict.PASS))
    if comparison in _LESS_IS_BETTER:
        return bisect_left(counts, 1, key=lambda bad: int(verdict_of(bad) is not Verdict.PASS)) - 1
    return None
