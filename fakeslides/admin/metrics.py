"""The server's state in Prometheus's text format.  Pure.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fakeslides.api.quota import QuotaFill
from fakeslides.ledger import Entry
from fakeslides.strikes import NO_REQUESTS

CONTENT_TYPE = "text/plain; version=0.0.4"

_Labels = Mapping[str, object]
# Name, kind, help, and the samples.
_Metric = tuple[str, str, str, Iterable[tuple[_Labels, int]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is told: the ledger, and the server as it is now."""

    entries: Sequence[Entry]
    fault_counts: Mapping[str, Mapping[str, int]]
    connection_counts: Mapping[str, int]
    in_flight_count: int
    fills: Sequence[QuotaFill]
    phases: Mapping[str, bool]
    revision: int


def metrics_text(now: Snapshot) -> str:
    """Return every metric, each with its help and type."""
    lines: list[str] = []
    for name, kind, explanation, samples in _metrics(now):
        lines += [f"# HELP fakeslides_{name} {explanation}", f"# TYPE fakeslides_{name} {kind}"]
        lines += [f"fakeslides_{name}{_shown(labels)} {value}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _metrics(now: Snapshot) -> Iterator[_Metric]:
    yield from _requests(now)
    yield from _faults(now)
    peak, handshakes = (now.connection_counts[name] for name in ("connections_peak", "handshakes"))
    yield "connections_peak", "gauge", "The most connections that lived at once.", [({}, peak)]
    yield "handshakes_total", "counter", "TLS handshakes that were completed.", [({}, handshakes)]
    used = [(_owner(fill), fill.used_count) for fill in now.fills]
    yield "quota_used", "gauge", "Calls in a quota's window.", used
    limits = [(_owner(fill), fill.limit) for fill in now.fills]
    yield "quota_limit", "gauge", "Calls that fit in a quota's window.", limits
    phases = [({"phase": name}, int(is_now)) for name, is_now in now.phases.items()]
    yield "phase", "gauge", "1 for the phase of now.", phases
    yield "scenario_revision", "gauge", "Which scenario rules; each replacement counts.", [({}, now.revision)]


def _requests(now: Snapshot) -> Iterator[_Metric]:
    requests = [entry for entry in now.entries if entry.method not in NO_REQUESTS]
    ended = Counter((entry.method, entry.http_status) for entry in requests)
    samples = [({"method": method, "status": status or "none"}, n) for (method, status), n in ended.items()]
    yield "requests_total", "counter", "Requests that ended; no status means no answer.", samples
    yield "requests_in_flight", "gauge", "Requests that are being served.", [({}, now.in_flight_count)]
    committed = sum(entry.committed for entry in requests)
    yield "commits_total", "counter", "Requests that changed a presentation.", [({}, committed)]


def _faults(now: Snapshot) -> Iterator[_Metric]:
    for what, explanation in (("matched", "Calls that a rule looked at."), ("fired", "Calls it struck.")):
        samples = [({"rule": rule}, counts[what]) for rule, counts in now.fault_counts.items()]
        yield f"faults_{what}_total", "counter", explanation, samples
    organic = Counter(entry.organic for entry in now.entries if entry.organic)
    causes = [({"cause": cause}, n) for cause, n in organic.items()]
    yield "organic_faults_total", "counter", "Requests refused or struck because of load.", causes


def _owner(fill: QuotaFill) -> _Labels:
    return {"kind": fill.kind, "scope": fill.scope, "user": fill.user or ""}


def _shown(labels: _Labels) -> str:
    pairs = ",".join(f'{name}="{_escaped(str(value))}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
