"""One attribute of the real world, replaced for a while."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """Let `owner` have `value` under `name` while the block runs, and what it had before afterwards.

    What `owner` only inherits, it inherits again afterwards.
    """
    is_its_own = name in vars(owner)
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if is_its_own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)
