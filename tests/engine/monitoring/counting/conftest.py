"""Metrics to be read as a scrape would."""

import pytest

from engine.monitoring.prometheus import PrometheusMetrics
from engine.settings import EngineSettings
from tests.support.counted_events import Sample
from tests.support.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """The engine's clock."""
    return ManualClock(0.0)


@pytest.fixture
def metrics(clock: ManualClock) -> PrometheusMetrics:
    """The listener."""
    return PrometheusMetrics(settings=EngineSettings(writes_per_minute=50), clock=clock)


@pytest.fixture
def sample(metrics: PrometheusMetrics) -> Sample:
    """Read a sample, as a scrape would."""

    def read(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(f"deckstorm_{name}", {"engine": "default", **labels})

    return read
