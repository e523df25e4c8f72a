"""Which calls a rule looks at.  Pure."""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from fakeslides.faults.calls import CallFacts
from fakeslides.scenario.rules import FaultRule, OffsetRange, When, Where
from fakeslides.scenario.tcp_faults import TcpAcceptLimit

Condition = Callable[[CallFacts, str | None], bool]
"""Something that must hold of a call, made in a phase, for a rule to look at it."""


def conditions_of(rule: FaultRule) -> tuple[Condition, ...]:
    """Return what a rule asks of the calls of its stage; what it leaves out is not asked, and costs nothing.

    A rule that names no method means the API, and so not the token.
    """
    where, fault = rule.where, rule.fault
    asked: list[Condition] = [
        (lambda call, _: call.method != "token")
        if where.method is None
        else (lambda call, _: call.method == where.method)
    ]
    if isinstance(fault, TcpAcceptLimit):
        asked.append(lambda call, _: call.live_connections > fault.at_most)
    asked += [condition for value, condition in (*_places(where), *_times(rule.when)) if value is not None]
    return tuple(asked)


def _places(where: Where) -> Iterator[tuple[object, Condition]]:
    yield where.presentation, lambda call, _: _fits(where.presentation, call.presentation_id)
    yield where.user, lambda call, _: _fits(where.user, call.user)
    yield where.connection, lambda call, _: call.connection in (where.connection or ())
    yield where.request, lambda call, _: where.request in call.request_kinds
    yield where.header, lambda call, _: _carries(call.headers, where.header or {})


def _times(when: When) -> Iterator[tuple[object, Condition]]:
    yield when.phase, lambda _, phase: phase == when.phase
    yield when.attempt, lambda call, _: call.attempt in (when.attempt or ())
    yield when.offset, lambda call, _: _is_inside(when.offset, call.offset_seconds)


def _fits(glob: str | None, name: str | None) -> bool:
    return glob is None or fnmatchcase(name or "", glob)


def _carries(headers: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(name in headers and fnmatchcase(headers[name], glob) for name, glob in wanted.items())


def _is_inside(offset: OffsetRange | None, offset_seconds: float) -> bool:
    if offset is None:
        return True
    ends_at = offset.to_seconds
    return offset.from_seconds <= offset_seconds and (ends_at is None or offset_seconds < ends_at)
