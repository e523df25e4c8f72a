"""What must hold within a rule, and between rules and phases."""

from collections.abc import Iterator, Sequence

from fakeslides.scenario.overlap import first_over_the_whole
from fakeslides.scenario.problems import KeyPath, Problem
from fakeslides.scenario.rules import FaultRule, Phase, Ramp
from fakeslides.scenario.stages import Stage, stage_of
from fakeslides.scenario.timeline import Timeline

_UNKNOWN_AT: dict[Stage, tuple[tuple[str, str], ...]] = {
    "accepted": (
        ("where", "method"),
        ("where", "presentation"),
        ("where", "request"),
        ("where", "header"),
        ("where", "user"),
        ("when", "attempt"),
    ),
    "arrived": (("where", "request"), ("where", "user")),
    "read": (),
}


def check_rules(rules: Sequence[tuple[int, FaultRule]], phases: Sequence[Phase]) -> Iterator[Problem]:
    """Yield what is wrong with rules that are well-formed.

    Args:
        rules: each with its place in the file.
        phases: the scenario's.
    """
    timeline = Timeline(phases)
    for index, rule in rules:
        for path, text in (
            *_asks_too_early(rule),
            *_draws_nothing(rule),
            *_ramp_without_end(rule),
            *_never(rule, phases, timeline),
        ):
            yield Problem(("faults", index, *path), text)
    over = first_over_the_whole([rule for _, rule in rules])
    if over is not None:
        place, total = over
        text = f"the rates of rules that look at the same calls add up to {total:.0%}; keep them to 100%"
        yield Problem(("faults", rules[place][0], "often", "rate"), text)


def _asks_too_early(rule: FaultRule) -> Iterator[tuple[KeyPath, str]]:
    """A fault that strikes early is decided early, when little is known of the call."""
    point = rule.fault.point
    for section, key in _UNKNOWN_AT[stage_of(point)]:
        if getattr(getattr(rule, section), key) is not None:
            yield (section, key), f"is not known yet at {point}; leave it out or let the fault strike later"


def _draws_nothing(rule: FaultRule) -> Iterator[tuple[KeyPath, str]]:
    if rule.draw != "attempt" and rule.often.rate is None and rule.often.burst is None:
        yield ("draw",), "only a rate or a burst is drawn; leave it out, or give one of them in `often`"


def _ramp_without_end(rule: FaultRule) -> Iterator[tuple[KeyPath, str]]:
    when = rule.when
    has_end = when.phase is not None or (when.offset is not None and when.offset.to_seconds is not None)
    if isinstance(rule.often.rate, Ramp) and not has_end:
        text = "a ramp needs a stretch to go over; name `phase`, or `offset` with `to`, in the rule's `when`"
        yield ("often", "rate"), text


def _never(rule: FaultRule, phases: Sequence[Phase], timeline: Timeline) -> Iterator[tuple[KeyPath, str]]:
    """An offset counts from the start of the scenario, not of the phase."""
    offset, name = rule.when.offset, rule.when.phase
    if offset is None or name not in {phase.name for phase in phases}:
        return
    assert name is not None, "it is a phase's name"
    span = timeline.span_of(name)
    is_last = name == phases[-1].name
    is_before = offset.to_seconds is not None and offset.to_seconds <= span.start_seconds
    if is_before or (offset.from_seconds >= span.end_seconds and not is_last):
        text = (
            f"lies outside of {name}, which goes from {span.start_seconds:g}s to {span.end_seconds:g}s; "
            "offsets count from the start of the scenario"
        )
        yield ("when", "offset"), text
