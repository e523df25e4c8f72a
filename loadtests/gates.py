"""Judging what was measured: pass, fail, or inconclusive, each with its reason.  A thinking room.

A gate that could not have failed proves nothing: too few samples, an interval that holds the threshold, a
fault that never struck all make a verdict inconclusive, never a pass.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fakeslides.scenario.gates import Comparison, Gate, Requirement, parse_requirement
from fakeslides.scenario.units import plain_number
from loadtests.measurements import FaultCount
from loadtests.metrics import Measurement, Number, Processes
from loadtests.statistics import Share, one_sided

BASELINE = "sequential"
SPEEDUP = "speedup_over_sequential"
SATURATED_CPU_SHARE = 0.9
SUSTAINED_SECONDS = 5.0


class Verdict(StrEnum):
    """What a gate, a setting or a sweep came to."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    UNSOUND = "unsound"


EXIT_CODES: Mapping[Verdict, int] = {
    Verdict.PASS: 0,
    Verdict.FAIL: 1,
    Verdict.INCONCLUSIVE: 3,
    Verdict.UNSOUND: 4,
}
INVALID_INPUT = 2
INTERRUPTED = 130

_EXACT = frozenset({Comparison.EQUAL, Comparison.NOT_EQUAL})
_GRAVEST_FIRST = (Verdict.FAIL, Verdict.UNSOUND, Verdict.INCONCLUSIVE, Verdict.PASS)

DECK_AS_COMPUTED = Gate(id="deck-as-computed", metric="deck_differences", require=parse_requirement("== 0"))
"""Holds in every weather, so no scenario has to ask for it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A gate's word on one setting.  `measured` is None when nothing was there to measure."""

    id: str
    metric: str
    verdict: Verdict
    measured: Number
    required: str
    reason: str


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the gravest verdict: a failure seen outweighs everything; nothing judged is inconclusive."""
    found = set(verdicts)
    return next((verdict for verdict in _GRAVEST_FIRST if verdict in found), Verdict.INCONCLUSIVE)


def judge_setting(gates: Sequence[Gate], measurement: Measurement) -> list[Judgement]:
    """Judge every gate that applies, all weather that had to strike, and the harness itself."""
    applying = [gate for gate in (*gates, DECK_AS_COMPUTED) if applies(gate, measurement.setting.strategy)]
    judged = [judge(gate, measurement.metrics, measurement.shares) for gate in applying]
    return [
        *judged,
        *judge_weather(measurement.faults),
        *judge_substance(measurement),
        *judge_harness(measurement),
    ]


def applies(gate: Gate, strategy: str) -> bool:
    """The baseline is not held to being faster than itself."""
    return not (gate.metric == SPEEDUP and strategy == BASELINE)


def judge(gate: Gate, metrics: Mapping[str, Number], shares: Mapping[str, Share]) -> Judgement:
    """Hold one metric against one gate.

    With a confidence, a share passes (or fails) only when its whole one-sided interval does; an equality is
    asked of the measured value alone, since no interval shrinks to a point.
    """
    measured = metrics.get(gate.metric)
    share = shares.get(gate.metric)
    if measured is None:
        return _judgement(gate, Verdict.INCONCLUSIVE, None, _why_nothing(gate))
    if gate.min_samples is not None and share is not None and share.count < gate.min_samples:
        reason = f"{share.count} samples, at least {gate.min_samples} needed"
        return _judgement(gate, Verdict.INCONCLUSIVE, measured, reason)
    if gate.confidence is not None and share is not None and gate.require.comparison not in _EXACT:
        return _judge_interval(gate, share, gate.confidence)
    verdict = Verdict.PASS if gate.require.is_met_by(measured) else Verdict.FAIL
    return _judgement(gate, verdict, measured, _shown(measured, gate.require))


def judge_fault(count: FaultCount) -> Judgement:
    """A fault that did not strike as often as it had to makes the run say nothing about it."""
    enough = count.fired >= count.expected_at_least
    return Judgement(
        id=f"fired:{count.id}",
        metric="fired",
        verdict=Verdict.PASS if enough else Verdict.INCONCLUSIVE,
        measured=count.fired,
        required=f">= {count.expected_at_least}",
        reason=f"struck {count.fired} of {count.matched} times its conditions were met",
    )


def judge_weather(faults: Sequence[FaultCount]) -> list[Judgement]:
    """Judge all that had to strike; and where no rule says so, at least one of the rules had to."""
    judged = [judge_fault(count) for count in faults if count.expected_at_least]
    rules = [count for count in faults if not count.is_organic]
    if not rules or any(count.fired or count.expected_at_least for count in rules):
        return judged
    reason = f"none of {len(rules)} fault rules struck: this was calm weather"
    return [*judged, Judgement("fired:any", "fired", Verdict.INCONCLUSIVE, 0, ">= 1", reason)]


def judge_substance(measurement: Measurement) -> list[Judgement]:
    """Say that no edit came to anything, so that nothing was tried; empty when one did."""
    completion = measurement.shares["operation_completion_share"]
    if completion.successes:
        return []
    reason = f"none of {completion.count} edits settled" if completion.count else "there was nothing to edit"
    return [Judgement("edits:any", "operations", Verdict.INCONCLUSIVE, 0, ">= 1", reason)]


def judge_harness(measurement: Measurement) -> list[Judgement]:
    """Say what makes the harness itself unfit to be believed; empty when all is well."""
    return [*_judge_exit(measurement.processes), *_judge_load(measurement.processes)]


def _judge_exit(processes: Processes) -> list[Judgement]:
    """A client that did not end by itself and well did not do what was measured, whatever its numbers are."""
    how = _bad_end(processes)
    if how is None:
        return []
    return [
        Judgement(
            id="harness:client-exit",
            metric="client_exit_status",
            verdict=Verdict.UNSOUND,
            measured=processes.client_exit_status,
            required="== 0",
            reason=f"the client {how}: {processes.client_complaints or 'it did not say why'}",
        )
    ]


def _bad_end(processes: Processes) -> str | None:
    if processes.client_was_killed_at_deadline:
        return "had not ended when its time was up, and was killed"
    if processes.client_signal is not None:
        return f"was ended by {processes.client_signal}"
    return "failed" if processes.client_exit_status else None


def _judge_load(processes: Processes) -> list[Judgement]:
    """A process that kept a whole core busy was itself what was measured."""
    if processes.real_seconds < SUSTAINED_SECONDS:
        return []
    loads = {"client": processes.client_cpu_share or 0.0, "fake": processes.server_cpu_share}
    return [
        Judgement(
            id=f"harness:{name}-cpu",
            metric="cpu_share",
            verdict=Verdict.UNSOUND,
            measured=load,
            required=f"<= {SATURATED_CPU_SHARE:.0%}",
            reason=f"the {name} kept {load:.0%} of a core busy: the harness was the limit",
        )
        for name, load in loads.items()
        if load > SATURATED_CPU_SHARE
    ]


def _judge_interval(gate: Gate, share: Share, confidence: float) -> Judgement:
    bounds = one_sided(share.successes, share.count, confidence)
    ends = [gate.require.is_met_by(end) for end in (bounds.low, bounds.high)]
    verdict = Verdict.PASS if all(ends) else Verdict.INCONCLUSIVE if any(ends) else Verdict.FAIL
    sure = f"{plain_number(confidence * 100)}% sure"
    reason = f"{share.successes} of {share.count}; {sure} of {bounds.low:.2%} to {bounds.high:.2%}"
    return _judgement(gate, verdict, share.value, reason)


def _judgement(gate: Gate, verdict: Verdict, measured: Number, reason: str) -> Judgement:
    return Judgement(gate.id, gate.metric, verdict, measured, str(gate.require), reason)


def _why_nothing(gate: Gate) -> str:
    if gate.metric == SPEEDUP:
        return f"no {BASELINE} setting finished in this sweep"
    return "nothing was measured"


def _shown(measured: float, require: Requirement) -> str:
    return f"{measured:.2%}" if require.is_share else f"{measured:g}"
