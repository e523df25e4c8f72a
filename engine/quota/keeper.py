"""A server that keeps texts for many, as those ask it: it compares before it sets, and knows the time."""

from dataclasses import dataclass
from typing import Protocol

from engine.quota.state import Held


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server answered: a version of the log, none if it is empty, and what it holds."""

    version: str
    held: Held


class Keeper(Protocol):
    """A server that keeps texts, and compares before it sets."""

    async def look(self, key: str, known: Seen | None) -> Seen:
        """Return what is there; `known` need not be sent again.

        Raises:
            SharedQuotaError: the server cannot be asked.
        """

    async def keep(self, key: str, known: Seen, version: str, text: str) -> Seen:
        """Keep a text in the place of what is known, if that is still there; return what is there then.

        Raises:
            SharedQuotaError: nobody knows whether it was kept.
        """
