"""What the metrics tell of the quota: what is used of it, and what the pacer thinks is left."""

from engine.monitoring.prometheus import PrometheusMetrics
from tests.support.counted_events import Sample, admitted, ended, tell
from tests.support.manual_clock import ManualClock


async def test_calls_leave_the_minute_as_time_goes_by(
    metrics: PrometheusMetrics, sample: Sample, clock: ManualClock
) -> None:
    """An engine at rest must not look as if it used its quota up."""
    tell(metrics, admitted(), ended())
    used = []

    for seconds in (2.0, 58.5, 0.5):
        await clock.advance(seconds)
        used.append(sample("quota_used_calls", kind="write"))

    assert used == [1, 1, 0]


def test_the_estimate_is_what_the_pacer_thought_last(metrics: PrometheusMetrics, sample: Sample) -> None:
    """When others use the account, it falls, and no setting says so."""
    trial = admitted(is_trial=True, quota_allowed_count=540)

    tell(metrics, admitted(quota_allowed_count=54), admitted(quota_allowed_count=37), trial)

    assert sample("quota_allowed_calls", kind="write") == 37
    assert sample("quota_allowed_calls", kind="read") == 540


def test_without_a_pacer_there_is_no_estimate(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Nought would say that nothing is allowed."""
    tell(metrics, admitted())

    assert sample("quota_allowed_calls", kind="write") is None


def test_the_quota_to_compare_with_is_that_of_the_settings(sample: Sample) -> None:
    """Google raises it for some."""
    assert sample("quota_calls", kind="write") == 50
    assert sample("quota_calls", kind="read") == 600
