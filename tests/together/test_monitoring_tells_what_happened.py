"""A run in bad weather, told three times: by the metrics, by the server's ledger, and by the reports.

Whoever is woken at night sees the metrics alone, so they must tell the same story as the truth.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from random import Random

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from engine.client import SlidesEngine
from engine.events import BreakerChanged, Event
from engine.monitoring.prometheus import PrometheusMetrics
from engine.monitoring.tracing import OpenTelemetryTracing, unix_seconds_by
from engine.settings import EngineSettings
from fakeslides.ledger import Entry
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import simulated_world
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors
from tests.support.virtual_worlds import SEED
from tests.support.weather import WRITES, weather

READ, WRITE = "presentations.get", "presentations.batchUpdate"
SETTINGS = EngineSettings(batch_strategy="per_slide", max_concurrent_slides=4, http_connection_pool_size=4)
STORM = weather(
    None,
    phases=[
        {"name": "calm", "for": "5s"},
        {"name": "outage", "for": "20s"},
        {"name": "recovery", "for": "300s"},
    ],
    server={"latency": {"fixed": "400ms"}, "quota": {"preset": "google-default", "window": "sliding"}},
    faults=[
        {
            "id": "corrupt",
            "where": WRITES,
            "when": {"phase": "recovery"},
            "often": {"rate": "20%"},
            "draw": "attempt",
            "fault": {"kind": "tls.record_corrupt", "point": "before_commit"},
        },
        {
            "id": "outage",
            "where": {},
            "when": {"phase": "outage"},
            "often": {"rate": "100%"},
            "fault": {"kind": "http.status", "code": 503, "point": "before_commit"},
        },
    ],
)

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass(frozen=True)
class Told:
    """What was told of one run.

    Attributes:
        metrics: `PrometheusMetrics`' word, sample by sample, as of the run's last moment.
        world: the reports, the ledger, the events.
        spans: all that ended.
        used_count: writes that the ledger saw in the minute before that last moment.
    """

    metrics: Samples
    world: Outdoors
    spans: tuple[ReadableSpan, ...]
    used_count: int

    def total(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples that have these labels."""
        return sum(
            value
            for (sample, found), value in self.metrics.items()
            if sample == f"deckstorm_{name}" and labels.items() <= set(found)
        )


@cache
def the_run() -> Told:
    """Return what was told of eight decks of ten slides, edited through the storm in virtual time."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()  # out here: it looks around, in threads
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    metrics, world, used_count = run_in_virtual_time(partial(_live, provider), seed=SEED)
    return Told(metrics, world, exporter.get_finished_spans(), used_count)


async def _live(provider: TracerProvider, loop: VirtualLoop) -> tuple[Samples, Outdoors, int]:
    decks, events = [plain_deck(f"deck-{number}", 10) for number in range(8)], list[Event]()
    async with simulated_world(loop, STORM, decks, SEED) as world:
        metrics = PrometheusMetrics(settings=SETTINGS, clock=world.clock)
        tracing = OpenTelemetryTracing(unix_seconds_by(world.clock), tracer_provider=provider)
        engine = SlidesEngine(
            SETTINGS,
            credentials=world.ground.credentials,
            endpoint=world.fake.endpoint,
            clock=world.clock,
            random=Random(SEED),
            listeners=[events.append, metrics, tracing],
            network=world.ground.network,
        )
        async with engine:
            outdoors = Outdoors(world.fake, engine, decks, events)
            await outdoors.edit_all()
        ended = max(entry.ended_at_seconds for entry in _calls(world.fake.ledger))
        recent = [e for e in outdoors.writes() if e.arrived_at_seconds > ended - 60.0]
        return _samples(metrics), outdoors, len(recent)


def _samples(metrics: PrometheusMetrics) -> Samples:
    found = (sample for family in metrics.registry.collect() for sample in family.samples)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}


def _calls(ledger: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in ledger if entry.method in (READ, WRITE)]


def test_the_weather_was_as_bad_as_it_should_be() -> None:
    """A calm run would agree on nothing but noughts."""
    told = the_run()

    struck = {rule: counts["fired"] for rule, counts in told.world.fake.fault_counts().items()}
    assert struck["corrupt"] >= 5
    assert struck["outage"] >= 5
    assert told.total("operations_met_open_breaker_total") > 0
    assert told.total("attempt_wait_seconds_count", reason="quota") > 0


def test_edits_are_told_as_the_reports_tell_them() -> None:
    """Fate by fate, and none is left open."""
    told = the_run()

    operations = [operation for report in told.world.reports for operation in report.operations]
    fates = Counter(operation.fate.value for operation in operations)
    assert {fate: told.total("operations_settled_total", fate=fate) for fate in fates} == fates
    assert told.total("operations_accepted_total") == len(operations)
    assert told.total("operation_duration_seconds_count") == len(operations)
    assert told.total("operations_met_open_breaker_total") == sum(o.met_open_breaker for o in operations)
    assert told.total("operations_open") == 0


def test_tries_are_told_as_the_ledger_tells_them() -> None:
    """Each call that arrived is one try that was sent, and each answer has its status."""
    told = the_run()
    seen = _calls(told.world.fake.ledger)

    for method in (READ, WRITE):
        sent = told.total("attempts_total", method=method) - told.total(
            "attempts_total", method=method, outcome="not_sent"
        )
        assert sent == sum(entry.method == method for entry in seen)
    answers = Counter(f"{entry.http_status // 100}xx" for entry in seen if entry.rule_id != "corrupt")
    assert {status: told.total("attempts_total", status_class=status) for status in answers} == answers


def test_writes_that_were_answered_are_those_that_were_committed() -> None:
    """In this weather nothing is struck behind a commit."""
    told = the_run()

    commits_count = sum(entry.committed for entry in told.world.writes())
    assert told.total("attempts_total", method=WRITE, outcome="answered") == commits_count == 80


def test_failures_of_tls_are_told_where_they_were_met_and_where_they_surfaced() -> None:
    """The success metric is that the second number is nought although the first is not."""
    told = the_run()

    struck_count = told.world.fake.fault_counts()["corrupt"]["fired"]
    assert told.total("tls_failures_total", where="wire") == struck_count
    assert told.total("tls_failures_total", where="caller") == 0
    assert told.total("cannot_be_applied_total") == 0


def test_the_breaker_is_told_step_by_step_and_ends_closed() -> None:
    """An alert that outlives the outage wakes people for nothing."""
    told = the_run()

    changes = [event for event in told.world.events if isinstance(event, BreakerChanged)]
    for (before, after), count in Counter((change.before, change.after) for change in changes).items():
        assert told.total("breaker_changes_total", before=before, after=after) == count
    assert told.total("breaker_state", state="closed") == 1
    assert told.total("breaker_state") == 1


def test_the_quota_is_told_as_the_server_counted_it() -> None:
    """Sixty a minute are Google's count, not ours."""
    told = the_run()

    assert told.total("quota_used_calls", kind="write") == told.used_count > 0
    assert (
        told.total("quota_used_calls", kind="write") <= told.total("quota_allowed_calls", kind="write") <= 54
    )
    assert told.total("quota_calls", kind="write") == 60


def test_at_rest_nothing_is_held() -> None:
    """A gauge that does not come back is a leak, in the engine or in the metrics."""
    told = the_run()

    resting = ("attempts_in_flight", "presentations_held", "presentations_waited_for", "operations_open")
    assert {name: told.total(name) for name in resting} == dict.fromkeys(resting, 0)


def test_each_edit_and_each_try_is_one_span_in_its_place() -> None:
    """A trace with holes sends people looking in the wrong place."""
    told = the_run()

    names = Counter(span.name for span in told.spans)
    by_id = {span.context.span_id: span for span in told.spans}
    tries = [span for span in told.spans if span.name == WRITE]
    around = {by_id[span.parent.span_id].name for span in tries if span.parent is not None}
    assert names["deckstorm.operation"] == told.total("operations_settled_total")
    assert (names[READ], names[WRITE]) == tuple(told.total("attempts_total", method=m) for m in (READ, WRITE))
    assert names["deckstorm.batch"] == 80
    assert around == {"deckstorm.batch"}
