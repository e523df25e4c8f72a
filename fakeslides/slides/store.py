"""All presentations of the fake, and the one way to change them: a batch, wholly or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from fakeslides.errors import SlidesApiError, refusal_with_status
from fakeslides.ledger import AppliedRequest
from fakeslides.slides.appliers.registry import APPLIERS
from fakeslides.slides.new_deck import new_deck
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.requests import Request, parse_requests
from fakeslides.slides.revisions import check_revision, new_revision_id

_PRESENTATION_ID_LENGTH = 44
_ID_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What an accepted batch did.

    Attributes:
        replies: 1:1 with the requests.
        revision_id: the presentation's revision from now on.
        applied: the requests as they were understood, for the ledger.
        revision_before: the revision the batch was applied to.
    """

    replies: list[dict[str, Any]]
    revision_id: str
    applied: list[AppliedRequest]
    revision_before: str


class Store:
    """Presentations by id.

    A presentation once handed out never changes: an accepted batch puts another one in its place.

    Args:
        random: where ids and revisions come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._presentations: dict[str, Presentation] = {}

    def __iter__(self) -> Iterator[Presentation]:
        return iter(tuple(self._presentations.values()))

    def create(self, title: str = "", presentation_id: str | None = None) -> Presentation:
        """Make a new deck as Google makes it.

        Args:
            title: the presentation's title; may be empty.
            presentation_id: an id of the caller's choice; None for one of the store's.

        Raises:
            SlidesApiError: 409; the id is taken.
        """
        if presentation_id in self._presentations:
            raise SlidesApiError(409, "ALREADY_EXISTS", "Requested entity already exists")
        chosen = presentation_id or "".join(self._random.choices(_ID_LETTERS, k=_PRESENTATION_ID_LENGTH))
        presentation = Presentation.from_json(new_deck(chosen, title))
        self.add(presentation)
        return presentation

    def add(self, presentation: Presentation) -> None:
        """Take a presentation in under its own id, in place of any other, with a new revision."""
        presentation.revision_id = new_revision_id(self._random)
        self._presentations[presentation.presentation_id] = presentation

    def clear(self) -> None:
        """Forget every presentation."""
        self._presentations.clear()

    def get(self, presentation_id: str) -> Presentation:
        """Return the latest state.

        Raises:
            SlidesApiError: 404; there is no such presentation.
        """
        presentation = self._presentations.get(presentation_id)
        if presentation is None:
            raise refusal_with_status(404)
        return presentation

    def get_page(self, presentation_id: str, page_id: str) -> dict[str, Any]:
        """Return a page as `presentations.pages.get` answers it.

        Raises:
            SlidesApiError: 404; there is no such presentation or page.
        """
        presentation = self.get(presentation_id)
        if page_id not in presentation.pages:
            raise refusal_with_status(404)
        return presentation.page_json(page_id)

    def batch_update(
        self, presentation_id: str, requests: Sequence[Any], *, required_revision_id: str | None = None
    ) -> BatchResult:
        """Apply all of `requests` in order, or none of them.

        Args:
            presentation_id: which presentation.
            requests: JSON values, as they came.
            required_revision_id: the only revision to apply them to; None for whichever is the latest.

        Raises:
            SlidesApiError: 400, malformed requests, another revision or a request that cannot be applied;
                404, no such presentation; 501, a kind that has no applier yet.
        """
        entries = parse_requests(requests)
        before = self.get(presentation_id)
        check_revision(required_revision_id, before.revision_id)
        working = before.copy()
        ids = ObjectIds(self._random.randrange(10**9))
        replies = [_apply(working, index, entry, ids) for index, entry in enumerate(entries)]
        self.add(working)
        applied = [_applied(*pair) for pair in zip(entries, replies, strict=True)]
        return BatchResult(replies, working.revision_id, applied, before.revision_id)


def _apply(presentation: Presentation, index: int, request: Request, ids: ObjectIds) -> dict[str, Any]:
    if request.kind is None:
        raise _invalid(f"Invalid requests[{index}]: No request set.")
    applier = APPLIERS.get(request.kind)
    if applier is None:
        text = f"requests[{index}].{request.kind}: this fake does not implement {request.kind} yet."
        raise SlidesApiError(501, "UNIMPLEMENTED", text)
    try:
        return applier(presentation, request.body, ids)
    except Refusal as refusal:
        raise _invalid(f"Invalid requests[{index}].{request.kind}: {refusal}") from refusal


def _applied(request: Request, reply: dict[str, Any]) -> AppliedRequest:
    counted = reply.get("replaceAllText")
    occurrences = None if counted is None else counted.get("occurrencesChanged", 0)
    return AppliedRequest(request.kind or "", dict(request.body), occurrences)


def _invalid(text: str) -> SlidesApiError:
    return SlidesApiError(400, "INVALID_ARGUMENT", text)
