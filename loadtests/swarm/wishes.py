"""What a caller asks of a deck."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine import SlidesEngine
from engine.journal.replay import CallState
from fakeslides.decks import Deck


@dataclass(frozen=True, slots=True)
class Wish:
    """One call.

    Attributes:
        name: of the call.
        presentation_id: of the deck.
        text_map: what to find, and what to put there.
        slide_ids: where; None for everywhere.
    """

    name: str
    presentation_id: str
    text_map: Mapping[str, str]
    slide_ids: tuple[str, ...] | None = None

    async def carried_out_by(self, engine: SlidesEngine, allowed_seconds: float) -> None:
        """Ask an engine for it.

        Raises:
            SlidesError: no operation came to be.
        """
        await engine.replace_text(
            self.presentation_id, self.text_map, slide_ids=self.slide_ids, deadline_seconds=allowed_seconds
        )

    def is_in(self, state: CallState) -> bool:
        """Say whether a call in a journal is this one."""
        slides = {slide_id for _, slide_id, _, _ in state.begun.operations}
        return self.slide_ids is None or not slides.isdisjoint(self.slide_ids)


def wishes_of(deck: Deck, *, is_shared: bool) -> list[Wish]:
    """Return the calls for a deck: one, or two for half of its slides each, if it has two slides."""
    name, slides = deck.presentation_id, [slide["objectId"] for slide in deck.document["slides"]]
    if not is_shared or len(slides) < 2:
        return [Wish(name, name, deck.replacements)]
    middle = len(slides) // 2
    halves = {"first half": slides[:middle], "second half": slides[middle:]}
    return [Wish(f"{name}, {half}", name, deck.replacements, tuple(ids)) for half, ids in halves.items()]
