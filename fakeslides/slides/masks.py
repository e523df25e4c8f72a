"""The `fields` mask of a reply."""

from typing import Any


def apply_mask(document: dict[str, Any], mask: str) -> dict[str, Any]:
    """Return the part of `document` that `mask` asks for; raises `SlidesApiError` 400 for a bad mask."""
    raise NotImplementedError
