"""Waiting for something to become true, for as long as a test may take."""

import asyncio
from collections.abc import Callable

_LOOK_AGAIN_AFTER_SECONDS = 0.005
_PATIENCE_SECONDS = 30


async def until(is_true: Callable[[], object]) -> None:
    """Return once `is_true()` is.

    Raises:
        TimeoutError: it has not become true.
    """
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not is_true():  # noqa: ASYNC110 # what is waited for knows of no event
            await asyncio.sleep(_LOOK_AGAIN_AFTER_SECONDS)
