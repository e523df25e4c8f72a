"""Which rules can look at the same call, and whether their shares fit into the whole."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from fakeslides.scenario.rules import FaultRule, Numbers, OffsetRange, Ramp
from fakeslides.scenario.stages import stage_of

_GLOB_SIGNS = frozenset("*?[")
_WHOLE = 1 + 1e-9
# Far more than files need that people write; a monster may keep a sum from us, but not its reader waiting.
_MOST_STEPS = 5000
_MOST_RULES = 1000


def first_over_the_whole(rules: Sequence[FaultRule]) -> tuple[int, float] | None:
    """Return the first rule whose share does not fit beside those before it, and what they add up to.

    Only the rates of rules that can all look at one and the same call are added.  A ramp counts at both of
    its ends; None means that all fit.
    """
    steps = iter(range(_MOST_STEPS))
    rated = [(index, rule) for index, rule in enumerate(rules) if rule.often.rate is not None]
    if all(sum(_share(rule, end) for _, rule in rated) <= _WHOLE for end in (0, 1)):
        return None
    for place, (index, rule) in enumerate(rated[:_MOST_RULES]):
        beside = [other for _, other in rated[:place] if can_meet(rule, other)]
        for end in (0, 1):
            beside.sort(key=lambda each: -_share(each, end))
            total = _over(_share(rule, end), beside, end, steps)
            if total is not None:
                return index, total
    return None


def can_meet(one: FaultRule, other: FaultRule) -> bool:
    """Say whether some call could have both rules look at it; where globs make it hard to tell, it could."""
    return (
        _stages_meet(one, other)
        and _methods_meet(one.where.method, other.where.method)
        and _globs_meet(one.where.presentation, other.where.presentation)
        and _globs_meet(one.where.user, other.where.user)
        and _numbers_meet(one.where.connection, other.where.connection)
        and _same_or_any(one.when.phase, other.when.phase)
        and _numbers_meet(one.when.attempt, other.when.attempt)
        and _ranges_meet(one.when.offset, other.when.offset)
        and one.when.nth is None
        and other.when.nth is None
    )


def _over(total: float, beside: Sequence[FaultRule], end: int, steps: Iterator[int]) -> float | None:
    """Return a sum over the whole of `total` and the shares of rules that all meet each other, if any."""
    if total > _WHOLE:
        return total
    left = total + sum(_share(each, end) for each in beside)
    for place, rule in enumerate(beside):
        if left <= _WHOLE or next(steps, None) is None:
            return None
        rest = [each for each in beside[place + 1 :] if can_meet(rule, each)]
        found = _over(total + _share(rule, end), rest, end, steps)
        if found is not None:
            return found
        left -= _share(rule, end)
    return None


def _share(rule: FaultRule, end: int) -> float:
    rate = rule.often.rate
    if isinstance(rate, Ramp):
        return (rate.from_share, rate.to_share)[end]
    return rate or 0.0


def _stages_meet(one: FaultRule, other: FaultRule) -> bool:
    """What strikes bare connections never looks at a call."""
    strikes_connection = [stage_of(rule.fault.point) == "accepted" for rule in (one, other)]
    return strikes_connection[0] == strikes_connection[1]


def _methods_meet(one: str | None, other: str | None) -> bool:
    """A rule that names no method looks at the whole API, to which tokens don't belong."""
    return one == other or (None in (one, other) and "token" not in (one, other))


def _same_or_any(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _globs_meet(one: str | None, other: str | None) -> bool:
    if one is None or other is None or one == other:
        return True
    if _GLOB_SIGNS.intersection(one):
        return bool(_GLOB_SIGNS.intersection(other)) or fnmatchcase(other, one)
    return fnmatchcase(one, other)


def _numbers_meet(one: Numbers | None, other: Numbers | None) -> bool:
    return one is None or other is None or not set(one).isdisjoint(other)


def _ranges_meet(one: OffsetRange | None, other: OffsetRange | None) -> bool:
    if one is None or other is None:
        return True
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: OffsetRange, other: OffsetRange) -> bool:
    return other.to_seconds is None or one.from_seconds < other.to_seconds
