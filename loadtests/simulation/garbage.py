"""When Python looks for garbage: never while a world lives, and never through what lives on anyway."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def get_ready() -> None:
    """Take all that lives by now out of what garbage collections look at: it makes each of them short."""
    gc.collect()
    gc.freeze()


@contextmanager
def collections_postponed() -> Iterator[None]:
    """Let no garbage be collected while the block runs.

    When it is collected, finalisers run; at which event of a world that is depends on all that was before.
    The collection that follows the block looks at all that the block made and that still lives, and so is
    short once nothing of a world does.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
