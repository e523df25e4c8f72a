"""The decks of a scenario's workload."""

from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import Protocol

from fakeslides.decks.deck import Deck
from fakeslides.decks.problematic import problematic_deck
from fakeslides.decks.realistic import realistic_deck


class Workload(Protocol):
    """How many decks, how large, and of what kind."""

    @property
    def presentations(self) -> int:
        """How many decks."""

    @property
    def slides(self) -> int:
        """Slides per deck."""

    @property
    def replacements(self) -> int:
        """Keys per deck; each stands on every slide."""

    @property
    def deck(self) -> str:
        """`realistic` or `problematic`."""


def workload_decks(workload: Workload, seed: int) -> list[Deck]:
    """Return the decks of `workload`, the same ones with the same ids for the same seed."""
    kind, size = workload.deck, (workload.slides, workload.replacements)
    return [_deck(kind, size, seed, index) for index in range(workload.presentations)]


@lru_cache(maxsize=256)  # a sweep asks for the same ones at every setting
def _deck(kind: str, size: tuple[int, int], seed: int, index: int) -> Deck:
    digest = blake2b(f"{seed}/{index}".encode(), digest_size=8).hexdigest()
    random = Random(digest)  # noqa: S311 - decks need to be repeatable, not secret
    make = problematic_deck if kind == "problematic" else realistic_deck
    return make(f"deck-{index + 1:03d}-{digest}", *size, random)
