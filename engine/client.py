"""The one door to the engine."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from engine.clock import Clock
from engine.events import Listener
from engine.results import BatchReport
from engine.settings import EngineSettings


class SlidesEngine:
    """Edits presentations; use it as an async context manager, once per event loop.

    Args:
        settings: see `EngineSettings`.
        credentials: any google-auth credentials; scopes are added where they need some.
        endpoint: base URL of the API.
        ca_file: a PEM file with an authority to trust beside the system's.
        clock: source of time; the machine's by default.
        random: source of jitter.
        listeners: called with every event, in order.
    """

    def __init__(
        self,
        settings: EngineSettings,
        *,
        credentials: Any,  # noqa: ANN401 - google-auth publishes no types
        endpoint: str = "https://slides.googleapis.com",
        ca_file: Path | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
        listeners: Sequence[Listener] = (),
    ) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    async def replace_text(
        self,
        presentation_id: str,
        text_map: Mapping[str, str],
        *,
        slide_ids: Sequence[str] | None = None,
        deadline_seconds: float | None = None,
    ) -> BatchReport:
        """Replace every key of `text_map` by its value, on every slide or on those named.

        Raises:
            SlidesError: the presentation could not be read, so that no operation came to be.
            ValueError: a key is empty, or a slide is not in the presentation.
        """
        raise NotImplementedError


async def safe_batch_text_replace(
    slides_service: SlidesEngine,
    presentation_id: str,
    text_map: Mapping[str, str],
    max_concurrent_slides: int = 1,
) -> dict[str, Any]:
    """Replace texts slide by slide, and say for each slide and edit what became of it."""
    raise NotImplementedError
