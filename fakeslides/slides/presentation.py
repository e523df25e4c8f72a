"""A presentation."""

from typing import Any


class Presentation:
    """A presentation; `presentation_id`, `revision_id`, `title`."""

    presentation_id: str
    revision_id: str

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Presentation":
        """Read JSON as `presentations.get` answers it."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """Return JSON as `presentations.get` answers it."""
        raise NotImplementedError
