"""Which fault, if any, strikes a call.  Pure: time comes in as an offset, chance as a hash of who calls."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fakeslides.draws import Dice, named
from fakeslides.faults.calls import CallFacts, Judgement, Verdict
from fakeslides.faults.chance import is_bad_weather, rate_at
from fakeslides.faults.scope import conditions_of
from fakeslides.scenario.rules import Burst, Draw, FaultRule, Phase
from fakeslides.scenario.stages import stage_of
from fakeslides.scenario.timeline import Span, Timeline

__all__ = ["CallFacts", "Judgement", "Rulebook", "Verdict"]


class Rulebook:
    """The rules of a scenario, asked once per call, or at each stage of it.

    The first rule that strikes wins, so a call meets one fault at most; a rule behind it does not look at it.
    Rates are drawn by identity, and so are bursts along an operation's attempts; `nth`, `count`, `every` and
    other bursts go by the order in which calls come.
    """

    def __init__(self, rules: Sequence[FaultRule], phases: Sequence[Phase], seed: int) -> None:
        self._timeline = Timeline(phases)
        self._pages = [_Page(rule, _span_of(rule, self._timeline), seed) for rule in rules]
        self._of_stage: defaultdict[str, list[_Page]] = defaultdict(list)
        for page in self._pages:
            self._of_stage[stage_of(page.rule.fault.point)].append(page)

    def judge(self, call: CallFacts) -> Judgement:
        """Return which rules looked at the call, and which of them strikes it.

        Whoever carries a verdict out says so with `ended`, once nothing of it goes on any more.
        """
        pages = self._of_stage[call.stage]
        if not pages:
            return Judgement()
        phase, drawn_by = self._timeline.phase_at(call.offset_seconds), _drawn_by(call)
        matched: list[str] = []
        for page in pages:
            if not page.looks_at(call, phase):
                continue
            matched.append(page.rule.id)
            if page.strikes(call, drawn_by):
                return Judgement(tuple(matched), Verdict(page.rule.id, page.rule.fault))
        return Judgement(tuple(matched))

    def ended(self, verdict: Verdict) -> None:
        """Make room for another strike where a rule limits how many are under way at once."""
        for page in self._pages:
            if page.rule.id == verdict.rule_id:
                page.active_count -= 1


class _Page:
    """One rule, with what has been counted for it.

    Every call turns every page, so what a rule says is looked up once, when the page is written.
    """

    def __init__(self, rule: FaultRule, span: Span | None, seed: int) -> None:
        self.rule = rule
        self.active_count = 0
        self._span, self._seed = span, seed
        self._dice = Dice(seed, rule.id)
        self._conditions = conditions_of(rule)
        self._nth, self._draw = rule.when.nth, rule.draw
        self._steady_rate = rule.often.rate if isinstance(rule.often.rate, float) else None
        self._listed = {(each.operation, each.attempt) for each in rule.often.sequence or ()}
        self._in_scope_count = self._matched_count = self._struck_count = 0

    def looks_at(self, call: CallFacts, phase: str | None) -> bool:
        for condition in self._conditions:
            if not condition(call, phase):
                return False
        self._in_scope_count += 1
        if self._nth is not None and self._in_scope_count not in self._nth:
            return False
        self._matched_count += 1
        return True

    def strikes(self, call: CallFacts, drawn_by: Mapping[Draw, bytes]) -> bool:
        if not self._is_chosen(call, drawn_by) or not self._has_room():
            return False
        self._struck_count += 1
        self.active_count += 1
        return True

    def _has_room(self) -> bool:
        limit = self.rule.limit
        if limit is None:
            return True
        is_over = limit.total is not None and self._struck_count >= limit.total
        return not is_over and (limit.active is None or self.active_count < limit.active)

    def _is_chosen(self, call: CallFacts, drawn_by: Mapping[Draw, bytes]) -> bool:
        if self._steady_rate is not None:
            return self._dice.share(drawn_by[self._draw]) < self._steady_rate
        often = self.rule.often
        if often.rate is not None:
            return self._dice.share(drawn_by[self._draw]) < rate_at(
                often.rate, self._span, call.offset_seconds
            )
        if often.burst is not None:
            return self._is_in_burst(often.burst, call)
        if often.count is not None:
            return self._matched_count <= often.count
        if often.every is not None:
            return self._matched_count % often.every == 0
        return (call.identity, call.attempt) in self._listed

    def _is_in_burst(self, burst: Burst, call: CallFacts) -> bool:
        """Walk along what `draw` names: the calls as they come, an operation's attempts, or connections."""
        chain: tuple[object, ...] = (self.rule.id, "burst")
        if self.rule.draw == "operation":
            return is_bad_weather(burst, self._seed, (*chain, call.identity, call.method), call.attempt)
        step = call.connection if self.rule.draw == "connection" else self._matched_count
        return is_bad_weather(burst, self._seed, chain, step)


def _drawn_by(call: CallFacts) -> dict[Draw, bytes]:
    """Return whom a draw of each kind belongs to: all that share it meet the same fate."""
    return {
        "attempt": named(call.identity, call.method, call.attempt),
        "operation": named(call.identity),
        "connection": named("connection", call.connection),
    }


def _span_of(rule: FaultRule, timeline: Timeline) -> Span | None:
    """Return the stretch that a ramp goes over, None if the rule names none that ends."""
    offset = rule.when.offset
    if offset is not None and offset.to_seconds is not None:
        return Span(offset.from_seconds, offset.to_seconds)
    return None if rule.when.phase is None else timeline.span_of(rule.when.phase)
