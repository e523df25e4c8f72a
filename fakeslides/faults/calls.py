"""What rules may ask of a call, and what they say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.stages import Stage

CONNECTION = "connection"
"""The method of a connection that carries no request yet."""

LOAD = ""
"""The rule of a verdict that no rule gave; the ids of rules are never empty."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What rules may ask of a call.

    Attributes:
        method: as the scenario names it, or `CONNECTION`.
        presentation_id: None for calls on none.
        identity: of the operation it belongs to.
        attempt: which try of that operation, from 1.
        offset_seconds: since the first API call the server saw.
        connection: the ordinal of the connection that carries it, from 1.
        request_kinds: of the entries of its `requests`.
        headers: looked up without regard to case.
        user: who makes the call, as far as that is known.
        stage: which rules are asked: those whose fault's point comes next.
        live_connections: how many there are at once, this one included.
    """

    method: str
    presentation_id: str | None
    identity: str
    attempt: int
    offset_seconds: float
    connection: int = 0
    request_kinds: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stage: Stage = "read"
    live_connections: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule, or load, has decided to strike a call or a connection."""

    rule_id: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a call: those that looked at it, in order, and the one that strikes."""

    matched: tuple[str, ...] = ()
    verdict: Verdict | None = None


def connection_facts(ordinal: int, offset_seconds: float, live_connections: int = 1) -> CallFacts:
    """Return the facts of a connection that was just accepted, the `ordinal`-th of all, from 1."""
    return CallFacts(
        method=CONNECTION,
        presentation_id=None,
        identity=f"{CONNECTION}/{ordinal}",
        attempt=1,
        offset_seconds=offset_seconds,
        connection=ordinal,
        stage="accepted",
        live_connections=live_connections,
    )
