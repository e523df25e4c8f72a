"""Where a deck's keys stand: each on every slide, in its body, its table, its group or its notes in turn."""

from collections.abc import Sequence
from dataclasses import dataclass

_PLACES = 4


@dataclass(frozen=True, slots=True)
class Placing:
    """The keys of one slide, by the place where they stand."""

    body: Sequence[str]
    table: Sequence[str]
    group: Sequence[str]
    notes: Sequence[str]


def place(keys: Sequence[str], slide_number: int) -> Placing:
    """Return where `keys` stand on a slide; the next slide has each of them in the next place."""
    placed = [
        [key for index, key in enumerate(keys) if (index + slide_number) % _PLACES == where]
        for where in range(_PLACES)
    ]
    return Placing(*placed)
