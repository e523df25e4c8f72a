"""Which fault, if any, strikes a call.  Pure: time comes in as an offset, chance as a hash of who calls."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate

from fakeslides.draws import draw_share
from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.rules import FaultRule, Phase


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What rules may ask of a call.

    `offset_seconds` counts from the first API call the server saw.
    """

    method: str
    presentation_id: str | None
    identity: str
    attempt: int
    offset_seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule has decided to strike a call."""

    rule_id: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a call: those that looked at it, in order, and the one that strikes."""

    matched: tuple[str, ...] = ()
    verdict: Verdict | None = None


class Timeline:
    """Phases by offset; the last one lasts for ever."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self._names = [phase.name for phase in phases]
        self._ends = list(accumulate(phase.for_seconds for phase in phases))

    def phase_at(self, offset_seconds: float) -> str | None:
        """Return the phase's name, None if the scenario has no phases."""
        if not self._names:
            return None
        return self._names[min(bisect_right(self._ends, offset_seconds), len(self._names) - 1)]


class Rulebook:
    """The rules of a scenario, asked once per call.

    The first rule that strikes wins, so a call meets one fault at most; a rule behind it does not look at it.
    Rates are drawn by identity; `count` and `every` go by the order in which calls come.
    """

    def __init__(self, rules: Sequence[FaultRule], phases: Sequence[Phase], seed: int) -> None:
        self._rules = tuple(rules)
        self._timeline = Timeline(phases)
        self._seed = seed
        self._seen: Counter[str] = Counter()

    def judge(self, call: CallFacts) -> Judgement:
        """Return which rules looked at the call, and which of them strikes it."""
        phase = self._timeline.phase_at(call.offset_seconds)
        matched: list[str] = []
        for rule in self._rules:
            if not _looks_at(rule, call, phase):
                continue
            matched.append(rule.id)
            self._seen[rule.id] += 1
            if self._strikes(rule, call):
                return Judgement(tuple(matched), Verdict(rule.id, rule.fault))
        return Judgement(tuple(matched))

    def phase_at(self, offset_seconds: float) -> str | None:
        """Return the phase's name, None if the scenario has no phases."""
        return self._timeline.phase_at(offset_seconds)

    def _strikes(self, rule: FaultRule, call: CallFacts) -> bool:
        often, seen = rule.often, self._seen[rule.id]
        if often.count is not None:
            return seen <= often.count
        if often.every is not None:
            return seen % often.every == 0
        identity = (
            (call.identity,) if rule.draw == "operation" else (call.identity, call.method, call.attempt)
        )
        return draw_share(self._seed, rule.id, *identity) < (often.rate or 0.0)


def _looks_at(rule: FaultRule, call: CallFacts, phase: str | None) -> bool:
    where, when = rule.where, rule.when
    return (
        _is_meant(where.method, call.method)
        and (where.presentation is None or fnmatchcase(call.presentation_id or "", where.presentation))
        and when.phase in (None, phase)
        and (when.attempt is None or call.attempt in when.attempt)
    )


def _is_meant(wanted: str | None, method: str) -> bool:
    """Say whether a rule's `where.method` means a call; one that names none means the API, not the token."""
    return method == wanted or (wanted is None and method != "token")
