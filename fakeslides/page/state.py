"""What the page shows, as JSON: the server as it is now, and the ledger's lines as they are added."""

from collections.abc import Mapping
from math import ceil
from typing import Any, Protocol

from fakeslides.api.quota import QuotaFill
from fakeslides.exchange import Exchange
from fakeslides.front import Front
from fakeslides.ledger import Entry, Ledger
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import Burst, FaultRule, Often, Ramp
from fakeslides.slides.pages import PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.store import Store

Json = dict[str, Any]

_SHOWN_OF_AN_ENTRY = (
    "sequence",
    "connection",
    "method",
    "presentation_id",
    "identity",
    "attempt",
    "http_status",
    "committed",
    "rule_id",
    "fault",
    "point",
    "organic",
    "message",
    "revision_after",
)


class Watched(Protocol):
    """What the page looks at."""

    store: Store
    ledger: Ledger
    front: Front

    @property
    def scenario(self) -> Scenario:
        """The scenario that rules now."""

    def fault_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return how often each rule looked and struck."""

    def connection_counts(self) -> Mapping[str, int]:
        """Return how many connections and handshakes there were."""


def state_of(server: Watched) -> Json:
    """Return the server as it is now."""
    scenario, front = server.scenario, server.front
    return {
        "promise": scenario.promise,
        "time_scale": scenario.time_scale,
        "phase": front.phase(),
        "phases": [phase.name for phase in scenario.phases],
        "decks": [_deck(presentation) for presentation in server.store],
        "live": [_live(exchange, front.uptime_seconds()) for exchange in front.live()],
        "faults": _faults(server),
        "quota": [_fill(fill) for fill in front.quota_fills()],
        "quota_window_seconds": scenario.server.quota.per,
        "connections": dict(server.connection_counts()),
    }


def entry_event(entry: Entry, ended_at: float) -> Json:
    """Return a ledger's line as the page shows it; `ended_at` is Unix time, in seconds."""
    shown: Json = {name: getattr(entry, name) for name in _SHOWN_OF_AN_ENTRY}
    return shown | {
        "ended_at": ended_at,
        "duration_seconds": entry.ended_at_seconds - entry.arrived_at_seconds,
        "request_count": len(entry.requests),
        "occurrences": sum(request.occurrences or 0 for request in entry.requests),
    }


def _deck(presentation: Presentation) -> Json:
    return {
        "id": presentation.presentation_id,
        "title": presentation.title,
        "revision_id": presentation.revision_id,
        "slide_count": len(presentation.order[PageKind.SLIDE]),
    }


def _live(exchange: Exchange, now: float) -> Json:
    call, verdict = exchange.call, exchange.verdict
    return {
        "key": f"{exchange.connection}/{exchange.identity}/{exchange.attempt}",
        "method": call.method,
        "presentation_id": call.presentation_id,
        "attempt": exchange.attempt,
        # A tenth is all a person can read, and spares a message when nothing else has changed.
        "age_seconds": round(now - exchange.arrived_at_seconds, 1),
        "fault": verdict.fault.kind if verdict else None,
        "point": verdict.fault.point if verdict else None,
    }


def _faults(server: Watched) -> list[Json]:
    """Return the injected faults, which look at calls first, and then the scenario's rules."""
    counts, injected = server.fault_counts(), server.front.injected_faults()
    # Whole seconds: a countdown that changed at every look would be told at every look.
    return [
        *(_fault(rule, counts) | {"ends_in_seconds": ceil(left_seconds)} for rule, left_seconds in injected),
        *(_fault(rule, counts) for rule in server.scenario.faults),
    ]


def _fault(rule: FaultRule, counts: Mapping[str, Mapping[str, int]]) -> Json:
    return {
        "id": rule.id,
        "kind": rule.fault.kind,
        "point": rule.fault.point,
        "phase": rule.when.phase,
        "often": _often(rule.often),
        "ends_in_seconds": None,
        **counts.get(rule.id, {"matched": 0, "fired": 0}),
    }


def _often(often: Often) -> str:
    """Say in words how often a rule strikes."""
    match often:
        case Often(rate=Ramp() as ramp):
            return f"from {_percent(ramp.from_share)} to {_percent(ramp.to_share)}"
        case Often(rate=float() as share):
            return _percent(share)
        case Often(burst=Burst() as burst):
            return f"bursts, {_percent(burst.stationary_share)} of the time"
        case Often(sequence=tuple() as strikes):
            return f"{len(strikes)} chosen tries"
        case Often(every=int() as every):
            return f"every {every}th"
        case _:
            return f"the first {often.count}"


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _fill(fill: QuotaFill) -> Json:
    return {
        "kind": fill.kind,
        "scope": fill.scope,
        "user": fill.user,
        "used": fill.used_count,
        "limit": fill.limit,
    }
