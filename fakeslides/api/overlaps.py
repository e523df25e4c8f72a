"""The race of concurrent writers: which writes were served while another one was committed.  Pure."""

from collections import Counter

from fakeslides.draws import draw_share


class OverlapWatch:
    """Notices writes that overlap on one presentation.

    Args:
        refused_share: how many of them are refused, between 0 and 1.
        seed: with the writer's identity, decides which.
    """

    def __init__(self, refused_share: float = 0.0, seed: int = 0) -> None:
        self._commits: Counter[str] = Counter()
        self.change(refused_share, seed)

    def change(self, refused_share: float, seed: int) -> None:
        """Refuse another share from now on; marks that were taken before keep their meaning."""
        self._refused_share = refused_share
        self._seed = seed

    def mark(self, presentation_id: str) -> int:
        """Return a mark to be held against later: the commits so far."""
        return self._commits[presentation_id]

    def committed(self, presentation_id: str) -> None:
        """Remember that a write was committed."""
        self._commits[presentation_id] += 1

    def refuses(self, presentation_id: str, mark: int, identity: str, attempt: int) -> bool:
        """Say whether a write that began at `mark` has lost the race."""
        if self._commits[presentation_id] == mark:
            return False
        return draw_share(self._seed, "overlapping_writes", identity, attempt) < self._refused_share
