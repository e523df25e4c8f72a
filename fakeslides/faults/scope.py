"""Which calls a rule looks at.  Pure."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from fakeslides.faults.calls import CallFacts
from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.rules import FaultRule, OffsetRange, When, Where
from fakeslides.scenario.stages import stage_of
from fakeslides.scenario.tcp_faults import TcpAcceptLimit


def looks_at(rule: FaultRule, call: CallFacts, phase: str | None) -> bool:
    """Say whether a call, made in `phase`, is one of those a rule looks at, `nth` aside."""
    return (
        stage_of(rule.fault.point) == call.stage
        and _is_crowded(rule.fault, call)
        and _is_here(rule.where, call)
        and _is_now(rule.when, call, phase)
    )


def _is_here(where: Where, call: CallFacts) -> bool:
    return (
        _is_meant(where.method, call.method)
        and _fits(where.presentation, call.presentation_id)
        and _fits(where.user, call.user)
        and (where.connection is None or call.connection in where.connection)
        and (where.request is None or where.request in call.request_kinds)
        and (where.header is None or _carries(call.headers, where.header))
    )


def _is_now(when: When, call: CallFacts, phase: str | None) -> bool:
    return (
        when.phase in (None, phase)
        and (when.attempt is None or call.attempt in when.attempt)
        and (when.offset is None or _is_inside(when.offset, call.offset_seconds))
    )


def _is_crowded(fault: Fault, call: CallFacts) -> bool:
    """Say whether there are more connections than a limit allows; a fault that is no limit needs no crowd."""
    return not isinstance(fault, TcpAcceptLimit) or call.live_connections > fault.at_most


def _is_meant(wanted: str | None, method: str) -> bool:
    """Say whether a rule's `where.method` means a call; one that names none means the API, not the token."""
    return method == wanted or (wanted is None and method != "token")


def _fits(glob: str | None, name: str | None) -> bool:
    return glob is None or fnmatchcase(name or "", glob)


def _carries(headers: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(name in headers and fnmatchcase(headers[name], glob) for name, glob in wanted.items())


def _is_inside(offset: OffsetRange, offset_seconds: float) -> bool:
    ends_at = offset.to_seconds
    return offset.from_seconds <= offset_seconds and (ends_at is None or offset_seconds < ends_at)
