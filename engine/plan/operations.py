"""An operation is one wish of a caller; a batch is what goes to Google in one `batchUpdate`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.plan.given_requests import GivenRequest


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Replace every `find` by `replace` in the text of one slide.

    Attributes:
        operation_id: unique in the run, and the same when the run is repeated.
        presentation_id: where.
        slide_id: the slide the caller means.
        page_ids: the pages to edit: the slide, and its notes page when notes are included.
        find: the text to look for, never empty.
        replace: what to put there; empty deletes.
        match_case: tell upper from lower case.

    Raises:
        ValueError: `find` or `page_ids` is empty, or a text holds half a character and cannot be sent.
    """

    operation_id: str
    presentation_id: str
    slide_id: str
    page_ids: tuple[str, ...]
    find: str
    replace: str
    match_case: bool = True

    def __post_init__(self) -> None:
        if not self.find:
            raise ValueError(
                f"operation {self.operation_id}: the text to find is empty; it would match everywhere"
            )
        if not self.page_ids:
            raise ValueError(f"operation {self.operation_id}: no pages to edit; name the slide at least")
        if not _is_whole(self.find + "\n" + self.replace):
            raise ValueError(
                f"operation {self.operation_id}: a text holds half a character (a lone surrogate)"
            )


Operation = ReplaceText | GivenRequest
"""One wish of a caller: a text to replace on a slide, or a request as Google writes it."""


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One entry of Google's `requests`: the operations it carries out, which differ in their pages only."""

    operations: tuple[Operation, ...]

    @property
    def request(self) -> Mapping[str, Any]:
        """The entry, made anew each time: kept, it would be most of what an edit takes up while it waits."""
        first = self.operations[0]
        if isinstance(first, GivenRequest):
            return first.request
        edits = (each for each in self.operations if isinstance(each, ReplaceText))
        pages = dict.fromkeys(page for each in edits for page in each.page_ids)
        contains = {"text": first.find, "matchCase": first.match_case}
        edit = {"containsText": contains, "replaceText": first.replace, "pageObjectIds": list(pages)}
        return {"replaceAllText": edit}


@dataclass(frozen=True, slots=True)
class Batch:
    """What one `batchUpdate` carries: applied as a whole or not at all.

    Attributes:
        presentation_id: where.
        requests: in the order in which the server applies them; at least one.
    """

    presentation_id: str
    requests: tuple[PlannedRequest, ...]

    @property
    def identity(self) -> str:
        """The id of the first operation: it names the batch in headers, journals and ledgers."""
        return self.requests[0].operations[0].operation_id

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, in the order of their requests."""
        return tuple(operation for request in self.requests for operation in request.operations)

    @property
    def replacements(self) -> tuple[ReplaceText, ...]:
        """The operations that replace a text."""
        return tuple(each for each in self.operations if isinstance(each, ReplaceText))

    @property
    def given(self) -> tuple[GivenRequest, ...]:
        """The operations that are requests of the caller's own."""
        return tuple(each for each in self.operations if isinstance(each, GivenRequest))

    def body(self, required_revision_id: str | None) -> dict[str, Any]:
        """Return the JSON body of the call.

        Args:
            required_revision_id: the fence: the write is refused unless this is the latest revision.  None
                leaves the write without a fence.
        """
        requests = [request.request for request in self.requests]
        if required_revision_id is None:
            return {"requests": requests}
        return {"requests": requests, "writeControl": {"requiredRevisionId": required_revision_id}}


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
