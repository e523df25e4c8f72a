"""Calls that come evenly spaced, whether or not anybody looks.  Pure: `now` is an argument, in seconds."""

from collections.abc import Iterator

_MINUTE_SECONDS = 60.0


class SteadyCalls:
    """A tenant who has been calling for ever and does not stop.

    Args:
        per_minute: how many calls; 0 is none.
        memory_seconds: how far back a look goes, the first one too; older calls matter to nobody.
    """

    def __init__(self, per_minute: int, memory_seconds: float) -> None:
        self._per_minute = per_minute
        self._memory_seconds = memory_seconds
        self._last_number: int | None = None

    def due(self, now: float) -> Iterator[float]:
        """Yield the times of the calls since the last look, up to now."""
        if not self._per_minute:
            return
        latest = self._number_at(now)
        oldest = self._number_at(now - self._memory_seconds)
        seen = oldest if self._last_number is None else max(self._last_number, oldest)
        self._last_number = latest
        for number in range(seen + 1, latest + 1):
            yield number * _MINUTE_SECONDS / self._per_minute

    def _number_at(self, now: float) -> int:
        """Return the ordinal of the last call up to now; calls come at whole multiples of their gap."""
        return int(now * self._per_minute // _MINUTE_SECONDS)
