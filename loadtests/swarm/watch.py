"""Watching over every promise while a world runs."""

from collections.abc import Iterable

from engine.events import Event
from fakeslides.ledger import Entry
from loadtests.swarm.promises import EVERY_PROMISE, Aftermath, Broken, Promise, Terms


class Watch:
    """One of each promise, told of all that happens.

    Args:
        terms: what they are held against.
        promises: which ones.
    """

    def __init__(self, terms: Terms, promises: Iterable[type[Promise]] = EVERY_PROMISE) -> None:
        self._promises = [promise(terms) for promise in promises]

    @property
    def broken(self) -> list[Broken]:
        """What did not hold so far, in order of time."""
        every = (each for promise in self._promises for each in promise.broken)
        return sorted(every, key=lambda broken: broken.at_seconds)

    @property
    def checked_counts(self) -> dict[str, int]:
        """How often each promise was looked at."""
        return {promise.name: promise.checked_count for promise in self._promises}

    def heard(self, event: Event) -> None:
        """Tell of an event of the engine."""
        for promise in self._promises:
            promise.heard(event)

    def seen(self, entry: Entry) -> None:
        """Tell of an entry of the server's ledger."""
        for promise in self._promises:
            promise.seen(entry)

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Tell that the client's process is dead."""
        for promise in self._promises:
            promise.killed(at_seconds, loses_power=loses_power)

    def ended(self, aftermath: Aftermath) -> None:
        """Tell that all is over."""
        for promise in self._promises:
            promise.ended(aftermath)
