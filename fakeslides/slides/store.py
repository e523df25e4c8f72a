"""All presentations of the fake."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from fakeslides.ledger import AppliedRequest
from fakeslides.slides.presentation import Presentation


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What an accepted batch did: replies 1:1 with the requests, and the revisions around it."""

    replies: list[dict[str, Any]]
    revision_id: str
    applied: list[AppliedRequest]
    revision_before: str


class Store:
    """Presentations by id.  A presentation once handed out never changes: an accepted batch makes a new one."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __iter__(self) -> Iterator[Presentation]:
        raise NotImplementedError

    def create(self, title: str = "", presentation_id: str | None = None) -> Presentation:
        """Make a new deck as Google makes it; 409 when the id is taken."""
        raise NotImplementedError

    def add(self, presentation: Presentation) -> None:
        """Take a presentation in under its own id, with a revision of its own."""
        raise NotImplementedError

    def get(self, presentation_id: str) -> Presentation:
        """Return the latest state; 404 as Google."""
        raise NotImplementedError

    def get_page(self, presentation_id: str, page_id: str) -> dict[str, Any]:
        """Return a page as `presentations.pages.get` answers it; 404 as Google."""
        raise NotImplementedError

    def batch_update(
        self, presentation_id: str, requests: Sequence[Any], *, required_revision_id: str | None = None
    ) -> BatchResult:
        """Apply all of `requests` (raw JSON values) or none; raises `SlidesApiError`."""
        raise NotImplementedError
