"""The metrics of one command, left in a file for node_exporter's textfile collector."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.events import Listener
from engine.settings import EngineSettings


@contextmanager
def metrics_in(
    file: Path | None, settings: EngineSettings, complain: Callable[[str], None]
) -> Iterator[Sequence[Listener]]:
    """Yield what is to listen, and write `file` when the block ends, however it ends.

    What became of the edits matters more than what is written about it: a file that cannot be written in the
    end is complained about, no more.

    Args:
        file: None for no metrics.
        settings: the engine's.
        complain: told in one line that the file could not be written.

    Raises:
        MissingExtra: the extra is not installed.
        ValueError: there is no folder where the file is to be.
    """
    if file is None:
        yield ()
        return
    # An extra brings it, and only who asks for the file needs it.
    from engine.monitoring.prometheus import PrometheusMetrics  # noqa: PLC0415

    if not _has_folder(file):
        raise ValueError(f"--metrics-file {file}: there is no such folder")
    metrics = PrometheusMetrics(settings=settings)
    try:
        yield (metrics,)
    finally:
        try:
            metrics.write(file)
        except OSError as error:
            complain(f"--metrics-file {file}: {error}")


def _has_folder(file: Path) -> bool:
    try:
        return file.resolve().parent.is_dir()
    except OSError:  # a name that is too long, or hidden from us
        return False
