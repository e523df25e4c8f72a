"""What the events of edits add to the metrics."""

import pytest

from engine.events import (
    AttemptOutcome,
    Fate,
    OperationAccepted,
)
from engine.monitoring.prometheus import PrometheusMetrics
from tests.support.counted_events import ACCEPTED, Sample, admitted, ended, settled, tell


def test_are_counted_by_fate_and_by_what_ended_them(metrics: PrometheusMetrics, sample: Sample) -> None:
    """The first thing anybody asks."""
    tell(metrics, ACCEPTED, ACCEPTED, settled(Fate.REJECTED, error_class="NotFound"))

    assert sample("operations_accepted_total") == 2
    assert sample("operations_settled_total", fate="rejected") == 1
    assert sample("operations_not_applied_total", fate="rejected", error_class="NotFound") == 1
    assert sample("operations_open") == 1


def test_are_timed_from_taking_on_to_fate(metrics: PrometheusMetrics, sample: Sample) -> None:
    """What a customer waits."""
    tell(metrics, ACCEPTED, settled())

    assert sample("operation_duration_seconds_sum", fate="applied") == 2.5
    assert sample("operation_duration_seconds_count", fate="applied") == 1


def test_of_one_name_are_timed_apart(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Two calls for one deck name their edits alike."""
    later = OperationAccepted("p/s/0", "p", "s", "a", "b", 3.0, 9.0)
    sums = []
    tell(metrics, ACCEPTED, later)

    for _ in range(2):
        tell(metrics, settled())
        sums.append(sample("operation_duration_seconds_sum", fate="applied"))

    assert sums == [2.5, 2.5 + 0.5]
    assert metrics._first._accepted_at == {}


def test_whose_beginning_was_not_heard_are_counted_all_the_same(
    metrics: PrometheusMetrics, sample: Sample
) -> None:
    """A listener must not raise."""
    tell(metrics, settled())

    assert sample("operations_settled_total", fate="applied") == 1
    assert sample("operation_duration_seconds_count", fate="applied") is None


def test_that_met_an_open_breaker_are_counted(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Their share is one of the success metrics."""
    tell(metrics, ACCEPTED, ACCEPTED, settled(met_open_breaker=True), settled())

    assert sample("operations_met_open_breaker_total") == 1


@pytest.mark.parametrize("name", ["tls_failures_total", "cannot_be_applied_total"])
@pytest.mark.parametrize("where", ["caller", "wire"])
def test_the_counts_are_there_before_anything_fails(name: str, where: str, sample: Sample) -> None:
    """To an alert, a series that begins at 1 has never increased."""
    assert sample(name, where=where) == 0


@pytest.mark.parametrize("fate", Fate)
def test_so_is_every_fate(fate: Fate, sample: Sample) -> None:
    """The first edit whose fate is unknown must wake somebody too."""
    assert sample("operations_settled_total", fate=fate.value) == 0


def test_an_edit_the_caller_gave_up_has_no_error(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Cancelling is no failure, and an applied edit is none either."""
    tell(metrics, ACCEPTED, settled(Fate.NOT_SENT), ACCEPTED, settled())

    assert sample("operations_not_applied_total", fate="not_sent", error_class="none") == 1
    assert sample("operations_not_applied_total", fate="applied", error_class="none") is None


def test_what_was_absorbed_is_on_the_wire_only(metrics: PrometheusMetrics, sample: Sample) -> None:
    """The engine's whole point is that these differ."""
    failures = [
        ended(AttemptOutcome.UNKNOWN, is_tls_failure=True, error_class="RecordLayerFailure"),
        ended(AttemptOutcome.REJECTED, error_class="CannotBeApplied"),
    ]

    tell(metrics, ACCEPTED, *(event for one in failures for event in (admitted(), one)), settled())

    assert [sample("tls_failures_total", where=where) for where in ("caller", "wire")] == [0, 1]
    assert [sample("cannot_be_applied_total", where=where) for where in ("caller", "wire")] == [0, 1]


def test_what_surfaced_is_counted_per_edit(metrics: PrometheusMetrics, sample: Sample) -> None:
    """That is what the caller was told."""
    tls = settled(Fate.INDETERMINATE, is_tls_failure=True, error_class="RecordLayerFailure")
    refused = settled(Fate.REJECTED, error_class="CannotBeApplied")

    tell(metrics, ACCEPTED, tls, ACCEPTED, refused)

    assert sample("tls_failures_total", where="caller") == 1
    assert sample("cannot_be_applied_total", where="caller") == 1
