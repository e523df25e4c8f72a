"""Events as Prometheus metrics."""

import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, start_http_server

from engine.events import LimitChanged
from engine.monitoring.prometheus import PrometheusMetrics
from engine.settings import EngineSettings

CHANGED = LimitChanged(4, 2, "decrease", 3.0)
WITHOUT_THE_EXTRA = """
import sys
sys.modules["prometheus_client"] = None
import engine
from engine.monitoring.textfile import metrics_in
try:
    import engine.monitoring.prometheus
except ImportError as error:
    print(error)
"""


def _limit(registry: CollectorRegistry, engine: str) -> float | None:
    return registry.get_sample_value("deckstorm_attempts_in_flight_limit", {"engine": engine})


def test_each_listener_has_a_registry_of_its_own() -> None:
    """Nothing is global: two tests, or two programs in one process, must not meet."""
    first, second = PrometheusMetrics(), PrometheusMetrics()

    first(CHANGED)

    assert (_limit(first.registry, "default"), _limit(second.registry, "default")) == (2.0, None)


def test_a_registry_of_the_application_can_be_shared() -> None:
    """A service has its own metrics, and serves all of them at one address."""
    registry = CollectorRegistry()

    PrometheusMetrics(registry, engine="decks")(CHANGED)

    assert _limit(registry, "decks") == 2.0


def test_two_engines_in_one_registry_are_told_apart() -> None:
    """The limit of one says nothing about the other's."""
    metrics = PrometheusMetrics(engine="eu")
    other = metrics.for_engine("us")

    metrics(CHANGED)
    other(LimitChanged(4, 3, "decrease", 3.0))

    assert (_limit(metrics.registry, "eu"), _limit(metrics.registry, "us")) == (2.0, 3.0)


def test_a_second_set_of_metrics_in_one_registry_is_refused_with_the_way_out() -> None:
    """The library's own word for it is a list of forty names."""
    metrics = PrometheusMetrics()

    with pytest.raises(ValueError, match=r"the metrics of an engine already.*for_engine"):
        PrometheusMetrics(metrics.registry)


def test_one_name_for_two_engines_is_refused() -> None:
    """Their gauges would overwrite each other."""
    metrics = PrometheusMetrics(engine="eu")

    with pytest.raises(ValueError, match="'eu' is counted already"):
        metrics.for_engine("eu")


def test_a_service_serves_them_from_a_thread_of_its_own() -> None:
    """The documented way; what the clock is asked for is asked from that thread."""
    metrics = PrometheusMetrics(settings=EngineSettings(writes_per_minute=300))
    server, thread = start_http_server(0, addr="127.0.0.1", registry=metrics.registry)
    try:
        with urlopen(f"http://127.0.0.1:{server.server_port}/metrics") as answer:
            page = answer.read().decode()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert 'deckstorm_quota_calls{engine="default",kind="write"} 300.0' in page
    assert 'deckstorm_quota_used_calls{engine="default",kind="write"} 0.0' in page


def test_writing_leaves_the_whole_file_and_nothing_beside_it(tmp_path: Path) -> None:
    """The collector reads whatever it finds, at any moment."""
    file = tmp_path / "deckstorm.prom"
    file.write_text("from yesterday", "utf-8")
    metrics = PrometheusMetrics()
    metrics(CHANGED)

    metrics.write(file)

    assert 'deckstorm_attempts_in_flight_limit{engine="default"} 2.0' in file.read_text("utf-8")
    assert list(tmp_path.iterdir()) == [file]


def test_without_the_extra_the_engine_works_and_says_what_brings_metrics() -> None:
    """Production without metrics installs nothing for them."""
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA], capture_output=True, text=True, check=True
    )

    assert said.stdout == (
        "prometheus-client is not installed; it comes with: pip install 'deckstorm[metrics]'\n"
    )
