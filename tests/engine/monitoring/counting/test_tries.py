"""What the events of tries add to the metrics."""

from engine.events import (
    AttemptOutcome,
)
from engine.monitoring.prometheus import PrometheusMetrics
from tests.support.counted_events import WRITE, Sample, admitted, ended, tell


def test_are_counted_by_how_they_ended(metrics: PrometheusMetrics, sample: Sample) -> None:
    """A class of statuses is enough; the class of the error says the rest."""
    failed = ended(AttemptOutcome.UNKNOWN, http_status=503, error_class="ServerFailed")

    tell(metrics, admitted(), ended(http_status=200), admitted(), failed)

    good = {"outcome": "answered", "status_class": "2xx", "error_class": "none"}
    bad = {"outcome": "unknown", "status_class": "5xx", "error_class": "ServerFailed"}
    assert sample("attempts_total", method=WRITE, **good) == 1
    assert sample("attempts_total", method=WRITE, **bad) == 1


def test_without_an_answer_have_no_status(metrics: PrometheusMetrics, sample: Sample) -> None:
    """An empty label would be an absent one."""
    tell(metrics, admitted(), ended(AttemptOutcome.UNKNOWN, error_class="ConnectionLost"))

    labels = {"outcome": "unknown", "status_class": "none", "error_class": "ConnectionLost"}
    assert sample("attempts_total", method=WRITE, **labels) == 1


def test_are_timed_by_how_they_ended(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Refusals are quick and losses are slow; one histogram would hide both."""
    tell(metrics, admitted(), ended())

    labels = {"method": WRITE, "outcome": "answered"}
    assert sample("attempt_duration_seconds_bucket", le="0.3", **labels) == 0
    assert sample("attempt_duration_seconds_bucket", le="0.5", **labels) == 1


def test_tell_what_they_waited_for(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Slow because of the quota is cured otherwise than slow because of the lock."""
    tell(metrics, admitted(), ended(waits_seconds={"quota": 12.0, "lock": 3.0}))

    assert sample("attempt_wait_seconds_sum", reason="quota") == 12.0
    assert sample("attempt_wait_seconds_sum", reason="lock") == 3.0


def test_in_flight_go_up_and_down(metrics: PrometheusMetrics, sample: Sample) -> None:
    """A permit that leaks would be seen here."""
    tell(metrics, admitted(), admitted(in_flight=2), ended())

    assert sample("attempts_in_flight") == 1
    assert sample("attempts_in_flight_limit") == 3
