"""A deck to edit: the document, and the replacements that belong to it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fakeslides.slides.presentation import Presentation


@dataclass(frozen=True)
class Deck:
    """One presentation and what should be written into it.

    Attributes:
        presentation_id: the id in the document.
        document: JSON as `presentations.get` answers it.
        replacements: text to find -> text to put there, in the order in which they are meant to be applied.
    """

    presentation_id: str
    document: dict[str, Any]
    replacements: dict[str, str]

    def laid_out(self) -> Presentation:
        """Return the deck as a presentation that can be edited; the document is read once however often."""
        return self._as_it_came.copy()

    @cached_property
    def _as_it_came(self) -> Presentation:
        return Presentation.from_json(self.document)
