"""Seeds that broke a promise, kept in a file so that they are tried first next time."""

import json
from collections.abc import Iterator
from pathlib import Path

FILE_NAME = "failing-seeds.json"


class FailingSeedsError(ValueError):
    """The file holds something else; the text names it and says what would be right."""


class FailingSeeds:
    """The failing seeds of one scenario.

    Args:
        file: where they are kept; it need not be there.

    Raises:
        FailingSeedsError: it is there, and holds something else.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seeds = _read(file)

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._seeds))

    def settle(self, seed: int, *, has_failed: bool) -> None:
        """Note how a seed did now, at once: an interrupted run must not forget what it found."""
        before = set(self._seeds)
        self._seeds = self._seeds | {seed} if has_failed else self._seeds - {seed}
        if self._seeds != before:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # In one step: whoever is killed while writing must not leave half a file.
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps({"seeds": sorted(self._seeds)}) + "\n", "utf-8")
            new.replace(self._file)


def _read(file: Path) -> set[int]:
    if not file.exists():
        return set()
    try:
        seeds = json.loads(file.read_text("utf-8"))["seeds"]
        if all(isinstance(seed, int) and seed >= 0 for seed in seeds):
            return set(seeds)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise FailingSeedsError(f'{file}: expected {{"seeds": [whole numbers]}}; mend it or remove it')
