"""Events as Prometheus metrics; importing this raises `MissingExtra` where prometheus-client is missing.

A listener like any other, as in `SlidesEngine(..., listeners=[metrics])`; its `registry` is what to serve.
"""

from pathlib import Path

from engine.clock import Clock, MonotonicClock
from engine.events import Event, Listener
from engine.extras import MissingExtra
from engine.settings import EngineSettings

try:
    from prometheus_client import CollectorRegistry, write_to_textfile

    from engine.monitoring.counting import EngineMetrics
    from engine.monitoring.families import Families
except ModuleNotFoundError as error:
    raise MissingExtra("prometheus-client", "metrics") from error


class PrometheusMetrics:
    """A listener that counts and measures what an engine does; nothing of it is global.

    Args:
        registry: where the metrics are kept; one of its own by default.
        engine: what the label `engine` says.
        settings: the engine's; without them no quota is told.
        clock: the engine's; the machine's by default.  It is asked only when the metrics are read, for which
            calls are a minute old.

    Attributes:
        registry: what to serve or to write.

    Raises:
        ValueError: the registry has such metrics already.
    """

    def __init__(
        self,
        registry: CollectorRegistry | None = None,
        *,
        engine: str = "default",
        settings: EngineSettings | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.registry = CollectorRegistry() if registry is None else registry
        self._families = _families_in(self.registry)
        self._engines: set[str] = set()
        self._first = self.for_engine(engine, settings=settings, clock=clock)

    def __call__(self, event: Event) -> None:
        """Count `event`."""
        self._first(event)

    def for_engine(
        self, engine: str, *, settings: EngineSettings | None = None, clock: Clock | None = None
    ) -> Listener:
        """Return a listener for one more engine, told apart by its label; arguments are as for the class.

        Raises:
            ValueError: an engine of that name is counted already.
        """
        if engine in self._engines:
            raise ValueError(f"an engine {engine!r} is counted already; give this one another name")
        self._engines.add(engine)
        return EngineMetrics(self._families, engine, settings, clock or MonotonicClock())

    def write(self, file: Path) -> None:
        """Write the metrics in Prometheus's text format: the whole file at once, or nothing of it.

        Raises:
            OSError: it cannot be written.
        """
        write_to_textfile(str(file), self.registry)


def _families_in(registry: CollectorRegistry) -> Families:
    try:
        return Families(registry)
    except ValueError:
        raise ValueError(
            "this registry has the metrics of an engine already; for one more, use for_engine of those"
        ) from None
