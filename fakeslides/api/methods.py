"""The methods of the API: what each reads from the store or changes in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fakeslides.api.bodies import BatchBody, read_json
from fakeslides.api.router import THUMBNAIL, Call
from fakeslides.errors import SlidesApiError, refusal_with_status
from fakeslides.ledger import AppliedRequest
from fakeslides.slides.proto_json import read_body
from fakeslides.slides.request_schemas import PRESENTATION
from fakeslides.slides.store import Store


@dataclass(frozen=True, slots=True)
class Performed:
    """What a method answers, and what it changed."""

    document: dict[str, Any]
    is_committed: bool = False
    applied: Sequence[AppliedRequest] = ()
    revision_before: str | None = None
    revision_after: str | None = None


def perform(store: Store, call: Call, raw: bytes, batch: BatchBody | None) -> Performed:
    """Carry out a call.

    Args:
        store: what is read and changed.
        call: which method, on what.
        raw: the body as it was sent.
        batch: the body of a `batchUpdate`, read beforehand.

    Raises:
        SlidesApiError: Google would have refused; nothing was changed.
    """
    presentation_id = call.presentation_id or ""
    if batch is not None:
        return _update(store, presentation_id, batch)
    if call.method == "presentations.create":
        return _create(store, raw)
    if call.method == "presentations.get":
        return Performed(store.get(presentation_id).to_json())
    if call.method == "presentations.pages.get":
        return Performed(store.get_page(presentation_id, call.page_id or ""))
    raise refusal_with_status(404)


def refuse_unapplied(call: Call) -> None:
    """Refuse a method that the fake does not carry out, whatever is asked of it and whatever quota is left.

    Raises:
        SlidesApiError: 501, which names it.
    """
    if call.method == THUMBNAIL:
        raise SlidesApiError(501, "UNIMPLEMENTED", f"This fake does not implement {call.method}.")


def _create(store: Store, raw: bytes) -> Performed:
    body = read_body(read_json(raw), PRESENTATION)
    made = store.create(body.get("title", ""), body.get("presentationId") or None)
    return Performed(made.to_json(), is_committed=True, revision_after=made.revision_id)


def _update(store: Store, presentation_id: str, batch: BatchBody) -> Performed:
    result = store.batch_update(
        presentation_id, batch.requests, required_revision_id=batch.required_revision_id
    )
    document = {
        "presentationId": presentation_id,
        "replies": result.replies,
        "writeControl": {"requiredRevisionId": result.revision_id},
    }
    return Performed(
        document,
        is_committed=True,
        applied=tuple(result.applied),
        revision_before=result.revision_before,
        revision_after=result.revision_id,
    )
