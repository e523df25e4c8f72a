"""A listener whose spans are kept."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from engine.monitoring.tracing import OpenTelemetryTracing
from tests.support.traced_events import EPOCH_SECONDS


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Where spans go when they end."""
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> TracerProvider:
    """What makes the spans."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


@pytest.fixture
def tracing(provider: TracerProvider) -> OpenTelemetryTracing:
    """The listener, on an engine whose clock began at the epoch of these tests."""
    return OpenTelemetryTracing(
        lambda seconds: EPOCH_SECONDS + seconds,
        tracer_provider=provider,
        endpoint="https://slides.googleapis.com",
    )
