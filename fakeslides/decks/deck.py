"""A deck to edit: the document, and the replacements that belong to it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
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
