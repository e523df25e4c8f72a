"""The one function that callers of the old tool know."""

from collections.abc import Mapping
from typing import Any

from engine.client import SlidesEngine


async def safe_batch_text_replace(
    slides_service: SlidesEngine,
    presentation_id: str,
    text_map: Mapping[str, str],
    max_concurrent_slides: int = 1,
) -> dict[str, Any]:
    """Replace every key of `text_map` by its value on every slide, and go on when a slide fails.

    Args:
        slides_service: an open engine.
        presentation_id: as in the presentation's address.
        text_map: what to find, and what to put there.
        max_concurrent_slides: most slides of this call at once; the engine's own ceiling holds as well.

    Returns:
        The report as JSON-ready values: the presentation, whether all was applied, and per slide whether it
        succeeded and what became of each edit.

    Raises:
        SlidesError: the presentation could not be read.
        ValueError: a key is empty, or there can be no such presentation.
    """
    report = await slides_service.replace_text(
        presentation_id, text_map, max_concurrent_slides=max_concurrent_slides
    )
    return report.as_dict()
