"""What the page shows, as JSON: the server as it is now, and the ledger's lines as they are added."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from fakeslides.api.quota import QuotaFill
from fakeslides.exchange import Exchange
from fakeslides.front import Front
from fakeslides.ledger import Entry, Ledger
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import FaultRule, Often
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
    counts = server.fault_counts()
    return {
        "promise": scenario.promise,
        "phase": front.phase(),
        "phases": [phase.name for phase in scenario.phases],
        "decks": [_deck(presentation) for presentation in server.store],
        "live": [_live(exchange, front.uptime_seconds()) for exchange in front.live()],
        "faults": _faults(scenario.faults, counts),
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


def _faults(rules: Iterable[FaultRule], counts: Mapping[str, Mapping[str, int]]) -> list[Json]:
    nothing = {"matched": 0, "fired": 0}
    return [
        {
            "id": rule.id,
            "kind": rule.fault.kind,
            "point": rule.fault.point,
            "phase": rule.when.phase,
            "often": _often(rule.often),
            **counts.get(rule.id, nothing),
        }
        for rule in rules
    ]


def _often(often: Often) -> str:
    """Say in words how often a rule strikes."""
    if isinstance(often.rate, float):
        return f"{100 * often.rate:.4g} %"
    return ", ".join(f"{name} {value}" for name, value in often.model_dump(exclude_none=True).items())


def _fill(fill: QuotaFill) -> Json:
    return {
        "kind": fill.kind,
        "scope": fill.scope,
        "user": fill.user,
        "used": fill.used_count,
        "limit": fill.limit,
    }
