"""What a caller asks of a deck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import SlidesEngine
from engine.journal.replay import CallState
from fakeslides.decks import Deck
from loadtests.swarm.asks import Ask, Request, request_of
from loadtests.swarm.request_audit import Asked


@dataclass(frozen=True, slots=True)
class Wish:
    """One call.

    Attributes:
        name: of the call.
        presentation_id: of the deck.
        text_map: what to find, and what to put there.
        slide_ids: where; None for everywhere.
        tenant: in whose name; None for the presentation's own.
    """

    name: str
    presentation_id: str
    text_map: Mapping[str, str]
    slide_ids: tuple[str, ...] | None = None
    tenant: str | None = None

    async def carried_out_by(self, engine: SlidesEngine, allowed_seconds: float) -> None:
        """Ask an engine for it.

        Raises:
            SlidesError: no operation came to be.
        """
        await engine.replace_text(
            self.presentation_id,
            self.text_map,
            slide_ids=self.slide_ids,
            deadline_seconds=allowed_seconds,
            tenant=self.tenant,
        )

    def is_in(self, state: CallState) -> bool:
        """Say whether a call in a journal is this one."""
        if state.begun.is_of_requests:
            return False
        slides = {slide_id for _, slide_id, _, _ in state.begun.operations}
        return self.slide_ids is None or not slides.isdisjoint(self.slide_ids)


@dataclass(frozen=True, slots=True)
class RequestsWish:
    """One call of requests of any kind.

    Attributes:
        name: of the call.
        presentation_id: of the deck.
        requests: as Google writes them.
        is_atomic: all of them are to be applied, or none.
        tenant: in whose name; None for the presentation's own.
    """

    name: str
    presentation_id: str
    requests: tuple[Request, ...]
    is_atomic: bool = False
    tenant: str | None = None

    async def carried_out_by(self, engine: SlidesEngine, allowed_seconds: float) -> None:
        """Ask an engine for it.

        Raises:
            SlidesError: no operation came to be.
        """
        await engine.apply_requests(
            self.presentation_id,
            self.requests,
            is_atomic=self.is_atomic,
            deadline_seconds=allowed_seconds,
            tenant=self.tenant,
        )

    def is_in(self, state: CallState) -> bool:
        """Say whether a call in a journal is this one."""
        return state.begun.is_of_requests

    def asked(self) -> list[Asked]:
        """Return each request as the engine names it."""
        name = self.presentation_id
        return [
            Asked(f"{name}/requests/{index}", name, kind, body, self.is_atomic)
            for index, request in enumerate(self.requests)
            for kind, body in request.items()
        ]


def wishes_of(deck: Deck, *, is_shared: bool, names_slides: bool = False) -> list[Wish]:
    """Return the calls for the texts of a deck: one, or two for half of its slides each, if it has two.

    Args:
        deck: to be edited.
        is_shared: between two callers.
        names_slides: each call says on which slides, so that none is meant that is made meanwhile.
    """
    name, slides = deck.presentation_id, [slide["objectId"] for slide in deck.document["slides"]]
    if not is_shared or len(slides) < 2:
        return [Wish(name, name, deck.replacements, tuple(slides) if names_slides else None)]
    middle = len(slides) // 2
    halves = {"first half": slides[:middle], "second half": slides[middle:]}
    return [Wish(f"{name}, {half}", name, deck.replacements, tuple(ids)) for half, ids in halves.items()]


def requests_wish(deck: Deck, asks: Sequence[Ask], *, most_atomic_count: int | None) -> RequestsWish | None:
    """Return the call of requests for a deck; None if there are none.

    Args:
        deck: to be edited.
        asks: for it.
        most_atomic_count: how many can be applied together, if they are to be; the others are not asked for.
    """
    if not asks:
        return None
    given = tuple(request_of(ask, deck) for ask in asks[:most_atomic_count])
    name = deck.presentation_id
    return RequestsWish(f"{name}, requests", name, given, is_atomic=most_atomic_count is not None)
