"""The decks of a scenario's workload."""

from typing import Protocol

from fakeslides.decks.deck import Deck


class Workload(Protocol):
    """How many decks, how large, and of what kind (`realistic` or `problematic`)."""

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
    """Return the decks of `workload`, the same ones for the same seed."""
    raise NotImplementedError
